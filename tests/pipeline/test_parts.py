"""A row of the report is found again in the files that were handed in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.pipeline.parts import (
    Part,
    Reason,
    Skipped,
    explain,
    locate,
    told,
    worth_a_look,
)

lengths = st.lists(st.tuples(st.integers(1, 20), st.integers(0, 5)), min_size=1)


def parts_of(given_lengths):
    parts, row = [], 1
    for number, (header_row, rows) in enumerate(given_lengths):
        parts.append(Part(f"{number}.xlsx", "表", header_row, row, rows))
        row += rows
    return parts, row - 1


class TestLocate:
    def test_names_file_sheet_and_line(self):
        parts = [Part("a.csv", "", 1, 1, 3), Part("b.xlsx", "六月", 4, 4, 2)]

        assert locate(parts, 3) == ("a.csv", "", 4)
        assert locate(parts, 4) == ("b.xlsx", "六月", 5)

    @given(lengths)
    def test_gives_every_row_a_place_of_its_own_below_a_header(self, given_lengths):
        parts, rows = parts_of(given_lengths)

        places = [locate(parts, row) for row in range(1, rows + 1)]

        assert len(set(places)) == rows
        lines = {part.file: part.header_row for part in parts}
        assert all(line > lines[file] for file, _, line in places)

    @given(lengths)
    def test_knows_no_row_beyond_the_parts(self, given_lengths):
        parts, rows = parts_of(given_lengths)

        for row in (0, rows + 1):
            with pytest.raises(LookupError):
                locate(parts, row)


class TestExplain:
    @pytest.mark.parametrize("why", Reason)
    def test_says_it_in_both_languages_without_the_name(self, why):
        zh, en = explain(Skipped("甲.xlsx", "乙", why))

        assert zh
        assert en
        assert "甲" not in zh + en
        assert "乙" not in zh + en


class TestTold:
    def test_names_the_sheet_and_says_why(self):
        sheet = Skipped("甲.xlsx", "底稿", Reason.HIDDEN)

        answer = told(sheet)

        assert (answer["file"], answer["sheet"], answer["why"]) == (
            "甲.xlsx",
            "底稿",
            "hidden",
        )
        assert (answer["message_zh"], answer["message_en"]) == explain(sheet)


class TestWorthALook:
    def test_passes_over_blank_sheets(self):
        sheets = [Skipped("甲.xlsx", why.value, why) for why in Reason]

        assert Reason.EMPTY not in {each.why for each in worth_a_look(sheets)}
        assert len(worth_a_look(sheets)) == len(Reason) - 1
