"""The versions of records as a landing's rows say they must be, against the live ones.

A landing's accepted rows, as the archive holds them, are given in the order of the
ledger. Each row is compared with the version that stands at its place, and leaves
behind what decides whether it had to be a version at all: a row that equals the one
before it under its key is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

import polars as pl
from django.db import connection

from xinheng.apps import bulk
from xinheng.apps.records import rebuilding_reversals as reversals
from xinheng.apps.records.models import Landing, Record
from xinheng.core.merkle.rows import GrowingRoot, row_digests

_LIVE = {
    "row": pl.UInt32,
    "live_key": pl.String,
    "live_unit": pl.String,
    "live_dataset": pl.String,
    "live_decided_on": pl.String,
    "live_body": pl.String,
    "salt": pl.String,
    "digest": pl.String,
    "superseded_by": pl.String,
    "is_erased": pl.Boolean,
}
_KEPT = {
    "seq": pl.Int64,
    "row": pl.UInt32,
    "natural_key": pl.String,
    "unit": pl.String,
    "same": pl.UInt64,
    "is_live": pl.Boolean,
    "superseded_by": pl.String,
    # What first brought the content; whether it is a version, whatever came before it.
    "origin": pl.Int64,
    "is_told": pl.Boolean,
}


class Difference(StrEnum):
    """How the live tables differ from what archive and ledger say."""

    VERSION_MISSING = "VERSION_MISSING"
    VERSION_SURPLUS = "VERSION_SURPLUS"
    VERSION_DIFFERS = "VERSION_DIFFERS"
    DIGEST_WRONG = "DIGEST_WRONG"
    ROOT_WRONG = "ROOT_WRONG"
    SUCCESSOR_WRONG = "SUCCESSOR_WRONG"
    LANDING_MISSING = "LANDING_MISSING"
    LANDING_SURPLUS = "LANDING_SURPLUS"


@dataclass(frozen=True, slots=True)
class Found:
    """A difference, and where: `entry.row` of a version, an entry of a landing."""

    code: Difference
    place: str


@dataclass(frozen=True, slots=True)
class Landed:
    """What the ledger says of a landing; `rows_root` is empty where it brought none."""

    seq: int
    submission: UUID
    dataset: str
    unit: str
    rows_root: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What the ledger says of a landing that took others back."""

    seq: int
    reversal: UUID
    landings: frozenset[UUID]
    rows_root: str


@dataclass(frozen=True, slots=True)
class Amended:
    """What the ledger says of a decision that amended a record.

    Both are digests (hex); `after` is empty where the record was withdrawn. The new
    values stand in no archive: the digest alone says that they are the decided ones.
    """

    seq: int
    before: str
    after: str


@dataclass(slots=True)
class Rebuilding:
    """The rows of one dataset so far, and what was found on the way."""

    found: list[Found] = field(default_factory=list)
    versions: int = 0
    erased: int = 0
    _rows: list[pl.DataFrame] = field(default_factory=list)
    _landings: dict[str, int] = field(default_factory=dict)
    _taken: set[int] = field(default_factory=set)

    def add(self, landed: Landed, rows: pl.DataFrame) -> None:
        """Take the accepted rows of the next landing: row, key, date and body.

        Where a row was erased its key is null.
        """
        live = _live(landed.submission)
        self._landings[_stored(landed.submission)] = landed.seq
        self._check_root(landed.seq, landed.rows_root, live)
        joined = rows.join(live, on="row", how="full", coalesce=True).sort("row")
        joined = joined.with_columns(
            seq=pl.lit(landed.seq),
            unit=pl.lit(landed.unit),
            same=pl.col("body").hash(),
            is_live=pl.col("digest").is_not_null(),
            origin=pl.lit(landed.seq),
            is_told=pl.lit(value=False),
        )
        self._check_versions(landed, joined)
        self._count(live)
        self._rows.append(joined.select(list(_KEPT)).cast(_KEPT))  # type: ignore[arg-type]

    def take_back(self, told: TakenBack) -> None:
        """Take the next landing, which takes others back: what returns, what goes."""
        live = _live(told.reversal)
        taken = {self._landings.get(_stored(each), -1) for each in told.landings}
        self._landings[_stored(told.reversal)] = told.seq
        self._taken |= taken
        self._check_root(told.seq, told.rows_root, live)
        self._check_digests(told.seq, live.filter(~pl.col("is_erased")))
        rows = self._due()
        hit = rows.filter(pl.col("origin").is_in(list(taken)))["natural_key"].unique()
        chains = rows.filter(pl.col("natural_key").is_in(hit.implode()))
        follows = reversals.follow(chains, live, told.seq, taken, self._taken)
        self._note(Difference.VERSION_DIFFERS, follows.differs)
        self._note(Difference.VERSION_SURPLUS, follows.surplus)
        self._count(live)
        self._rows.append(follows.rows.select(list(_KEPT)).cast(_KEPT))  # type: ignore[arg-type]

    def amend(self, told: Amended) -> None:
        """Take the next landing, of one version that a decision put after another."""
        landing = Landing.objects.filter(ledger_seq=told.seq).first()
        before = Record.objects.filter(superseded_by=landing, digest=told.before)
        superseded = before.first() if landing else None
        if landing is None or superseded is None:
            self.found.append(Found(Difference.LANDING_MISSING, str(told.seq)))
            return
        live = _live(landing.id)
        key = None if superseded.erased_at else superseded.natural_key
        self._landings[_stored(landing.id)] = told.seq
        self._check_digests(told.seq, live.filter(~pl.col("is_erased")))
        if live["digest"].to_list() != [told.after] * bool(told.after):
            self.found.append(Found(Difference.VERSION_DIFFERS, f"{told.seq}.1"))
        self._count(live)
        follows = live if told.after else _nothing(live)
        self._rows.append(
            follows.select(
                "row",
                "superseded_by",
                seq=pl.lit(told.seq),
                natural_key=pl.lit(key),
                unit=pl.lit(superseded.source_unit_id),
                same=pl.col("live_body").hash() if told.after else pl.lit(None),
                is_live=pl.lit(value=bool(told.after)),
                origin=pl.lit(told.seq),
                is_told=pl.lit(value=True),
            )
            .select(list(_KEPT))
            .cast(_KEPT)  # type: ignore[arg-type]
        )

    def _count(self, live: pl.DataFrame) -> None:
        self.versions += live.height
        self.erased += int(live["is_erased"].sum())

    def finish(self) -> None:
        """Tell which rows had to be versions, and by what each is superseded."""
        if not self._rows:
            return
        rows = self._ordered()
        is_there = pl.col("is_live") | pl.col("same").is_null()
        for code, wrong in (
            (Difference.VERSION_MISSING, pl.col("is_due") & ~is_there),
            (Difference.VERSION_SURPLUS, ~pl.col("is_due") & pl.col("is_live")),
        ):
            self._note(code, rows.filter(wrong))
        self._check_successors(rows.filter("is_due"))

    def _ordered(self) -> pl.DataFrame:
        """Return the rows by key, each with whether it had to be a version.

        Where a record was taken away, a row without content says so.
        """
        rows = pl.concat(self._rows).filter(pl.col("natural_key").is_not_null())
        rows = rows.sort("natural_key", "seq")
        before = pl.col("same").shift().over("natural_key")
        owner = pl.col("unit").shift().over("natural_key")
        return rows.with_columns(
            is_due=pl.col("is_told")
            | before.is_null()
            | (before != pl.col("same"))
            | (owner != pl.col("unit"))
        )

    def _due(self) -> pl.DataFrame:
        if not self._rows:
            return pl.DataFrame(schema=_KEPT)
        return self._ordered().filter("is_due")

    def _check_root(self, seq: int, told: str, live: pl.DataFrame) -> None:
        root = GrowingRoot()
        root.add(bytes.fromhex(each) for each in live["digest"])
        says = root.root().hex() if live.height else ""
        if says != told:
            self.found.append(Found(Difference.ROOT_WRONG, str(seq)))

    def _check_versions(self, landed: Landed, joined: pl.DataFrame) -> None:
        live = joined.filter("is_live")
        told = pl.col("natural_key").is_not_null()
        self._note(Difference.VERSION_DIFFERS, live.filter(pl.col("is_erased") == told))
        whole = live.filter(told & ~pl.col("is_erased"))
        differs = (
            pl.col("body").ne_missing(pl.col("live_body"))
            | pl.col("natural_key").ne_missing(pl.col("live_key"))
            | pl.col("decided_on").ne_missing(pl.col("live_decided_on"))
            | (pl.col("live_unit") != landed.unit)
            | (pl.col("live_dataset") != landed.dataset)
        )
        self._note(Difference.VERSION_DIFFERS, whole.filter(differs))
        self._check_digests(landed.seq, whole)

    def _check_digests(self, seq: int, whole: pl.DataFrame) -> None:
        salts = (bytes.fromhex(each) for each in whole["salt"])
        bodies = (each.encode() for each in whole["live_body"])
        computed = pl.Series(
            [each.hex() for each in row_digests(salts=salts, bodies=bodies)],
            dtype=pl.String,
        )
        wrong = whole.filter(whole["digest"] != computed)
        self._note(Difference.DIGEST_WRONG, wrong.with_columns(seq=pl.lit(seq)))

    def _check_successors(self, versions: pl.DataFrame) -> None:
        """Each version is superseded by the landing of the next under its key."""
        known = pl.DataFrame(
            {
                "superseded_by": list(self._landings),
                "by": list(self._landings.values()),
            },
            schema={"superseded_by": pl.String, "by": pl.Int64},
        )
        told = versions.join(
            known, on="superseded_by", how="left", maintain_order="left"
        )
        next_one = pl.col("seq").shift(-1).over("natural_key").cast(pl.Int64)
        wrong = pl.col("is_live") & pl.col("by").ne_missing(next_one)
        self._note(Difference.SUCCESSOR_WRONG, told.filter(wrong))

    def _note(self, code: Difference, rows: pl.DataFrame) -> None:
        self.found += [
            Found(code, f"{seq}.{row}")
            for seq, row in rows.select("seq", "row").iter_rows()
        ]


def check_landings(told: dict[UUID, int], decided: set[int]) -> Iterator[Found]:
    """Tell which landings the table has that the ledger has not, and the reverse.

    `decided` are entries whose landing has a name of its own.
    """
    here = dict(Landing.objects.values_list("id", "ledger_seq"))
    for key, seq in told.items():
        if here.get(key) != seq:
            yield Found(Difference.LANDING_MISSING, str(seq))
    for key, there in here.items():
        if key not in told and there not in decided:
            yield Found(Difference.LANDING_SURPLUS, str(there))


def _live(submission: UUID) -> pl.DataFrame:
    """Return the versions that a landing brought, in the order of their rows."""
    found = bulk.fetch(
        f"SELECT row_number, natural_key, source_unit_id, dataset, decided_on, body,"
        f" salt, digest, superseded_by_id, erased_at IS NOT NULL"
        f" FROM {Record._meta.db_table} WHERE submission_id = %s ORDER BY row_number",
        [_stored(submission)],
    )
    plain = [
        (*row[:4], row[4] and str(row[4]), *row[5:8], row[8] and _hex(row[8]), row[9])
        for row in found
    ]
    rows = [(*row[:9], bool(row[9])) for row in plain]
    return pl.DataFrame(rows, schema=_LIVE, orient="row")


def _nothing(live: pl.DataFrame) -> pl.DataFrame:
    """Return one row in which nothing follows."""
    return live.clear(n=1).with_columns(row=pl.lit(0, pl.UInt32))


def _hex(key: object) -> str:
    return _stored(UUID(str(key)))


def _stored(key: UUID) -> str:
    return str(key) if connection.features.has_native_uuid_field else key.hex
