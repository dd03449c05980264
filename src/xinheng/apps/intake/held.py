"""Rows kept aside: stored with their submission, closed when the key comes again."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from django.db import connection

from xinheng.apps import bulk
from xinheng.apps.intake.models import HeldRow, Submission
from xinheng.core.catalog.datasets import Dataset

_TABLE = HeldRow._meta.db_table
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


def close(submission: Submission, frames: Sequence[pl.DataFrame]) -> None:
    """Close this unit's earlier held rows whose keys the submission brings again."""
    keys = pl.concat([frame.select("natural_key") for frame in frames]).unique()
    if keys.is_empty():
        return
    bulk.stage(_STAGE, {"natural_key": "text"}, keys)
    bulk.execute(
        f"UPDATE {_TABLE} SET closed_by_id = %s WHERE closed_by_id IS NULL"
        f" AND dataset = %s AND submission_id <> %s"
        f" AND submission_id IN (SELECT id FROM {Submission._meta.db_table}"
        f" WHERE unit_id = %s)"
        f" AND natural_key IN (SELECT natural_key FROM {_STAGE})",
        [
            _identifier(submission),
            submission.dataset,
            _identifier(submission),
            submission.unit_id,
        ],
    )
    bulk.drop(_STAGE)


def _identifier(submission: Submission) -> str:
    """Return the submission's id as this database stores it."""
    native = connection.features.has_native_uuid_field
    return str(submission.id) if native else submission.id.hex
