"""Cells that are not what they seem, found in bytes and in texts alike."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.pipeline.reading import flaws
from xinheng.pipeline.reading.table import FLAWS

cells = st.one_of(
    st.text(st.sampled_from("0189.+-eE# N/A!示"), max_size=10),
    st.sampled_from(["#N/A", "9.12E+17", " #REF! ", "1e+18", "####", "#DIV/0!"]),
)


class TestColumnsIn:
    @given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=5))
    def test_names_every_column_in_which_a_cell_is_marked(self, rows):
        frame = pl.DataFrame(rows, schema=dict.fromkeys("012", pl.String), orient="row")
        content = "".join("\t".join(row) + "\n" for row in rows).encode()

        columns = flaws.columns_in(content, b"\t")

        assert columns is not None
        narrow = flaws.marked(frame, columns=[str(place) for place in columns])
        assert narrow.equals(flaws.marked(frame))

    @pytest.mark.parametrize("text", ["", "甲,乙", "+86 0417", "5#楼", "A+B", "C#"])
    def test_names_none_for_plain_texts(self, text):
        assert flaws.columns_in(text.encode(), b",") == frozenset()

    def test_can_tell_none_apart_where_there_are_quotes(self):
        assert flaws.columns_in(b'"a,b",9.1E+17\n', b",") is None
        assert flaws.columns_in(b"a,b,9.1E+17\n", b",") == {2}


class TestMarked:
    def test_names_column_and_flaw_beside_the_row(self):
        frame = pl.DataFrame({"0": ["甲", "#N/A"], "1": ["2.10802199001011E+17", "x"]})

        marked = flaws.marked(frame)[FLAWS].to_list()

        number = {"column": "1", "flaw": "EXCEL_NUMBER", "may_be_personal": True}
        error = {"column": "0", "flaw": "CELL_ERROR", "may_be_personal": False}
        assert marked == [[number], [error]]

    def test_leaves_a_frame_without_flaws_as_it_is(self):
        frame = pl.DataFrame({"0": ["甲", None]}, schema={"0": pl.String})

        assert flaws.marked(frame).columns == ["0"]


class TestMayBeginIdentityNumber:
    @given(st.dates(), st.integers(0, 9))
    def test_knows_every_day_however_it_is_written(self, day, serial):
        digits = f"210802{day.year:04}{day.month:02}{day.day:02}{serial}"
        is_birth = 1900 <= day.year <= 2099

        for text in (
            f"{digits}000",
            f"{digits[0]}.{digits[1:]}E+17",
            f"{digits}00000",
        ):
            assert flaws.may_begin_identity_number(text) is is_birth

    @pytest.mark.parametrize(
        "text",
        ["", "x", "911100006000373000", "21080219900101", "990802199001011000", "NaN"],
    )
    def test_is_false_for_everything_else(self, text):
        assert not flaws.may_begin_identity_number(text)
