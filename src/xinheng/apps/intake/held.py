"""Rows kept aside: stored with their submission, closed when the key comes again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from django.db import connection

from xinheng.apps import bulk
from xinheng.apps.intake.models import HeldRow, RejectedKey, Submission
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.submissions.findings import Severity

# Of a file with more rejected rows than this, the unit itself says when it is mended.
MOST_REJECTED_KEYS = 10_000

_TABLE = HeldRow._meta.db_table
_REJECTED = RejectedKey._meta.db_table
_SUBMISSIONS = Submission._meta.db_table
_STAGE = "held_keys"


def join(aside: pl.DataFrame, more: pl.DataFrame, *, reason: str) -> pl.DataFrame:
    """Return both frames as one, in row order; the second is held for `reason`."""
    if more.is_empty():
        return aside
    marked = more.with_columns(outcome=pl.lit(reason))
    return pl.concat([aside, marked.select(aside.columns)]).sort("row")


def keep(submission: Submission, aside: pl.DataFrame, *, dataset: Dataset) -> None:
    """Store the rows that wait for a person or for their organization."""
    code = pl.col(dataset.subject_code) if dataset.subject_code else pl.lit("")
    bulk.insert(
        _TABLE,
        aside.select(
            submission_id=pl.lit(_identifier(submission)),
            row_number="row",
            reason="outcome",
            dataset=pl.lit(dataset.name),
            natural_key="natural_key",
            subject_code=code.fill_null("").str.slice(0, 64),
            body="body",
        ),
    )


def keep_rejected(submission: Submission, keys: Path) -> None:
    """Store the keys of rejected rows, as far as they can be read and are not many."""
    frame = pl.read_parquet(keys)
    if frame.height > MOST_REJECTED_KEYS:
        return
    bulk.insert(
        _REJECTED,
        frame.select(
            submission_id=pl.lit(_identifier(submission)),
            row_number="row",
            dataset=pl.lit(submission.dataset),
            natural_key="natural_key",
        ),
    )


def name_rules(submission: Submission, findings: Path) -> None:
    """Write into the submission's held rows the rules that a person decides on."""
    if not HeldRow.objects.filter(
        submission_id=submission.id, reason=HeldRow.Reason.QUESTIONABLE
    ).exists():
        return
    told = pl.scan_parquet(findings).cast({"rule": pl.String, "severity": pl.String})
    asked = told.filter(severity=Severity.QUESTION.value)
    each = asked.select("row", "rule").unique().group_by("row")
    listed = pl.col("rule").sort().str.join(",")
    named = each.agg(rules=pl.lit(",") + listed + pl.lit(","))
    add_rules(submission, named.select(pl.col("row").alias("row_number"), "rules"))


def add_rules(submission: Submission, named: pl.LazyFrame) -> None:
    """Set `rules` of the held rows by `row_number`."""
    bulk.stage(_STAGE, {"row_number": "integer", "rules": "text"}, named.collect())
    bulk.execute(
        f"UPDATE {_TABLE} SET rules = s.rules FROM {_STAGE} s"
        f" WHERE {_TABLE}.submission_id = %s AND {_TABLE}.row_number = s.row_number",
        [_identifier(submission)],
    )
    bulk.drop(_STAGE)


def close(submission: Submission, frames: Sequence[pl.DataFrame]) -> None:
    """Close this unit's earlier held rows whose keys the submission brings again.

    Its earlier rejected rows with such a key are mended.
    """
    keys = pl.concat([frame.select("natural_key") for frame in frames])
    for table in (_TABLE, _REJECTED):
        # Few wait, and many keys may come: those that wait are looked for among them.
        brought = _waiting(submission, table).join(keys, on="natural_key", how="semi")
        if brought.is_empty():
            continue
        bulk.stage(_STAGE, {"natural_key": "text"}, brought)
        bulk.execute(
            f"UPDATE {table} SET closed_by_id = %s WHERE {_EARLIER}"
            f" AND natural_key IN (SELECT natural_key FROM {_STAGE})",
            [_identifier(submission), *_earlier(submission)],
        )
        bulk.drop(_STAGE)


_EARLIER = (
    f"closed_by_id IS NULL AND dataset = %s AND submission_id <> %s"
    f" AND submission_id IN (SELECT id FROM {_SUBMISSIONS} WHERE unit_id = %s)"
)


def _earlier(submission: Submission) -> list[str]:
    return [submission.dataset, _identifier(submission), submission.unit_id]


def _waiting(submission: Submission, table: str) -> pl.DataFrame:
    """Return the keys of the unit's earlier rows of this dataset that are open."""
    found = bulk.fetch(
        f"SELECT DISTINCT natural_key FROM {table} WHERE {_EARLIER}",
        _earlier(submission),
    )
    return pl.DataFrame(found, schema={"natural_key": pl.String}, orient="row")


def close_released(
    release: Submission, original: Submission, rows: pl.Series, **decision: object
) -> None:
    """Close the rows of a submission that a release landed, with who decided on it."""
    for numbers in _in_parts(rows):
        HeldRow.objects.filter(
            submission_id=original.id, row_number__in=numbers
        ).update(closed_by_id=release.id, **decision)


def question(original: Submission, rows: pl.Series, *, rule: str) -> None:
    """Hand rows that waited for their organization to a person, for a rule's sake."""
    for numbers in _in_parts(rows):
        HeldRow.objects.filter(
            submission_id=original.id, row_number__in=numbers
        ).update(reason=HeldRow.Reason.QUESTIONABLE, rules=f",{rule},")


def _in_parts(rows: pl.Series) -> list[list[int]]:
    return [part["row"].to_list() for part in rows.to_frame("row").iter_slices(500)]


def _identifier(submission: Submission) -> str:
    """Return the submission's id as this database stores it."""
    native = connection.features.has_native_uuid_field
    return str(submission.id) if native else submission.id.hex
