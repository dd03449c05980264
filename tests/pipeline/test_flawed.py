"""Cells that a spreadsheet spoiled are findings; nothing of them is guessed or kept."""

from __future__ import annotations

import openpyxl
import polars as pl
import pytest

from tests.factories.old_workbooks import ERROR_NA, Sheet, as_rows, xls
from tests.pipeline.conftest import accepted_rows, findings
from tests.pipeline.reading.conftest import save, workbook

# A code of 18 digits whose number, as a spreadsheet keeps it, passes both checks.
NUMBER = 911100006000373417
PERSONAL = 210802199001011230


def kept(report):
    return [
        str(cell)
        for path in (report.accepted_path, report.held_path)
        for row in pl.read_parquet(path).rows()
        for cell in row
    ]


@pytest.fixture
def book(tmp_path, title):
    """Write a workbook in which one cell of the first row is changed."""

    def write(rows, name, cell, *, is_old=False):
        changed = [{**rows[0], title(name): cell}, *rows[1:]]
        if not is_old:
            return save(workbook(changed), tmp_path)
        path = tmp_path / "permits.xls"
        path.write_bytes(xls([Sheet("许可", as_rows(changed))]))
        return path

    return write


class TestNumbers:
    @pytest.mark.parametrize("is_old", [False, True])
    @pytest.mark.parametrize("name", ["uscc", "certificate_no", "decision_no"])
    def test_in_place_of_codes_are_told(self, check, rows, book, name, is_old):
        report = check(book(rows, name, NUMBER, is_old=is_old))

        assert findings(report) == [(1, name, "EXCEL_NUMBER")]
        assert accepted_rows(report) == [2, 3]

    def test_are_told_even_if_the_rounded_code_is_valid(self, check, rows, book):
        # 911100000000010000 as a number is what it is as text, and a valid code is
        # accepted as text: only the kind of the cell tells them apart.
        valid = next(
            code
            for n in range(10**6)
            if _is_valid(code := str(911100000000000000 + n * 1000))
        )

        assert check(book(rows, "uscc", valid)).accepted == 3
        assert findings(check(book(rows, "uscc", int(valid)))) == [
            (1, "uscc", "EXCEL_NUMBER")
        ]

    @pytest.mark.parametrize("digits", [15, 9])
    def test_of_so_many_digits_as_a_spreadsheet_keeps_are_taken(
        self, check, rows, book, digits
    ):
        report = check(book(rows, "certificate_no", int("990000000012345"[:digits])))

        assert report.accepted == 3

    @pytest.mark.parametrize("text", ["9.12E+17", "9.111E+17", "1e+18"])
    def test_as_a_narrow_cell_shows_them_are_told_in_text(
        self, check, rows, title, text
    ):
        rows[0][title("uscc")] = rows[1][title("certificate_no")] = text

        assert findings(check(rows)) == [
            (1, "uscc", "EXCEL_NUMBER"),
            (2, "certificate_no", "EXCEL_NUMBER"),
        ]

    def test_in_a_column_of_no_field_are_nobodys_business(self, check, rows, tmp_path):
        for row in rows:
            row["流水号"] = NUMBER

        assert check(save(workbook(rows), tmp_path)).accepted == 3


class TestPersonalNumbers:
    @pytest.mark.parametrize("is_old", [False, True])
    @pytest.mark.parametrize("number", [PERSONAL, PERSONAL * 100 + 1])
    def test_that_were_rounded_refuse_the_row(self, check, rows, book, number, is_old):
        report = check(book(rows, "certificate_no", number, is_old=is_old))

        assert set(findings(report)) == {
            (1, "certificate_no", "EXCEL_NUMBER"),
            (1, "certificate_no", "PERSONAL_ID"),
        }
        assert report.personal_data
        assert not [cell for cell in kept(report) if "21080219900101" in cell]

    @pytest.mark.parametrize(
        "header", ["法定代表人证件号码", "自然人证件号码", "经办人"]
    )
    def test_are_found_in_columns_that_are_not_kept(
        self, check, rows, tmp_path, header
    ):
        rows[0][header] = PERSONAL

        report = check(save(workbook(rows), tmp_path))

        assert {rule for _, _, rule in findings(report)} >= {"PERSONAL_ID"}
        assert accepted_rows(report) == [2, 3]

    def test_are_found_beyond_the_header(self, check, rows, tmp_path):
        book = workbook(rows)
        book.active.cell(2, len(rows[0]) + 3).value = PERSONAL

        report = check(save(book, tmp_path))

        assert (1, "", "PERSONAL_ID") in findings(report)

    def test_need_a_place_and_a_day_of_birth(self, check, rows, book):
        report = check(book(rows, "certificate_no", 210802199013011230))

        assert findings(report) == [(1, "certificate_no", "EXCEL_NUMBER")]


class TestErrors:
    @pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "########"])
    def test_are_told_in_text(self, check, rows, title, error):
        rows[0][title("subject_name")] = error
        rows[1][title("decided_on")] = error

        assert findings(check(rows)) == [
            (1, "subject_name", "CELL_ERROR"),
            (2, "decided_on", "CELL_ERROR"),
        ]

    @pytest.mark.parametrize("text", ["#1楼", "示例#", "5#", "#", "C#"])
    def test_are_not_seen_in_other_texts(self, check, rows, title, text):
        rows[0][title("permit_content")] = text

        assert check(rows).accepted == 3

    def test_are_told_in_a_workbook(self, check, rows, tmp_path):
        book = workbook(rows)
        book.active["A2"].value = "#REF!"
        book.active["A2"].data_type = "e"

        report = check(save(book, tmp_path))

        assert findings(report) == [(1, "subject_name", "CELL_ERROR")]

    def test_are_told_in_an_old_workbook(self, check, rows, book):
        report = check(book(rows, "subject_name", ERROR_NA, is_old=True))

        assert findings(report) == [(1, "subject_name", "CELL_ERROR")]


class TestFormulas:
    def test_without_their_value_are_told(self, check, rows, book):
        report = check(book(rows, "subject_name", "=B1"))

        assert findings(report) == [(1, "subject_name", "FORMULA_VALUE")]

    def test_are_told_where_the_table_begins_further_right(self, check, rows, tmp_path):
        book = openpyxl.Workbook()
        for number, line in enumerate([list(rows[0]), *map(_cells, rows)], start=3):
            for column, cell in enumerate(line, start=4):
                book.active.cell(number, column).value = cell
        book.active.cell(5, 4).value = "=D4"

        report = check(save(book, tmp_path))

        assert findings(report) == [(2, "subject_name", "FORMULA_VALUE")]

    def test_with_a_value_are_that_value(self, check, rows, tmp_path):
        import xlsxwriter

        path = tmp_path / "permits.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for number, line in enumerate([list(rows[0]), *map(_cells, rows)]):
                sheet.write_row(number, 0, line)
            name = rows[0]["行政相对人名称"]
            sheet.write_formula(1, 0, '="x"', None, name)

        report = check(path)

        assert report.accepted == 3
        assert name in kept(report)

    def test_alone_in_a_row_count_as_a_row(self, check, rows, tmp_path):
        book = workbook(rows)
        book.active.insert_rows(3)
        for place in ("A3", "A6"):
            book.active[place].value = "=A2"

        report = check(save(book, tmp_path))

        assert (report.rows_read, report.accepted, report.rejected) == (5, 3, 2)
        assert findings(report) == [
            (2, "subject_name", "FORMULA_VALUE"),
            (5, "subject_name", "FORMULA_VALUE"),
        ]


def _cells(row):
    return list(row.values())


def _is_valid(code):
    from xinheng.core.identifiers import uscc

    return uscc.reason(code) is None
