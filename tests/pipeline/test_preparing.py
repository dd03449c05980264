"""What a batch needs before its cells are read."""

from __future__ import annotations

from datetime import date

import openpyxl
import polars as pl
import pytest

from tests.factories.old_workbooks import Sheet, as_rows, xls
from tests.pipeline.conftest import findings
from tests.pipeline.reading.conftest import save, text_of, workbook
from xinheng.rulebook import catalog, samples


class TestNotes:
    @pytest.mark.parametrize(
        "line",
        [
            ["注：1.本表按月报送。"],
            ["备注", "数据截至五月底"],
            ["填报人：", "某某", "审核人：", "某某"],
            ["填表日期：2019-06-03"],
            ["单位负责人（签字）：", "", "联系电话：", "000"],
            ["合计", "3"],
            ["以下空白"],
        ],
    )
    def test_below_the_table_are_no_rows(self, check, rows, tmp_path, line):
        book = workbook(rows)
        book.active.append([])
        book.active.append(line)

        report = check(save(book, tmp_path))

        assert (report.rows_read, report.accepted, report.notes) == (3, 3, 1)

    def test_are_left_out_of_text_too(self, check, rows, put):
        report = check(put((text_of(rows) + "注：按月报送\n").encode()))

        assert (report.rows_read, report.notes) == (3, 1)

    def test_that_name_a_person_are_refused_as_rows(self, check, rows, put):
        note = "填报人：11010519491231002X\n"

        report = check(put((text_of(rows) + note).encode()))

        assert report.notes == 0
        assert report.personal_data
        assert (4, "subject_name", "PERSONAL_ID") in findings(report)

    @pytest.mark.parametrize(
        "name", ["注册会计师示例事务所", "负责人示例中心", "合计划示例公司"]
    )
    def test_are_told_from_names(self, check, rows, title, name):
        rows[0][title("subject_name")] = name
        rows[0][title("authority_uscc")] = ""

        report = check(rows)

        assert (report.rows_read, report.notes) == (3, 0)

    def test_are_told_from_rows_with_a_code(self, check, rows, title):
        rows[0][title("subject_name")] = "备注"
        rows[0][title("decision_no")] = ""

        assert check(rows).notes == 0


class TestDaysSince1904:
    def test_are_dates_whatever_their_form(self, check, rows, tmp_path, title):
        day = date(2019, 5, 28)
        rows[0][title("decided_on")] = day
        rows[1][title("decided_on")] = (day - date(1904, 1, 1)).days
        rows[2][title("decided_on")] = "2019-05-28"
        book = workbook(rows)
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        old = tmp_path / "old.xls"
        old.write_bytes(xls([Sheet("许可", as_rows(rows))], is_1904=True))

        for path in (save(book, tmp_path), old):
            report = check(path)
            days = pl.read_parquet(report.accepted_path)["decided_on"].to_list()
            assert days == [day] * 3


class TestColumnsThatGoOn:
    def test_are_one_list_of_values(self, check, write):
        penalty = catalog.dataset("penalty")
        title = penalty.field("penalty_types").title
        rows = samples.sample_rows(penalty, rows=3)
        pairs = [("警告", "通报批评"), ("警告", ""), ("", "警告")]
        for row, (first, second) in zip(rows, pairs, strict=True):
            del row[title]
            row["CF_CFLB1"], row["CF_CFLB2"] = first, second

        report = check(write(rows), dataset=penalty, on=date(2019, 6, 3))

        assert report.accepted == 3
        types = pl.read_parquet(report.accepted_path)["penalty_types"].to_list()
        assert types == ["警告;通报批评", "警告", "警告"]
