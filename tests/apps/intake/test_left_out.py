"""What of a file is no row is told with its verdict."""

from __future__ import annotations

import io

import pytest

from tests.factories import files
from xinheng.apps.intake import operations, queries
from xinheng.pipeline.parts import Reason

pytestmark = pytest.mark.usefixtures("city")


def test_sheets_and_remarks_that_were_not_read(clerk, received_at):
    book = files.as_book_with_hidden_sheet(files.permit_rows(2))
    hand_in = operations.HandIn(
        clerk, "U01", "permit", None, "permits.xlsx", io.BytesIO(book)
    )

    done = operations.submit(hand_in, at=received_at)

    assert done.verdict.rows_read == done.verdict.new == 2
    assert [(each.sheet, each.why) for each in done.skipped] == [
        ("底稿", Reason.HIDDEN)
    ]
    assert done.notes == 1
    assert queries.get_submission(actor=clerk, submission=done.id) == done
