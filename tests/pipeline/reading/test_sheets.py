"""Several sheets: what runs on, what is left out, what is refused."""

from __future__ import annotations

import openpyxl
import polars as pl
import pytest

from tests.factories.old_workbooks import Sheet, as_rows, xls
from tests.pipeline.conftest import accepted_rows, findings
from tests.pipeline.reading.conftest import save, workbook
from xinheng.pipeline.parts import Part, Reason, locate


def add(book, name, rows, *, above=()):
    sheet = book.create_sheet(name)
    for line in [*above, list(rows[0]), *(list(row.values()) for row in rows)]:
        sheet.append(line)
    return sheet


class TestSheets:
    def test_of_one_layout_run_on(self, check, rows, tmp_path, title):
        rows[2][title("decided_on")] = "x"
        book = workbook(rows[:2])
        add(book, "六月", rows[2:], above=[["标题"], []])

        report = check(save(book, tmp_path))

        assert report.parts == (
            Part("permits.xlsx", "许可", 1, 1, 2),
            Part("permits.xlsx", "六月", 3, 3, 1),
        )
        (found,) = findings(report)
        assert locate(report.parts, found[0]) == ("permits.xlsx", "六月", 4)

    def test_of_one_layout_run_on_in_old_workbooks(self, check, rows, put):
        lines = as_rows(rows)
        book = xls([Sheet("五月", lines[:3]), Sheet("六月", [lines[0], lines[3]])])

        report = check(put(book, "permits.xls"))

        assert accepted_rows(report) == [1, 2, 3]
        assert [part.sheet for part in report.parts] == ["五月", "六月"]

    def test_repeat_each_other_across_sheets(self, check, rows, tmp_path):
        book = workbook(rows)
        add(book, "又一遍", rows[:1])

        assert findings(check(save(book, tmp_path))) == [(4, "", "DUPLICATE_ROW")]

    def test_may_spell_the_header_otherwise(self, check, rows, tmp_path):
        book = workbook(rows[:2])
        marked = [{f"* {t}": cell for t, cell in row.items()} for row in rows[2:]]
        add(book, "六月", marked)

        assert check(save(book, tmp_path)).accepted == 3

    def test_with_another_header_are_refused(self, refusal, rows, tmp_path):
        book = workbook(rows[:2])
        short = [dict(list(row.items())[:-2]) for row in rows[2:]]
        add(book, "六月", short)

        assert refusal(save(book, tmp_path)) == "LAYOUTS_DIFFER"

    @pytest.mark.parametrize(
        ("name", "lines", "why"),
        [
            ("空", [], Reason.EMPTY),
            ("说明", [["请按月报送"]], Reason.NO_HEADER),
            ("字典", [["许可类别", "含义"], ["普通", "一般"]], Reason.NO_HEADER),
        ],
    )
    def test_that_are_no_data_are_skipped(
        self, check, rows, tmp_path, name, lines, why
    ):
        book = workbook(rows)
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)

        report = check(save(book, tmp_path))

        assert report.accepted == 3
        assert [(each.sheet, each.why) for each in report.skipped] == [(name, why)]

    @pytest.mark.parametrize("name", ["填报示例", "样表", "Example"])
    def test_that_show_an_example_are_skipped(self, check, rows, tmp_path, name):
        book = openpyxl.Workbook()
        book.active.title = name
        for line in (list(rows[0]), list(rows[0].values())):
            book.active.append(line)
        add(book, "许可", rows)

        report = check(save(book, tmp_path))

        assert report.rows_read == 3
        assert [each.why for each in report.skipped] == [Reason.EXAMPLE]

    def test_that_show_an_example_are_data_where_nothing_else_is(
        self, check, rows, tmp_path
    ):
        assert check(save(workbook(rows, sheet="样表"), tmp_path)).accepted == 3

    def test_with_a_header_alone_are_skipped(self, check, rows, tmp_path):
        book = workbook(rows)
        book.create_sheet("七月").append(list(rows[0]))

        report = check(save(book, tmp_path))

        assert [each.why for each in report.skipped] == [Reason.EMPTY]

    def test_that_are_hidden_are_screened_and_no_data(self, check, rows, tmp_path):
        book = workbook(rows)
        hidden = add(book, "底稿", [{**rows[0], "备注": "11010519491231002X"}])
        hidden.sheet_state = "hidden"

        report = check(save(book, tmp_path))

        assert report.rows_read == 3
        assert report.personal_data
        assert [each.why for each in report.skipped] == [Reason.HIDDEN]

    def test_that_are_hidden_are_screened_for_rounded_numbers(
        self, check, rows, tmp_path
    ):
        book = workbook(rows)
        hidden = book.create_sheet("底稿")
        hidden.append(["张某", 110105194912310020])
        hidden.sheet_state = "hidden"

        assert check(save(book, tmp_path)).personal_data

    def test_that_are_all_hidden_are_refused(self, refusal, rows, tmp_path):
        book = workbook(rows)
        book.active.sheet_state = "hidden"
        book.active = book.create_sheet("封面")

        assert refusal(save(book, tmp_path)) == "SHEET_HIDDEN"

    def test_keep_rows_that_are_filtered_away(self, check, rows, tmp_path):
        book = workbook(rows)
        book.active.row_dimensions[3].hidden = True

        assert check(save(book, tmp_path)).accepted == 3

    def test_may_begin_anywhere(self, check, rows, tmp_path):
        book = openpyxl.Workbook()
        lines = [list(rows[0]), *(list(row.values()) for row in rows)]
        for number, line in enumerate(lines, start=6):
            for column, cell in enumerate(line, start=4):
                book.active.cell(number, column).value = cell

        report = check(save(book, tmp_path))

        assert report.accepted == 3
        assert report.parts[0].header_row == 6
        assert pl.read_parquet(report.accepted_path)["row"].to_list() == [1, 2, 3]
