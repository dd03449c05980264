"""Blocks are cut between records, whatever their size."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import records

cells = st.text(st.sampled_from('ab,"\n\r 示'), max_size=8)
tables = st.lists(st.lists(cells, min_size=2, max_size=3), max_size=8)


def written(table):
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows(table)
    return target.getvalue()


def read(content):
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def cut(content, size):
    return (content[start : start + size] for start in range(0, len(content), size))


class TestSplit:
    @given(tables, st.integers(1, 40))
    def test_gives_the_same_records_as_one_block(self, table, size):
        content = written(table).encode()

        blocks = list(records.split(cut(content, size)))

        assert b"".join(block.content for block in blocks) == content
        parts = [read(block.content) for block in blocks]
        assert [row for part in parts for row in part] == read(content)
        assert all(block.is_sound for block in blocks)

    @given(st.text(st.sampled_from('ab,"\n'), max_size=60), st.integers(1, 20))
    def test_loses_nothing_of_any_text(self, text, size):
        content = text.encode()

        blocks = list(records.split(cut(content, size)))

        assert b"".join(block.content for block in blocks) == content

    def test_goes_on_at_line_ends_where_a_quote_is_never_closed(self, monkeypatch):
        monkeypatch.setattr(records, "LONGEST_RECORD_BYTES", 8)

        blocks = list(records.split(iter([b'a,"b\n', b"c,d\n", b"e,f\n"])))

        assert [block.is_sound for block in blocks] == [False, True]
        assert b"".join(block.content for block in blocks) == b'a,"b\nc,d\ne,f\n'

    @pytest.mark.parametrize("quote", [b"", b'"'])
    def test_refuses_a_line_without_end(self, monkeypatch, quote):
        monkeypatch.setattr(records, "LONGEST_RECORD_BYTES", 8)

        with pytest.raises(UnreadableFileError) as refused:
            list(records.split(iter([quote, *[b"abcd"] * 10])))

        assert refused.value.code == "FILE_ROW_TOO_LONG"
