"""The end of a submission, in one transaction: rows, counts, ledger, outbox.

What breaks off before the commit leaves nothing; after it, everything stands.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

import polars as pl
from django.db import transaction
from django.utils import timezone

from xinheng.apps.catalog import operations as catalog
from xinheng.apps.intake import archive, held, plausibility
from xinheng.apps.intake.models import Submission
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.organizations import operations as organizations
from xinheng.apps.organizations.issues import Finder
from xinheng.apps.outbox import operations as outbox
from xinheng.apps.records import landing as records
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.submissions.findings import Severity
from xinheng.core.submissions.outcomes import Counts
from xinheng.pipeline import bodies, writing
from xinheng.pipeline.report import Report

OTHER_UNIT = "OTHER_UNIT"


@transaction.atomic
def land(
    submission: Submission,
    report: Report,
    *,
    dataset: Dataset,
    at: datetime,
    dry_run: bool = False,
) -> None:
    """Complete the submission with what the check made of its rows.

    With `dry_run` everything is done the same way and then undone: the verdict on
    `submission` is that of a real run, and nothing is stored.
    """
    catalog.lock(dataset=dataset.name)
    accepted = _scan(report.accepted_path, dataset)
    landed = records.land(_batch(submission, accepted, dataset=dataset, at=at), at=at)
    foreign = accepted.filter(_is_one_of(landed.foreign_rows))
    aside = _scan(report.held_path, dataset)
    _hold(submission, aside, foreign, accepted, dataset=dataset)
    report = _with_foreign(report, landed.foreign_rows)
    held.name_rules(submission, report.findings_path)
    held.keep_rejected(submission, report.rejected_path)
    _settle(submission, report, landed, at=at)
    if dry_run:
        transaction.set_rollback(True)
        return
    submission.accepted_digest = _publish_accepted(report, landed.foreign_rows)
    submission.findings_digest = archive.publish("findings", report.findings_path)
    rejects = report.findings_path.with_name("rejects.parquet")
    if rejects.is_file():
        submission.rejects_digest = archive.publish("rejects", rejects)
    plausibility.look(submission, report.accepted_path, at=at)
    _append(submission, landed, at=at)
    _record_unknown(submission, report, at=at)


def _scan(path: Path, dataset: Dataset) -> pl.LazyFrame:
    """Return the rows of a file with their bodies, which are made as they are read."""
    return pl.scan_parquet(path).with_columns(body=bodies.body(dataset))


def _is_one_of(rows: tuple[int, ...]) -> pl.Expr:
    return pl.col("row").is_in(pl.Series(rows, dtype=pl.UInt32).implode())


def _hold(
    submission: Submission,
    aside: pl.LazyFrame,
    foreign: pl.LazyFrame,
    accepted: pl.LazyFrame,
    *,
    dataset: Dataset,
) -> None:
    """Keep the rows that wait for somebody, and close those that waited before."""
    keys = [rows.select("natural_key").collect() for rows in (accepted, aside)]
    held.close(submission, keys)
    for part in _parts(aside):
        held.keep(submission, part, dataset=dataset)
    nothing = aside.head(0).collect()
    for part in _parts(foreign):
        asked = held.join(nothing, part, reason="questionable")
        held.keep(submission, asked, dataset=dataset)


def _parts(rows: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Yield the rows, so many at a time that the memory has a bound."""
    starts = itertools.count(step=records.SLICE_ROWS)
    parts = (rows.slice(start, records.SLICE_ROWS).collect() for start in starts)
    return itertools.takewhile(lambda part: not part.is_empty(), parts)


def _batch(
    submission: Submission, rows: pl.LazyFrame, *, dataset: Dataset, at: datetime
) -> records.Batch:
    date = pl.col(dataset.decided_on) if dataset.decided_on else pl.lit(None, pl.Date)
    return records.Batch(
        submission=submission.id,
        dataset=submission.dataset,
        edition=submission.edition,
        unit=submission.unit_id,
        period=submission.period,
        received_period=f"{timezone.localdate(at):%Y-%m}",
        rows=rows.select(
            "row", "organization", "natural_key", date.alias("decided_on"), "body"
        ),
    )


def _with_foreign(report: Report, rows: tuple[int, ...]) -> Report:
    """Return the report with the rows whose key belongs to another unit kept aside."""
    if not rows:
        return report
    findings = pl.scan_parquet(report.findings_path)
    schema = findings.collect_schema()
    extra = pl.DataFrame({"row": rows}, schema={"row": schema["row"]}).with_columns(
        field=pl.lit("", schema["field"]),
        rule=pl.lit(OTHER_UNIT, schema["rule"]),
        severity=pl.lit(str(Severity.QUESTION), schema["severity"]),
    )
    merged = findings.merge_sorted(extra.select(schema.names()).lazy(), "row")
    _rewrite(merged, report.findings_path)
    return replace(
        report,
        accepted=report.accepted - len(rows),
        questionable=report.questionable + len(rows),
        findings={**report.findings, OTHER_UNIT: len(rows)},
    )


def _rewrite(rows: pl.LazyFrame, path: Path) -> None:
    """Put rows that are read from a file in its place."""
    rewritten = path.with_suffix(".rewritten")
    writing.sink(rows, rewritten)
    rewritten.replace(path)


def _settle(
    submission: Submission, report: Report, landed: records.Landed, *, at: datetime
) -> None:
    counts = Counts(
        rows_read=report.rows_read,
        new=landed.new,
        changed=landed.changed,
        unchanged=landed.unchanged,
        rejected=report.rejected,
        questionable=report.questionable,
        unlinked=report.unlinked or 0,
    )
    for name in Counts.__slots__:
        setattr(submission, name, getattr(counts, name))
    submission.rows_done = report.rows_read
    submission.findings = dict(report.findings)
    submission.matched_columns = dict(report.matched_columns)
    submission.ignored_columns = list(report.ignored_columns)
    submission.chosen_columns = dict(report.chosen_columns)
    submission.parts = [asdict(part) for part in report.parts]
    submission.skipped = [asdict(sheet) for sheet in report.skipped]
    submission.notes = report.notes
    submission.personal_data = report.personal_data
    submission.finished_at = at


def _publish_accepted(report: Report, foreign_rows: tuple[int, ...]) -> str:
    """Archive the rows that are in the register now; empty where there is none."""
    if not report.accepted:
        return ""
    if foreign_rows:
        rows = pl.scan_parquet(report.accepted_path)
        _rewrite(rows.filter(~_is_one_of(foreign_rows)), report.accepted_path)
    return archive.publish("accepted", report.accepted_path)


def _record_unknown(submission: Submission, report: Report, *, at: datetime) -> None:
    """Hand the codes that the register does not hold to whoever corrects codes."""
    if report.unknown_path is None:
        return
    rows = pl.read_parquet(report.unknown_path)
    finder = Finder(at, submission=submission.id, unit=submission.unit_id)
    organizations.record_reported(rows=rows, finder=finder)


def _append(submission: Submission, landed: records.Landed, *, at: datetime) -> None:
    body = {
        "unit": submission.unit_id,
        "dataset": submission.dataset,
        "edition": submission.edition,
        "period": submission.period,
        "file_sha256": submission.file_digest,
        "file_bytes": submission.file_bytes,
        "counts": {name: getattr(submission, name) for name in Counts.__slots__},
        "rows_root": landed.rows_root,
        "accepted_sha256": submission.accepted_digest,
        "findings_sha256": submission.findings_digest,
        "rejects_sha256": submission.rejects_digest,
    }
    appended = ledger.append(
        kind="submission.completed",
        subject=f"submission:{submission.id}",
        actor=submission.submitted_by,
        body=body,
        at=at,
    )
    records.seal(submission=submission.id, ledger_seq=appended.seq)
    submission.ledger_seq = appended.seq
    submission.state = Submission.State.COMPLETED
    submission.save()
    outbox.queue(
        topic="submission.completed",
        subject=f"unit:{submission.unit_id}",
        payload={"submission": str(submission.id), "counts": body["counts"]},
        ledger_seq=appended.seq,
        at=at,
    )
