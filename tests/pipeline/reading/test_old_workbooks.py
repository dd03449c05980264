"""XLS workbooks: cells, and everything else in them that may name a person."""

from __future__ import annotations

import random
from datetime import date

import fastexcel
import polars as pl
import pytest

from tests.factories.old_workbooks import Sheet, as_rows, xls
from tests.pipeline.conftest import findings
from tests.pipeline.reading.conftest import save, workbook
from xinheng.pipeline.failures import UnreadableFileError

PERSON = "11010519491231002X"


@pytest.fixture
def old(put):
    def write(*sheets, **settings):
        return put(xls(sheets, **settings), "permits.xls")

    return write


class TestOldWorkbooks:
    def test_are_read_like_new_ones(self, check, rows, old, tmp_path, title):
        rows[0][title("decided_on")] = date(2019, 5, 28)
        rows[1][title("decided_on")] = 43613
        rows[2][title("certificate_no")] = 20190531

        frames = [
            pl.read_parquet(check(path).accepted_path)
            for path in (
                old(Sheet("许可", as_rows(rows))),
                save(workbook(rows), tmp_path),
            )
        ]

        assert frames[0].equals(frames[1])
        assert frames[0].height == 3

    def test_of_the_factory_are_read_so_by_another_reader(self, rows):
        content = xls([Sheet("许可", as_rows(rows), {(1, 1): "示例"}, "页眉")])

        sheet = fastexcel.read_excel(content).load_sheet(0, dtypes="string")

        assert sheet.to_polars().rows() == [
            tuple(cell or None for cell in row.values()) for row in rows
        ]

    @pytest.mark.parametrize("name", ["permits.xls", "permits.xlsx"])
    def test_may_bear_either_name_of_a_workbook(self, check, rows, put, tmp_path, name):
        new = save(workbook(rows), tmp_path).read_bytes()

        for content in (xls([Sheet("许可", as_rows(rows))]), new):
            assert check(put(content, name)).accepted == 3

    def test_hold_no_person_in_what_the_program_writes(self, check, rows, old):
        sheet = Sheet("许可", as_rows(rows), {(1, 1): "示例"}, page_header="示例")

        assert not check(old(sheet, title="示例")).personal_data

    @pytest.mark.parametrize("length", [0, 1, 300])
    def test_are_searched_for_persons_in_comments(self, check, rows, old, length):
        comment = "长" * length + PERSON

        report = check(old(Sheet("许可", as_rows(rows), {(2, 3): comment})))

        assert report.accepted == 3
        assert report.personal_data

    def test_are_searched_for_persons_in_page_headers(self, check, rows, old):
        sheet = Sheet("许可", as_rows(rows), page_header=f"&L{PERSON}")

        assert check(old(sheet)).personal_data

    def test_are_searched_for_persons_in_properties(self, check, rows, old):
        assert check(old(Sheet("许可", as_rows(rows)), title=PERSON)).personal_data

    def test_are_searched_for_persons_in_hidden_sheets(self, check, rows, old):
        hidden = Sheet("底稿", [[PERSON]], is_hidden=True)

        report = check(old(Sheet("许可", as_rows(rows)), hidden))

        assert report.rows_read == 3
        assert report.personal_data

    def test_with_a_person_in_a_row_refuse_the_row(self, check, rows, old, title):
        rows[1][title("permit_content")] = f"见{PERSON}"

        report = check(old(Sheet("许可", as_rows(rows))))

        assert findings(report) == [(2, "permit_content", "PERSONAL_ID")]

    @pytest.mark.usefixtures("unconfined")
    def test_with_a_cell_far_away_are_refused(self, refusal, rows, old, monkeypatch):
        monkeypatch.setattr("xinheng.pipeline.reading.old_workbooks.MOST_CELLS", 50)

        assert refusal(old(Sheet("许可", as_rows(rows)))) == "FILE_TOO_LARGE"

    @pytest.mark.parametrize("seed", range(60))
    def test_that_are_damaged_are_read_or_refused(self, check, rows, put, seed):
        content = bytearray(xls([Sheet("许可", as_rows(rows), {(1, 1): "示例"})]))
        chance = random.Random(seed)
        for _ in range(chance.randint(1, 12)):
            content[chance.randrange(8, len(content))] = chance.randrange(256)
        cut = len(content) if seed % 3 else chance.randrange(600, len(content))

        try:
            report = check(put(bytes(content[:cut]), "permits.xls"))
        except UnreadableFileError as refused:
            assert refused.message_zh  # noqa: PT017 - either way is right
        else:
            assert report.accepted + report.rejected + report.questionable == (
                report.rows_read
            )
