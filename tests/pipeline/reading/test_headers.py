"""The header is found by its words, whatever stands around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.matching import Matcher
from xinheng.pipeline.reading import headers
from xinheng.rulebook import catalog

MATCHER = Matcher(catalog.dataset("permit"))
TITLES = [field.title for field in catalog.dataset("permit").fields]
CODES = [field.code for field in catalog.dataset("permit").fields]
PARTY = "行政相对人"


def find(rows):
    return headers.find_in_rows(rows, MATCHER.count, is_form=True)


def in_text(text):
    return headers.find_in_text(text, MATCHER.count, is_form=True)


def split_header():
    """The header in two rows: columns about the party in one group, merged above."""
    upper, lower = [], []
    for title in TITLES:
        is_party = title.startswith(PARTY)
        upper.append(title if not is_party else "" if PARTY in upper else PARTY)
        lower.append(title.removeprefix(PARTY) if is_party else "")
    return upper, lower


class TestFindInRows:
    def test_joins_two_rows_under_merged_groups(self):
        header = find([["许可信息报送表"], *split_header(), ["示例"]])

        assert list(header.cells) == TITLES
        assert (header.row, header.end) == (3, 3)
        assert header.above == ("许可信息报送表",)

    def test_takes_codes_and_marks_below_to_the_header(self):
        marks = ["必填", "选填", "", *["必填"] * (len(TITLES) - 3)]

        header = find([TITLES, CODES, marks, ["示例"]])

        assert list(header.cells) == TITLES
        assert header.row == 3

    def test_takes_no_row_of_data_to_the_header(self):
        data = ["示例公司", "法人及非法人组织", *["必填"] * 3]

        assert find([TITLES, data]).row == 1

    @given(st.integers(0, headers.MOST_ROWS - 1))
    def test_looks_so_far_down(self, above):
        assert find([["标题"]] * above + [TITLES]).row == above + 1

    def test_looks_no_further(self):
        assert find([["标题"]] * headers.MOST_ROWS + [TITLES]).known == 0

    def test_leaves_plain_tables_alone(self):
        plain = headers.find_in_rows([*split_header()], MATCHER.count)

        assert plain.row == 1


class TestFindInText:
    @pytest.mark.parametrize("separator", headers.SEPARATORS)
    def test_finds_the_delimiter(self, separator):
        text = f"标题\n{separator.join(TITLES)}\n{separator.join('示' * 28)}\n"

        header = in_text(text)

        assert (header.separator, header.row) == (separator, 2)
        assert text[header.end :].startswith("示")

    @pytest.mark.parametrize(
        "text",
        [
            # Each sign gives one known header, and other cells.
            f"{TITLES[0]},甲;{TITLES[1]}\n",
            # The header is cut by commas, every row by semicolons.
            f"{','.join(TITLES)}\n甲;乙;丙\n丁;戊;己\n",
            f"{';'.join(TITLES)}\n甲\t乙\t丙\n",
        ],
    )
    def test_refuses_to_guess(self, text):
        with pytest.raises(UnreadableFileError) as raised:
            in_text(text)

        assert raised.value.code == "FILE_DELIMITER"

    def test_takes_one_column_without_any_delimiter(self):
        assert in_text(f"{TITLES[0]}\n甲;乙\n").cells == (TITLES[0],)

    def test_passes_over_the_line_that_names_the_delimiter(self):
        assert in_text(f"sep=;\n{';'.join(TITLES)}\n").row == 2
