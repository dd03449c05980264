"""The check of a staged file, with this register's rules and organizations."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import transaction

from xinheng.apps.catalog import operations as catalog
from xinheng.apps.intake import archive, staging
from xinheng.apps.intake.models import Submission
from xinheng.apps.organizations import queries as organizations
from xinheng.core.catalog.datasets import Dataset
from xinheng.pipeline import run
from xinheng.pipeline.context import Context
from xinheng.pipeline.report import Report
from xinheng.rulebook import calendars, divisions, fiction
from xinheng.rulebook import catalog as rulebook


def context(*, on: date) -> Context:
    """Return the rules in force on a day, bound to the register of organizations."""
    return Context(
        on=on,
        calendar=calendars.load(),
        divisions=divisions.load() | _fictional_divisions(),
        code_lists=rulebook.code_lists(),
        rules=rulebook.rules(),
        register=organizations.register(),
    )


def _fictional_divisions() -> frozenset[str]:
    """Return the demo city's division, which no real list holds."""
    return frozenset({fiction.DIVISION} if settings.DEMO else ())


def check(
    submission: Submission,
    *,
    dataset: Dataset,
    on: date,
    dry_run: bool,
) -> Report:
    """Check the staged file of a submission; its progress is stored as it goes.

    Raises:
        UnreadableFileError: the file can't be taken.
    """

    def progress(rows: int) -> None:
        if not dry_run:
            Submission.objects.filter(id=submission.id).update(rows_done=rows)

    return run.check(
        staging.content_path(submission.id, file_name=submission.file_name),
        dataset=dataset,
        context=context(on=on),
        out=staging.work_directory(submission.id),
        file_name=submission.file_name,
        progress=progress,
    )


def withdraw_unnamed(submission: uuid.UUID) -> None:
    """Take away what a landing that never committed had put into the archive."""
    work = staging.directory(submission) / "work"
    for kind, column in _COLUMNS.items():
        source = work / f"{kind}.parquet"
        if source.is_file():
            digest = archive.digest_of(source)
            if archive.path(kind, digest).exists() and not _is_named(column, digest):
                _withdraw(kind, column, digest)


_COLUMNS: dict[archive.Kind, str] = {
    "accepted": "accepted_digest",
    "findings": "findings_digest",
}


def _is_named(column: str, digest: str) -> bool:
    return Submission.objects.filter(**{column: digest}).exists()


@transaction.atomic
def _withdraw(kind: archive.Kind, column: str, digest: str) -> None:
    """Take the file away, unless a landing under way has just come to name it.

    The same rows have the same digest, whoever hands them in: only while nothing lands
    is a file that nobody names a file that nobody needs.
    """
    catalog.lock_all()
    if not _is_named(column, digest):
        archive.withdraw(kind, digest)


def withdraw_partials() -> None:
    """Take away the copies that a landing which died had begun."""
    if not archive.list_partials():
        return
    with transaction.atomic():
        catalog.lock_all()
        for path in archive.list_partials():
            path.unlink(missing_ok=True)
