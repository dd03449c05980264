"""The operator's file of sources: strict, and told in one line."""

from __future__ import annotations

import tomllib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.apps.intake import sources

FOLDER = """
[[folder]]
name = "front-end"
path = "/srv/front-end"
unit = "U01"
dataset = "permit"
"""
DATABASE = """
[[database]]
name = "archive"
driver = "postgresql"
url_file = "/etc/xinheng/archive.url"
table = "public.permits"
cursor = "changed_at"
unit = "U01"
dataset = "permit"
"""


def parse(text):
    return sources.parse(tomllib.loads(text))


class TestParse:
    def test_reads_folders_and_databases(self):
        folder, database = parse(FOLDER + DATABASE)

        assert (folder.settle_seconds, folder.period) == (30, "own")
        assert (database.batch_rows, database.table) == (50_000, "public.permits")

    @pytest.mark.parametrize(
        ("given", "reason"),
        [
            (FOLDER + FOLDER, "same name"),
            (FOLDER.replace("U01", "U01\nx"), None),
            (FOLDER + "color = 1", "unknown value: color"),
            (FOLDER.replace("/srv", "srv"), "absolute"),
            (FOLDER.replace('"front-end"', '"../x"'), "a name is"),
            (FOLDER + "settle_seconds = true", "wrong type"),
            (FOLDER + "settle_seconds = 0", "1 to 86400"),
            (FOLDER + 'done_suffix = "/x"', "done_suffix"),
            (FOLDER + 'period = "May"', "period"),
            ("folder = 1", "two brackets"),
            ("[[folders]]", "unknown section"),
            ("[[folder]]", "missing"),
            (DATABASE.replace("postgresql", "oracle"), "driver"),
            (DATABASE.replace("public.permits", "a.b.c"), "table"),
            (DATABASE.replace("public.permits", "permits; DROP"), "plain names"),
            (DATABASE.replace("changed_at", "a`b"), "plain names"),
            (DATABASE + 'columns = {"a\\"b" = "x"}', "plain names"),
            (DATABASE + "columns = {a = 1}", "headers"),
            (DATABASE + "batch_rows = 0", "batch_rows"),
            (DATABASE + "url = 'postgresql://x'", "unknown value: url"),
        ],
    )
    def test_refuses_what_it_does_not_know(self, given, reason):
        if reason is None:
            with pytest.raises(tomllib.TOMLDecodeError):
                parse(given)
            return
        with pytest.raises(sources.SourcesError, match=reason):
            parse(given)

    @given(st.text(max_size=20))
    def test_takes_no_identifier_with_a_sign_that_quotes(self, name):
        entry = tomllib.loads(DATABASE)["database"][0] | {"table": name}
        try:
            sources.parse({"database": [entry]})
        except sources.SourcesError:
            return
        assert not set(name) & set("\"'`;\\ \x00()-%")

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=5), inner, max_size=3)
            ),
            max_leaves=8,
        )
    )
    def test_never_fails_in_another_way(self, value):
        for file in ({"folder": [value]}, {"database": value}, {"folder": value}):
            with suppress(sources.SourcesError):
                sources.parse(file)


class TestLoad:
    def test_holds_nothing_where_nothing_is_configured(self, settings):
        settings.SOURCES = ""

        assert sources.load() == ()

    @pytest.mark.parametrize("content", [b"\xff", b"[[", None])
    def test_tells_of_a_file_that_can_not_be_read(self, settings, tmp_path, content):
        settings.SOURCES = str(tmp_path / "sources.toml")
        if content is not None:
            (tmp_path / "sources.toml").write_bytes(content)

        with pytest.raises(sources.SourcesError):
            sources.load()
