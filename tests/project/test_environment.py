from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from xinheng.project.environment import Environment, Variable


class TestText:
    def test_takes_the_default_where_nothing_is_given(self):
        assert Environment({}).text("NAME", "default", "A name.") == "default"

    def test_prefers_the_file_and_drops_its_line_end(self, tmp_path: Path):
        file = tmp_path / "secret"
        file.write_text("from the file\n", encoding="utf-8")
        env = Environment({"NAME": "plain", "NAME_FILE": str(file)})

        assert env.text("NAME", "", "A name.") == "from the file"

    def test_takes_a_dollar_sign_for_what_it_is(self):
        env = Environment({"NAME": "$OTHER", "OTHER": "secret"})

        assert env.text("NAME", "", "A name.") == "$OTHER"

    def test_names_the_variable_of_a_file_that_is_missing(self, tmp_path: Path):
        env = Environment({"NAME_FILE": str(tmp_path / "missing")})

        with pytest.raises(ImproperlyConfigured, match="NAME_FILE can't be read"):
            env.text("NAME", "", "A name.")

    def test_remembers_what_the_page_says_about_it(self):
        env = Environment({"NAME": "given"})

        env.text("NAME", "/a/path", "A name.", shown="somewhere")

        assert env.variables == [Variable("NAME", "somewhere", "A name.")]


class TestFlag:
    @pytest.mark.parametrize(
        ("given", "is_on"),
        [("1", True), ("YES", True), ("on", True), ("0", False), ("", False)],
    )
    def test_reads_yes_and_no(self, given: str, is_on: bool):
        assert Environment({"FLAG": given}).flag("FLAG", "A flag.") is is_on

    def test_is_off_by_default(self):
        assert Environment({}).flag("FLAG", "A flag.") is False

    def test_refuses_anything_else(self):
        with pytest.raises(ImproperlyConfigured, match="FLAG is 1 or 0"):
            Environment({"FLAG": "ture"}).flag("FLAG", "A flag.")


class TestNumber:
    def test_reads_a_whole_number(self):
        assert Environment({"SIZE": " 42 "}).number("SIZE", 1, "A size.") == 42

    def test_refuses_anything_else(self):
        with pytest.raises(ImproperlyConfigured, match="SIZE is not a whole number"):
            Environment({"SIZE": "2 GB"}).number("SIZE", 1, "A size.")


class TestWords:
    def test_splits_at_commas(self):
        words = Environment({"HOSTS": "a, b,,c "}).words("HOSTS", [], "Hosts.")

        assert words == ["a", "b", "c"]

    def test_takes_the_default(self):
        assert Environment({}).words("HOSTS", ["a", "b"], "Hosts.") == ["a", "b"]


class TestChoice:
    def test_takes_the_first_by_default(self):
        assert Environment({}).choice("LEVEL", ["info", "error"], "Level.") == "info"

    def test_refuses_anything_else(self):
        env = Environment({"LEVEL": "loud"})

        with pytest.raises(ImproperlyConfigured, match="LEVEL is one of info, error"):
            env.choice("LEVEL", ["info", "error"], "Level.")
