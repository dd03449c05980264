"""One record that a person types into a form: the same rules as for a file of one row.

What an error keeps out is told at once, field by field, and nothing of it is stored;
everything else becomes a submission of its own.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl
from django.utils import timezone

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.intake import checking, operations, queries, staging
from xinheng.apps.intake.operations import HandIn
from xinheng.apps.intake.queries import FindingView
from xinheng.core.submissions.findings import Severity


def find_errors(
    hand_in: HandIn, *, at: datetime, language: str
) -> tuple[FindingView, ...]:
    """Return what would keep the rows out, in one language; nothing is stored.

    Raises:
        UnreadableFileError, NotAllowedError, UnknownUnitError, UnknownDatasetError,
        InvalidPeriodError, FileTooLargeError: as `operations.submit`.
    """
    submission = operations.new(hand_in, at=at)
    dataset = catalog.get_dataset(submission.dataset)
    with staging.hold(submission.id, wait=True):
        try:
            staging.write(
                hand_in.content, submission.id, file_name=submission.file_name
            )
            on = timezone.localdate(at)
            report = checking.check(submission, dataset=dataset, on=on, dry_run=True)
            found = pl.read_parquet(report.findings_path)
        finally:
            staging.wipe(submission.id)
    errors = found.filter(pl.col("severity") == Severity.ERROR.value)
    return tuple(
        queries.finding_view(submission.dataset, each, language)
        for each in errors.iter_rows(named=True)
    )


def enter(hand_in: HandIn, *, at: datetime) -> str:
    """Hand the record in and return the submission's id; its key makes it once.

    Raises:
        As `operations.receive`.
    """
    identifier = operations.receive(hand_in, at=at)
    try:
        operations.process(submission=identifier, at=at)
    except operations.BusyError:  # a worker was faster
        return identifier
    return identifier
