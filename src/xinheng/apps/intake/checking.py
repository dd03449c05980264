"""The check of a staged file, with this register's rules and organizations."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import date

import polars as pl
from django.db import transaction

from xinheng.apps.catalog import operations as catalog
from xinheng.apps.intake import archive, mappings, staging
from xinheng.apps.intake.models import Submission
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.organizations import references
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.headers import fold
from xinheng.pipeline import rejected_rows, run
from xinheng.pipeline.context import Context, Register
from xinheng.pipeline.report import Report
from xinheng.rulebook import calendars
from xinheng.rulebook import catalog as rulebook

MOST_REMEMBERED = 1_000_000


def context(*, on: date) -> Context:
    """Return the rules in force on a day, bound to the register of organizations."""
    return Context(
        on=on,
        calendar=calendars.load(),
        divisions=references.known_divisions(),
        code_lists=rulebook.code_lists(),
        rules=rulebook.rules(),
        register=_Remembered(organizations.register()),
    )


class _Remembered:
    """The register, asked once for each code of a file: its batches name the same ones.

    What is remembered has a bound; beyond it the memory begins anew.
    """

    def __init__(self, register: Register) -> None:
        self._register = register
        self._asked = pl.Series([], dtype=pl.String)
        self._answers: list[pl.DataFrame] = []

    def lookup(self, codes: pl.Series) -> pl.DataFrame:
        """Return what the register holds for these codes."""
        wanted = codes.drop_nulls().unique()
        unknown = wanted.filter(~wanted.is_in(self._asked.implode()))
        if len(self._asked) + len(unknown) > MOST_REMEMBERED:
            self._asked, self._answers = self._asked.clear(), []
            unknown = wanted
        if len(unknown) or not self._answers:
            self._answers.append(self._register.lookup(unknown))
            self._asked = pl.concat([self._asked, unknown])
        known = pl.concat(self._answers)
        return known.filter(pl.col("code").is_in(wanted.implode()))


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

    report = run.check(
        staging.content_path(submission.id, file_name=submission.file_name),
        dataset=dataset,
        context=context(on=on),
        out=staging.work_directory(submission.id),
        file_name=submission.file_name,
        progress=progress,
        chosen=_chosen(submission, dataset),
    )
    _note(submission, report, dry_run=dry_run)
    if not dry_run:
        _keep_rejected(submission, report, dataset)
    return report


def _chosen(submission: Submission, dataset: Dataset) -> dict[str, str]:
    """Return the columns that people assigned: for this file over those of earlier."""
    earlier = mappings.remembered(unit=submission.unit_id, dataset=dataset)
    own = {fold(header): field for header, field in submission.chosen_columns.items()}
    return earlier | own


def _keep_rejected(submission: Submission, report: Report, dataset: Dataset) -> None:
    """Put the rejected rows aside while the file is still here; see `rejected_rows`."""
    rejected_rows.keep(
        staging.content_path(submission.id, file_name=submission.file_name),
        report,
        report.findings_path.with_name("rejects.parquet"),
        dataset=dataset,
        file_name=submission.file_name,
    )


def _note(submission: Submission, report: Report, *, dry_run: bool) -> None:
    """Store what was found before the rows land: it stays where that breaks off."""
    found = {
        "findings": dict(report.findings),
        "matched_columns": dict(report.matched_columns),
        "ignored_columns": list(report.ignored_columns),
        "personal_data": report.personal_data,
        "parts": [asdict(part) for part in report.parts],
        "skipped": [asdict(sheet) for sheet in report.skipped],
        "notes": report.notes,
        "rows_done": report.rows_read,
    }
    if not dry_run:
        Submission.objects.filter(id=submission.id).update(**found)


@transaction.atomic
def keep_findings(submission: Submission) -> None:
    """Archive the findings of a check whose rows did not land, where there are any.

    Where the disk has no room for them either, the counts by rule have to do.
    """
    source = staging.directory(submission.id) / "work" / "findings.parquet"
    if not source.is_file():
        return
    catalog.lock(dataset=submission.dataset)
    try:
        submission.findings_digest = archive.publish("findings", source)
    except OSError:
        return
    submission.save(update_fields=["findings_digest"])


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
    "rejects": "rejects_digest",
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
