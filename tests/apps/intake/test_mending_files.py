"""From rejected rows to mended ones, by way of the workbook."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.factories import city as cities
from tests.factories import files
from xinheng.apps.intake import archive, archived, mending_files, queries
from xinheng.apps.intake.models import Submission
from xinheng.apps.ledger import queries as ledger

pytestmark = pytest.mark.usefixtures("city")

CODE = "行政相对人代码_1(统一社会信用代码)"


@pytest.fixture
def sender():
    return cities.clerk_of("U02")


def workbook(sender, done, language="zh-hans"):
    content = mending_files.rejects_xlsx(
        actor=sender, submission=done.id, language=language
    )
    return openpyxl.load_workbook(io.BytesIO(content))


def saved(book):
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def put(book, row, header, value):
    sheet = book.worksheets[0]
    column = [cell.value for cell in sheet[1]].index(header) + 1
    sheet.cell(row, column).value = value


class TestRoundTrip:
    def test_mended_rows_are_taken_and_nothing_is_counted_twice(self, sender):
        rows = cities.some_wrong_rows()
        done = cities.hand_in(rows)
        assert (done.verdict.new, done.verdict.rejected) == (5, 3)
        right = files.permit_rows(8)

        book = workbook(sender, done)
        for number in (1, 2, 3):
            put(book, number + 1, CODE, right[number][CODE])
            put(book, number + 1, "许可决定日期", right[number]["许可决定日期"])
        mended = saved(book)

        second = cities.hand_in(mended, name="mended.xlsx")
        assert (second.verdict.rows_read, second.verdict.new) == (3, 3)
        third = cities.hand_in(mended, name="mended.xlsx")
        assert (third.verdict.rows_read, third.verdict.unchanged) == (3, 3)

    def test_is_refused_where_nothing_was_rejected(self, sender):
        done = cities.hand_in(files.permit_rows(2))

        assert not done.has_rejects
        with pytest.raises(mending_files.NoRejectsError):
            mending_files.rejects_xlsx(actor=sender, submission=done.id, language="en")

    def test_is_for_those_who_see_the_submission(self):
        done = cities.hand_in(cities.some_wrong_rows())

        with pytest.raises(queries.UnknownSubmissionError):
            mending_files.rejects_xlsx(
                actor=cities.clerk_of("U01"), submission=done.id, language="en"
            )


class TestArchive:
    def test_stands_with_the_rows_digest_in_the_ledger(self):
        done = cities.hand_in(cities.some_wrong_rows())

        row = Submission.objects.get(id=done.id)
        body = ledger.get_entry(row.ledger_seq).body
        assert body["rejects_sha256"] == row.rejects_digest != ""

    def test_holds_the_rows_without_the_persons_number(self, sender, settings):
        done = cities.hand_in(cities.some_wrong_rows())

        row = Submission.objects.get(id=done.id)
        path = archive.path("rejects", row.rejects_digest)
        assert path.is_file()
        assert str(path.relative_to(settings.ARCHIVE_DIR)) in archived.list_archived()
        number = cities.PERSONAL_NUMBER.encode()
        kept = [each for each in settings.DATA_DIR.rglob("*") if each.is_file()]
        assert path in kept
        assert not [each for each in kept if number in each.read_bytes()]

    def test_says_where_a_finding_stands(self, sender):
        done = cities.hand_in(cities.some_wrong_rows())

        page = queries.list_findings(
            actor=sender, submission=done.id, language="en", severity="error"
        )

        assert {(each.file, each.line) for each in page.items} == {
            ("permits.csv", 3),
            ("permits.csv", 4),
            ("permits.csv", 5),
        }
