"""Landing: the accepted rows of a submission become versions of records.

Each row is compared with the version in force under the same natural key:

    no such version              new
    the same body                unchanged, nothing is written
    another body, same unit      changed: the old version is superseded
    a version of another unit    foreign: left to a person, nothing is written
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import polars as pl
from django.db import connection, transaction

from xinheng.apps import bulk
from xinheng.apps.records.models import Landing, Record
from xinheng.core.merkle.rows import GrowingRoot, row_digests

SALT_BYTES = 32
# So many bodies are in memory at a time; keys are held of every row.
SLICE_ROWS = 16_384
_STAGE = "landing_rows"
_RECORDS = Record._meta.db_table
_KNOWN = {
    "row": pl.UInt32,
    "owner": pl.String,
    "first_period": pl.String,
    "known_salt": pl.String,
    "known_digest": pl.String,
}


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one submission, ready to land.

    `rows` has `row` (UInt32), `organization` (String, null where none), `natural_key`,
    `decided_on` (Date, null where none) and `body` (canonical JSON), ordered by row;
    where they are lazy, bodies are made slice by slice. `period` is the declared
    month; null lets each row count in the month of `decided_on`, and in
    `received_period` where it has none.
    """

    submission: UUID
    dataset: str
    edition: str
    unit: str
    period: str | None
    received_period: str
    rows: pl.DataFrame | pl.LazyFrame


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
    _supersede(batch, verdict.filter(pl.col("verdict") == "changed"), at=at)
    rows_root = _insert(batch, verdict, at=at)
    count = dict(verdict.group_by("verdict").len().iter_rows())
    foreign = verdict.filter(pl.col("verdict") == "foreign")
    return Landed(
        new=count.get("new", 0),
        changed=count.get("changed", 0),
        unchanged=count.get("unchanged", 0),
        foreign_rows=tuple(foreign["row"].to_list()),
        rows_root=rows_root,
    )


def seal(*, submission: UUID, ledger_seq: int) -> None:
    """Bind a landing to its ledger entry, which ends it."""
    Landing.objects.filter(id=submission).update(ledger_seq=ledger_seq)


def _compare(batch: Batch) -> pl.DataFrame:
    """Return the batch's rows, bodies left out, with `verdict` and the `period`."""
    keys = batch.rows.lazy().select("row", "organization", "natural_key", "decided_on")
    known = _known(batch, keys.collect())
    return known.select(
        "row",
        "organization",
        "natural_key",
        "decided_on",
        verdict=pl.when(pl.col("owner").is_null())
        .then(pl.lit("new"))
        .when(pl.col("owner") != batch.unit)
        .then(pl.lit("foreign"))
        .when(_same(batch, known))
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


def _known(batch: Batch, keys: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with what is in force under their keys, null where nothing is."""
    # In the order of the index that they are looked up in.
    bulk.stage(
        _STAGE,
        {"row_number": "integer", "natural_key": "text"},
        keys.rename({"row": "row_number"}).sort("natural_key"),
    )
    found = bulk.fetch(
        f"SELECT s.row_number, r.source_unit_id, r.period, r.salt, r.digest"
        f" FROM {_STAGE} s JOIN {_RECORDS} r ON r.natural_key = s.natural_key"
        f" WHERE r.dataset = %s AND r.superseded_at IS NULL",
        [batch.dataset],
    )
    bulk.drop(_STAGE)
    known = pl.DataFrame(found, schema=_KNOWN, orient="row")
    return keys.join(known, on="row", how="left", maintain_order="left")


def _same(batch: Batch, known: pl.DataFrame) -> pl.Series:
    """Tell of which rows the unit's version in force has the same body.

    The version's own salt makes its digest out of the same body, and of no other. So no
    body is read back, and none leaves a digest without a salt behind, which anyone
    could try guesses on once the body is erased.
    """
    own = known["owner"].eq_missing(pl.Series([batch.unit]))
    same = [pl.Series([], dtype=pl.UInt32)]
    for rows in _with_bodies(batch, known, own):
        salts = rows["known_salt"].str.decode("hex").to_list()
        digests = _digests(salts, rows["body"]).bin.encode("hex")
        same.append(rows["row"].filter(digests == rows["known_digest"]))
    return known["row"].is_in(pl.concat(same).implode())


def _with_bodies(
    batch: Batch, rows: pl.DataFrame, wanted: pl.Series
) -> Iterator[pl.DataFrame]:
    """Yield the wanted ones of the batch's rows with their bodies, slice by slice."""
    bodies = batch.rows.lazy().select("row", "body")
    for start in range(0, rows.height, SLICE_ROWS):
        part = rows.slice(start, SLICE_ROWS).filter(wanted.slice(start, SLICE_ROWS))
        if not part.is_empty():
            is_part = pl.col("row").is_in(part["row"].implode())
            found = bodies.slice(start, SLICE_ROWS).filter(is_part).collect()
            yield part.with_columns(found["body"])


def _digests(salts: list[bytes], bodies: pl.Series) -> pl.Series:
    encoded = bodies.cast(pl.Binary).to_list()
    return pl.Series(row_digests(salts=salts, bodies=encoded), dtype=pl.Binary)


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


def _insert(batch: Batch, verdict: pl.DataFrame, *, at: datetime) -> str:
    """Write the new and changed rows as versions; return their root, empty for none."""
    is_fresh = verdict["verdict"].is_in(["new", "changed"])
    if not is_fresh.any():
        return ""
    root = GrowingRoot()

    versions = (
        _versions(batch, fresh, root, at=at)
        for fresh in _with_bodies(batch, verdict, is_fresh)
    )
    bulk.insert_all(_RECORDS, _COLUMNS, versions)
    return root.root().hex()


_COLUMNS = (
    "dataset",
    "edition",
    "organization_id",
    "source_unit_id",
    "period",
    "natural_key",
    "decided_on",
    "body",
    "salt",
    "digest",
    "submission_id",
    "row_number",
    "recorded_at",
)


def _versions(
    batch: Batch, fresh: pl.DataFrame, root: GrowingRoot, *, at: datetime
) -> pl.DataFrame:
    """Return the rows as the table holds them; the root grows by their digests."""
    drawn = os.urandom(SALT_BYTES * fresh.height)
    salts = [
        drawn[start : start + SALT_BYTES] for start in range(0, len(drawn), SALT_BYTES)
    ]
    digests = _digests(salts, fresh["body"])
    root.add(digests)
    return fresh.select(
        dataset=pl.lit(batch.dataset),
        edition=pl.lit(batch.edition),
        organization_id=pl.col("organization").cast(pl.Int64),
        source_unit_id=pl.lit(batch.unit),
        period="period",
        natural_key="natural_key",
        decided_on="decided_on",
        body="body",
        salt=pl.Series(salts, dtype=pl.Binary).bin.encode("hex"),
        digest=digests.bin.encode("hex"),
        submission_id=pl.lit(_uuid(batch.submission)),
        row_number="row",
        recorded_at=pl.lit(at).dt.convert_time_zone("UTC"),
    )


def _uuid(value: UUID) -> str:
    """Return the identifier as this database stores it."""
    return str(value) if connection.features.has_native_uuid_field else value.hex
