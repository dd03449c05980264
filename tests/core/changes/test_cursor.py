"""Cursors: three forms, one order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.changes.cursor import (
    BEGINNING,
    WHOLE,
    Cursor,
    MalformedCursorError,
    parse,
)

cursors = st.builds(
    Cursor,
    st.integers(0, 10**18 - 1),
    st.one_of(st.just(WHOLE), st.integers(0, 10**18 - 1)),
)


class TestParse:
    @given(cursors)
    def test_reads_back_what_is_written(self, cursor):
        assert parse(str(cursor)) == cursor

    def test_takes_nothing_for_the_beginning(self):
        assert parse("") == BEGINNING
        assert str(BEGINNING) == ""

    @pytest.mark.parametrize(
        "text",
        [" ", "-1", "1.", ".1", "1.2.3", "a", "1\n", "１", "1e3", "0x1", "9" * 19],
    )
    def test_refuses_what_is_none(self, text):
        with pytest.raises(MalformedCursorError):
            parse(text)


class TestOrder:
    def test_puts_the_whole_entry_behind_its_rows(self):
        mixed = [Cursor(1, 1), Cursor(0), Cursor(0, 2), BEGINNING, Cursor(0, 1)]

        placed = [BEGINNING, Cursor(0, 1), Cursor(0, 2), Cursor(0), Cursor(1, 1)]
        assert sorted(mixed) == placed
