"""Landing: the accepted rows of a submission become versions of records.

Each row is compared with the version in force under the same natural key:

    no such version              new
    the same body                unchanged, nothing is written
    another body, same unit      changed: the old version is superseded
    a version of another unit    foreign: left to a person, nothing is written
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import polars as pl
from django.db import connection, transaction

from xinheng.apps import bulk
from xinheng.apps.records.models import Landing, Record
from xinheng.core.merkle import rows

SALT_BYTES = 32
_STAGE = "landing_rows"
_RECORDS = Record._meta.db_table


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one submission, ready to land.

    `rows` has `row` (UInt32), `organization` (String, null where none), `natural_key`,
    `decided_on` (Date, null where none) and `body` (canonical JSON). `period` is the
    declared month; null lets each row count in the month of `decided_on`, and in
    `received_period` where it has none.
    """

    submission: UUID
    dataset: str
    edition: str
    unit: str
    period: str | None
    received_period: str
    rows: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of the rows; `foreign_rows` are row numbers, in order.

    `rows_root` is the Merkle root (hex) over the digests of the new and changed rows in
    the order of their numbers; empty where there is none.
    """

    new: int
    changed: int
    unchanged: int
    foreign_rows: tuple[int, ...]
    rows_root: str


@transaction.atomic
def land(batch: Batch, *, at: datetime) -> Landed:
    """Write the new and changed rows as versions recorded at `at`.

    The caller holds the dataset's lock and appends the ledger entry in the same
    transaction, then calls `seal` with its number.
    """
    Landing.objects.create(id=batch.submission, recorded_at=at)
    verdict = _compare(batch)
    fresh = verdict.filter(pl.col("verdict").is_in(["new", "changed"]))
    _supersede(batch, verdict.filter(pl.col("verdict") == "changed"), at=at)
    digests = _insert(batch, fresh, at=at)
    count = dict(verdict.group_by("verdict").len().iter_rows())
    foreign = verdict.filter(pl.col("verdict") == "foreign")
    return Landed(
        new=count.get("new", 0),
        changed=count.get("changed", 0),
        unchanged=count.get("unchanged", 0),
        foreign_rows=tuple(foreign["row"].to_list()),
        rows_root=rows.rows_root(digests).hex() if digests else "",
    )


def seal(*, submission: UUID, ledger_seq: int) -> None:
    """Bind a landing to its ledger entry, which ends it."""
    Landing.objects.filter(id=submission).update(ledger_seq=ledger_seq)


def _compare(batch: Batch) -> pl.DataFrame:
    """Return the batch's rows with `verdict` and the `period` each counts in."""
    known = _known(batch)
    return (
        batch.rows.join(known, on="row", how="left", maintain_order="left")
        .with_columns(
            verdict=pl.when(pl.col("owner").is_null())
            .then(pl.lit("new"))
            .when(pl.col("owner") != batch.unit)
            .then(pl.lit("foreign"))
            .when(pl.col("same"))
            .then(pl.lit("unchanged"))
            .otherwise(pl.lit("changed")),
            # A correction counts in the month in which the record was first reported.
            period=pl.coalesce(
                pl.col("first_period"),
                pl.lit(batch.period, dtype=pl.String),
                pl.col("decided_on").dt.strftime("%Y-%m"),
                pl.lit(batch.received_period),
            ),
        )
        .sort("row")
    )


def _known(batch: Batch) -> pl.DataFrame:
    """Return the version in force for each row that has one."""
    bulk.stage(
        _STAGE,
        {"row_number": "integer", "natural_key": "text", "body": "text"},
        batch.rows.rename({"row": "row_number"}),
    )
    found = bulk.fetch(
        f"SELECT s.row_number, r.source_unit_id, r.period, r.body = s.body"
        f" FROM {_STAGE} s JOIN {_RECORDS} r ON r.natural_key = s.natural_key"
        f" WHERE r.dataset = %s AND r.superseded_at IS NULL",
        [batch.dataset],
    )
    bulk.drop(_STAGE)
    return pl.DataFrame(
        found,
        schema={
            "row": pl.UInt32,
            "owner": pl.String,
            "first_period": pl.String,
            "same": pl.Boolean,
        },
        orient="row",
    )


def _supersede(batch: Batch, changed: pl.DataFrame, *, at: datetime) -> None:
    if changed.is_empty():
        return
    bulk.stage(_STAGE, {"natural_key": "text"}, changed)
    moment = connection.ops.adapt_datetimefield_value(at)
    # `at` is when a submission began; one that began later may have landed before it.
    bulk.execute(
        f"UPDATE {_RECORDS} SET superseded_at ="
        f" CASE WHEN recorded_at > %s THEN recorded_at ELSE %s END,"
        f" superseded_by_id = %s"
        f" WHERE dataset = %s AND superseded_at IS NULL"
        f" AND natural_key IN (SELECT natural_key FROM {_STAGE})",
        [moment, moment, _uuid(batch.submission), batch.dataset],
    )
    bulk.drop(_STAGE)


def _insert(batch: Batch, fresh: pl.DataFrame, *, at: datetime) -> list[bytes]:
    """Write the versions and return their digests in row order."""
    if fresh.is_empty():
        return []
    salts = [os.urandom(SALT_BYTES) for _ in range(fresh.height)]
    digests = [
        rows.row_digest(salt=salt, body=body)
        for salt, body in zip(salts, fresh["body"], strict=True)
    ]
    bulk.insert(
        _RECORDS,
        fresh.select(
            dataset=pl.lit(batch.dataset),
            edition=pl.lit(batch.edition),
            organization_id=pl.col("organization").cast(pl.Int64),
            source_unit_id=pl.lit(batch.unit),
            period="period",
            natural_key="natural_key",
            decided_on="decided_on",
            body="body",
            salt=pl.Series([salt.hex() for salt in salts]),
            digest=pl.Series([each.hex() for each in digests]),
            submission_id=pl.lit(_uuid(batch.submission)),
            row_number="row",
            recorded_at=pl.lit(at).dt.convert_time_zone("UTC"),
        ),
    )
    return digests


def _uuid(value: UUID) -> str:
    """Return the identifier as this database stores it."""
    return str(value) if connection.features.has_native_uuid_field else value.hex
