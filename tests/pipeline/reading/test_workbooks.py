"""XLSX workbooks as people hand them in."""

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import polars as pl
import pytest

from tests.pipeline.conftest import accepted_rows, findings
from tests.pipeline.reading.conftest import save, workbook
from xinheng.rulebook import exports, samples


class TestWorkbooks:
    def test_are_read_like_text(self, check, rows, tmp_path):
        report = check(save(workbook(rows), tmp_path))

        assert accepted_rows(report) == [1, 2, 3]

    def test_may_hold_dates_and_serial_dates(self, check, rows, tmp_path, title):
        rows[0][title("decided_on")] = date(2019, 5, 28)
        rows[1][title("decided_on")] = datetime(2019, 5, 28, 9, 30)  # noqa: DTZ001 - a cell has no zone
        rows[2][title("decided_on")] = 43613

        report = check(save(workbook(rows), tmp_path))

        days = pl.read_parquet(report.accepted_path)["decided_on"].to_list()
        assert days == [date(2019, 5, 28)] * 3

    def test_take_a_serial_date_only_from_a_spreadsheet(self, check, rows, title):
        rows[0][title("decided_on")] = "43613"

        assert findings(check(rows)) == [(1, "decided_on", "DATE_FORMAT")]

    def test_tell_of_codes_that_became_numbers(self, check, rows, tmp_path, title):
        rows[0][title("uscc")] = 911100006000373000  # what a spreadsheet keeps

        report = check(save(workbook(rows), tmp_path))

        assert findings(report) == [(1, "uscc", "EXCEL_NUMBER")]

    def test_keep_the_place_of_blank_rows(self, check, rows, tmp_path):
        book = workbook(rows, above=[["行政许可信息"], []])
        book.active.insert_rows(5, 2)

        assert accepted_rows(check(save(book, tmp_path))) == [1, 4, 5]

    def test_give_the_sheet_with_the_header(self, check, rows, tmp_path):
        book = openpyxl.Workbook()
        book.active.append(["填报说明"])
        book.create_sheet("空")
        sheet = book.create_sheet("数据")
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append(list(row.values()))

        assert check(save(book, tmp_path)).accepted == 3

    def test_are_searched_for_persons_beyond_the_table(self, check, rows, tmp_path):
        book = workbook(rows)
        book.create_sheet("草稿").append(["11010519491231002X"])

        report = check(save(book, tmp_path))

        assert report.accepted == 3
        assert report.personal_data

    def test_are_searched_for_persons_in_comments(self, check, rows, tmp_path):
        book = workbook(rows)
        note = openpyxl.comments.Comment("见11010519491231002X", "示例")
        book.active["B2"].comment = note

        assert check(save(book, tmp_path)).personal_data

    def test_hold_no_person_in_what_the_program_writes(self, check, rows, tmp_path):
        assert not check(save(workbook(rows), tmp_path)).personal_data

    def test_with_a_person_in_a_sheets_name_are_refused(self, refusal, rows, tmp_path):
        book = workbook(rows, sheet="11010519491231002X")

        assert refusal(save(book, tmp_path)) == "PERSONAL_ID"

    def test_with_nothing_in_them_are_refused(self, refusal, tmp_path):
        assert refusal(save(openpyxl.Workbook(), tmp_path)) == "NO_COLUMNS"

    @pytest.mark.usefixtures("unconfined")
    def test_that_unpack_to_too_much_are_refused(
        self, refusal, rows, tmp_path, monkeypatch
    ):
        monkeypatch.setattr("xinheng.pipeline.reading.packages.MOST_BYTES", 1000)

        assert refusal(save(workbook(rows), tmp_path)) == "FILE_TOO_LARGE"

    def test_of_the_template_are_taken(self, check, permit, tmp_path):
        book = openpyxl.load_workbook(io.BytesIO(exports.template_xlsx(permit)))
        for row in samples.sample_rows(permit, rows=2):
            book.worksheets[0].append(list(row.values()))

        assert check(save(book, tmp_path)).accepted == 2
