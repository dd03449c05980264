from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.screening import personal_id
from xinheng.pipeline.cells import screening
from xinheng.pipeline.cells.screening import Role

PERSON = "11010519491231002X"


def screen(*cells, role=Role.TEXT, distinct=None):
    batch = pl.DataFrame({"0": cells}, schema={"0": pl.String})
    return screening.screen(batch, {"0": role}, {} if distinct is None else distinct)


class TestScreen:
    @pytest.mark.parametrize("cell", ["", " ", "-", "— —", "——", "/", "\u3000", "－"])
    def test_makes_cells_of_nothing_null(self, cell):
        assert screen(cell, "甲").frame["0"].to_list() == [None, "甲"]

    @pytest.mark.parametrize(
        "cell", [" 甲 乙 ", "\u3000甲 乙\u3000", "\t甲 乙\xa0", "甲 乙\n"]
    )
    def test_drops_outer_blanks_alone(self, cell):
        done = screen(cell)

        assert done.frame["0"].to_list() == ["甲 乙"]
        assert done.found.height == 0

    @pytest.mark.parametrize(
        "sign", ["\n", "\t", "\x00", "\x7f", "\u200b", "\ufeff", "\ufffd"]
    )
    def test_finds_invisible_characters_inside(self, sign):
        done = screen("甲乙", f"甲{sign}乙")

        assert done.found.select("place", "control").rows() == [(1, True)]

    def test_keeps_negative_numbers_and_quoted_dashes(self):
        assert screen("-5", "甲-乙").frame["0"].to_list() == ["-5", "甲-乙"]

    @given(
        st.lists(
            st.text(st.sampled_from("0123456789X- ,甲１"), max_size=24), max_size=5
        )
    )
    def test_finds_what_the_core_finds(self, cells):
        kinds = {None: 0, personal_id.Kind.SUSPECTED: 1, personal_id.Kind.CERTAIN: 2}
        expected = {
            place: kind
            for place, cell in enumerate(cells)
            if (kind := kinds[personal_id.find(cell)])
        }

        found = screen(*cells).found

        assert expected.items() <= dict(found.select("place", "kind").rows()).items()

    @pytest.mark.parametrize(
        "cell",
        [
            PERSON,
            f"负责人{PERSON}。",
            " ".join(PERSON),
            f"{PERSON[:6]}-{PERSON[6:14]}-{PERSON[14:]}",
            PERSON.lower(),
        ],
    )
    def test_is_certain_of_identity_numbers_in_text(self, cell):
        assert screen("甲", cell).found.select("place", "kind").rows() == [(1, 2)]

    def test_suspects_an_identity_number_that_a_spreadsheet_rounded(self):
        assert screen("210802199001013000").found["kind"].to_list() == [1]
        assert screen("210802199001012992").found["kind"].to_list() == [1]
        assert screen("210802199001013005").found["kind"].to_list() == []

    def test_takes_15_digits_for_an_older_number_in_a_column_of_codes(self):
        assert screen("110108000000016").found["kind"].to_list() == [1]
        assert screen("110108000000016", role=Role.CODE).found["kind"].to_list() == []

    def test_clears_a_column_by_its_distinct_texts(self):
        distinct = {"0": pl.Series(["甲"])}

        done = screen("甲", "甲", distinct=distinct)

        assert done.frame["0"].to_list() == ["甲", "甲"]
        assert list(distinct) == ["0"]

    def test_forgets_the_distinct_texts_of_a_column_that_it_changes(self):
        distinct = {"0": pl.Series([" 甲"])}

        done = screen(" 甲", " 甲", distinct=distinct)

        assert done.frame["0"].to_list() == ["甲", "甲"]
        assert distinct == {}
