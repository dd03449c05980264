"""Columns on a terminal: a Chinese character is two places wide."""

from hypothesis import given
from hypothesis import strategies as st

from xinheng.cli import columns

cells = st.text(st.sampled_from("甲乙局，Ab1 ·"), max_size=6).map(str.strip)


class TestWidth:
    def test_counts_a_wide_character_twice(self):
        assert columns.width("行政许可 95") == 11


class TestLines:
    @given(st.lists(st.tuples(cells, cells, st.just("|")), min_size=1, max_size=6))
    def test_ends_every_column_at_the_same_place(self, rows):
        widths = {columns.width(line) for line in columns.lines(rows)}

        assert len(widths) == 1

    def test_puts_names_left_and_counts_right(self):
        assert columns.lines([("单位", "1"), ("某局海关", "1,608")]) == [
            "单位          1",
            "某局海关  1,608",
        ]
