"""Landings are taken back: what they brought goes, what they superseded returns.

Of a landing that is taken back, each version in force

    superseded another    a version with the earlier content follows
    superseded none       is withdrawn, nothing follows

What something later has superseded stays as it is. An earlier content that itself came
from a landing that was taken back does not return; the one before it does. A row that
came again unchanged made no version of its own, so it goes with the landing that did.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import polars as pl
from django.db import connection

from xinheng.apps import bulk
from xinheng.apps.records import landing, touching
from xinheng.apps.records.models import Landing, Record, Restoration
from xinheng.core.merkle.rows import GrowingRoot, row_digests

_RECORDS, _RESTORED = Record._meta.db_table, Restoration._meta.db_table
_STAGE = "reversed_versions"
_FOUND = {"id": pl.Int64, "digest": pl.String, "target": pl.Int64, "root": pl.Int64}


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking landings back means today.

    `versions` has `id` and `digest` of each version that goes, in the order of the
    ledger, with `target`, the one whose content returns, and `root`, the one that first
    brought that content; both null where nothing returns. `stays` counts the records
    that something later has changed.
    """

    versions: pl.DataFrame
    stays: int

    @property
    def restored(self) -> int:
        """How many records return to what they said before."""
        return int(self.versions["target"].is_not_null().sum())

    @property
    def withdrawn(self) -> int:
        """How many records go without a successor."""
        return self.versions.height - self.restored


@dataclass(frozen=True, slots=True)
class Reversed:
    """What was done; both roots (hex) are over digests in the plan's order.

    `versions_root` is over those that went, `rows_root` over those that returned; empty
    where there is none.
    """

    plan: Plan
    versions_root: str
    rows_root: str


def plan(landings: Collection[UUID], *, gone: Collection[UUID]) -> Plan:
    """Tell what taking these landings back means; `gone` were taken back before."""
    current = bulk.fetch(
        f"SELECT r.id, r.digest FROM {_RECORDS} r WHERE r.submission_id IN"
        f" ({_marks(landings)}) AND r.superseded_at IS NULL"
        f" UNION ALL SELECT r.id, r.digest FROM {_RESTORED} x"
        f" JOIN {_RECORDS} o ON o.id = x.first_id JOIN {_RECORDS} r"
        f" ON r.id = x.record_id WHERE o.submission_id IN ({_marks(landings)})"
        f" AND r.superseded_at IS NULL ORDER BY 1",
        [*_stored(landings), *_stored(landings)],
    )
    keys = Record.objects.filter(submission__in=landings).values("natural_key")
    brought = keys.distinct().count()
    found = _targets([key for key, _ in current], {*landings, *gone})
    rows = [(key, digest, *found.get(key, (None, None))) for key, digest in current]
    versions = pl.DataFrame(rows, schema=_FOUND, orient="row")
    return Plan(versions, max(brought - versions.height, 0))


def _targets(
    keys: Collection[int], bad: Collection[UUID]
) -> dict[int, tuple[int, int]]:
    """Return by version the earlier one that returns and what first brought it."""
    found: dict[int, tuple[int, int]] = {}
    waiting = {key: key for key in keys}
    while waiting:
        before = _before(waiting)
        waiting = {}
        for key, earlier, first, origin in before:
            if UUID(str(origin)) in bad:
                waiting[key] = earlier
            else:
                found[key] = (earlier, first)
    return found


def _before(waiting: dict[int, int]) -> list[tuple[int, int, int, object]]:
    """Return (version asked for, the one before, its first, what brought that)."""
    frame = pl.DataFrame(
        {"asked": list(waiting), "version": list(waiting.values())},
        schema={"asked": pl.Int64, "version": pl.Int64},
    )
    bulk.stage(_STAGE, {"asked": "bigint", "version": "bigint"}, frame)
    rows = bulk.fetch(
        f"SELECT s.asked, p.id, COALESCE(x.first_id, p.id),"
        f" COALESCE(o.submission_id, p.submission_id)"
        f" FROM {_STAGE} s JOIN {_RECORDS} v ON v.id = s.version"
        f" JOIN {_RECORDS} p ON p.superseded_by_id = v.submission_id"
        f" AND p.natural_key = v.natural_key AND p.dataset = v.dataset"
        f" LEFT JOIN {_RESTORED} x ON x.record_id = p.id"
        f" LEFT JOIN {_RECORDS} o ON o.id = x.first_id"
    )
    bulk.drop(_STAGE)
    return rows


def reverse(plan: Plan, *, by: UUID, at: datetime) -> Reversed:
    """Carry the plan out as the landing `by`.

    The caller holds the dataset's lock since before the plan, appends the ledger's
    entry in the same transaction, and then calls `seal`.
    """
    Landing.objects.create(id=by, recorded_at=at)
    _supersede(plan.versions, by, at)
    returning = plan.versions.drop_nulls("target").with_row_index("row", offset=1)
    root = GrowingRoot()
    for part in returning.iter_slices(landing.SLICE_ROWS):
        _restore(part, root, by, at)
    return Reversed(
        plan,
        _root(plan.versions["digest"]),
        root.root().hex() if len(returning) else "",
    )


def seal(reversed_: Reversed, *, by: UUID, ledger_seq: int) -> None:
    """Bind the landing to its ledger entry, and lead the feed past what went."""
    landing.seal(submission=by, ledger_seq=ledger_seq)
    went = reversed_.plan.versions.filter(pl.col("target").is_null())
    touching.touch_keys(seq=ledger_seq, keys=went["id"].to_list())


def _root(digests: pl.Series) -> str:
    root = GrowingRoot()
    root.add(bytes.fromhex(each) for each in digests)
    return root.root().hex() if len(digests) else ""


def _supersede(versions: pl.DataFrame, by: UUID, at: datetime) -> None:
    if versions.is_empty():
        return
    bulk.stage(_STAGE, {"id": "bigint"}, versions)
    moment = connection.ops.adapt_datetimefield_value(at)
    bulk.execute(
        f"UPDATE {_RECORDS} SET superseded_at ="
        f" CASE WHEN recorded_at > %s THEN recorded_at ELSE %s END,"
        f" superseded_by_id = %s WHERE id IN (SELECT id FROM {_STAGE})",
        [moment, moment, *_stored([by])],
    )
    bulk.drop(_STAGE)


_KEPT = (
    *("dataset", "edition", "organization_id", "source_unit_id", "period"),
    *("natural_key", "decided_on", "body"),
)
_BACK = {
    "row_number": pl.Int64,
    **dict.fromkeys(_KEPT, pl.String),
    "organization_id": pl.Int64,
}


def _restore(part: pl.DataFrame, root: GrowingRoot, by: UUID, at: datetime) -> None:
    """Write versions with the content of the targets, and note where it is from."""
    staged = part.select(row_number="row", target="target", first_id="root")
    kinds = dict.fromkeys(staged.columns, "bigint")
    bulk.stage(_STAGE, kinds, staged)
    columns = ", ".join(f"t.{name}" for name in _KEPT)
    back = bulk.fetch(
        f"SELECT s.row_number, {columns} FROM {_STAGE} s"
        f" JOIN {_RECORDS} t ON t.id = s.target ORDER BY s.row_number"
    )
    bulk.insert(_RECORDS, _versions(back, root, by, at))
    bulk.execute(
        f"INSERT INTO {_RESTORED} (record_id, first_id) SELECT r.id, s.first_id"
        f" FROM {_STAGE} s JOIN {_RECORDS} r ON r.row_number = s.row_number"
        f" AND r.submission_id = %s",
        _stored([by]),
    )
    bulk.drop(_STAGE)


def _versions(
    back: list[tuple[object, ...]], root: GrowingRoot, by: UUID, at: datetime
) -> pl.DataFrame:
    plain = [(*row[:7], row[7] and str(row[7]), row[8]) for row in back]
    frame = pl.DataFrame(plain, schema=_BACK, orient="row")
    salts = [os.urandom(landing.SALT_BYTES) for _ in plain]
    bodies = (str(body).encode() for body in frame["body"])
    digests = list(row_digests(salts=salts, bodies=bodies))
    root.add(digests)
    return frame.with_columns(
        salt=pl.Series([each.hex() for each in salts], dtype=pl.String),
        digest=pl.Series([each.hex() for each in digests], dtype=pl.String),
        submission_id=pl.lit(_stored([by])[0]),
        recorded_at=pl.lit(at).dt.convert_time_zone("UTC"),
    )


def _marks(keys: Collection[UUID]) -> str:
    return ", ".join(["%s"] * len(keys))


def _stored(keys: Collection[UUID]) -> list[str]:
    """Return identifiers as this database stores them."""
    native = connection.features.has_native_uuid_field
    return [str(key) if native else key.hex for key in keys]
