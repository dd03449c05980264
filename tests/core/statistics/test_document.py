"""A document goes through JSON and comes back the same."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.statistics import document
from xinheng.core.statistics.document import (
    Block,
    Cell,
    Chart,
    Document,
    Section,
    Table,
)

TEXT = st.text(max_size=5)
CELL = st.builds(Cell, TEXT, st.none() | st.integers(0, 10**9), TEXT)
TABLE = st.builds(
    Table,
    TEXT,
    TEXT,
    st.lists(TEXT, max_size=3).map(tuple),
    st.lists(st.lists(CELL, max_size=3).map(tuple), max_size=2).map(tuple),
)
BARS = st.lists(st.tuples(TEXT, st.integers(0, 99)), max_size=2).map(tuple)
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple)
BLOCK = st.builds(
    Block,
    TEXT,
    TEXT,
    TEXT,
    PAIRS,
    st.none() | st.builds(Chart, TEXT, TEXT, BARS),
    st.none() | TABLE,
)
SECTION = st.builds(Section, TEXT, TEXT, st.lists(BLOCK, max_size=2).map(tuple))
DOCUMENT = st.builds(
    Document,
    *(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, st.integers(0, 99)),
    st.lists(SECTION, max_size=2).map(tuple),
    PAIRS,
)


class TestOfPlain:
    @given(DOCUMENT)
    def test_reads_back_what_was_told(self, told):
        kept = json.dumps(document.plain(told))

        assert document.of_plain(json.loads(kept)) == told
