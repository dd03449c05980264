"""A decision amends a record: a version follows, or the record is withdrawn.

What was there stays as history, like every version before it. The caller holds the
dataset's lock, appends the ledger's entry in the same transaction, and seals the
landing with its number (`landing.seal`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

import polars as pl

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.records import landing
from xinheng.apps.records.landing import Batch
from xinheng.apps.records.models import Landing, Record
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.merkle import canonical


class NotInForceError(LookupError):
    """The register has no version of the record in force."""


@dataclass(frozen=True, slots=True)
class Amended:
    """A landing of one row, to be sealed; `digest` is the new version's, else empty."""

    landing: UUID
    before: str
    digest: str


def amend(
    *, dataset: str, natural_key: str, body: Mapping[str, str], at: datetime
) -> Amended:
    """Let a version with these values follow the one in force.

    The values of the natural key must be the same.

    Raises:
        NotInForceError: no version is in force.
    """
    row = _lock(dataset, natural_key)
    item = catalog.get_dataset(dataset)
    batch = Batch(
        submission=uuid4(),
        dataset=dataset,
        edition=item.edition,
        unit=row.source_unit_id,
        period=row.period,
        received_period=row.period,
        rows=_one_row(row, item, body),
    )
    before = row.digest
    landing.land(batch, at=at)
    now = Record.objects.get(
        dataset=dataset, natural_key=natural_key, superseded_at__isnull=True
    )
    return Amended(batch.submission, before, now.digest)


def withdraw(*, dataset: str, natural_key: str, at: datetime) -> Amended:
    """Let no version follow the one in force: the record should not be there.

    Raises:
        NotInForceError: no version is in force.
    """
    row = _lock(dataset, natural_key)
    ended = Landing.objects.create(id=uuid4(), recorded_at=at)
    row.superseded_at = max(row.recorded_at, at)
    row.superseded_by = ended
    row.save(update_fields=["superseded_at", "superseded_by"])
    return Amended(ended.id, row.digest, "")


def _lock(dataset: str, natural_key: str) -> Record:
    rows = Record.objects.select_for_update().filter(
        dataset=dataset, natural_key=natural_key, superseded_at__isnull=True
    )
    row = rows.first()
    if row is None:
        raise NotInForceError(dataset)
    return row


def _one_row(row: Record, item: Dataset, body: Mapping[str, str]) -> pl.DataFrame:
    decided = body.get(item.decided_on or "", "")
    held = json.loads(row.body)
    if any(body.get(name) != held.get(name) for name in item.natural_key):
        raise ValueError("an amendment never makes another record of one")
    return pl.DataFrame(
        {
            "row": [1],
            "organization": [str(row.organization_id) if row.organization_id else None],
            "natural_key": [row.natural_key],
            "decided_on": [date.fromisoformat(decided) if decided else None],
            "body": [canonical.text(dict(body))],
        },
        schema={
            "row": pl.UInt32,
            "organization": pl.String,
            "natural_key": pl.String,
            "decided_on": pl.Date,
            "body": pl.String,
        },
    )
