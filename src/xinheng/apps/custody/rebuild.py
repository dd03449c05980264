"""Rebuild: what archive and ledger say the tables must hold, against what is there.

Entry by entry, each landing's accepted rows are read from the archive part that the
entry names, or from the one that an erasure put in its place. What follows from them
(versions, their order, digests, roots, counts) is compared with the live tables.
Nothing is written. Findings of the checks, rows kept aside and the register of
organizations are not rebuilt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl

from xinheng.apps.intake import archive, archived
from xinheng.apps.ledger import erasing
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.ledger.queries import EntryView
from xinheng.apps.records import rebuilding
from xinheng.apps.records.rebuilding import Amended, Landed, Rebuilding, TakenBack
from xinheng.core.catalog.datasets import Dataset
from xinheng.pipeline import bodies
from xinheng.rulebook import catalog as rulebook

TAKEN_BACK = "submission.reversed"
LANDINGS = ("submission.completed", "submission.released", TAKEN_BACK)
DECIDED = "objection."  # any of its steps may be the one that amends a record
PART_MISSING = "PART_MISSING"
PART_ALTERED = "PART_ALTERED"
COUNTS_DIFFER = "COUNTS_DIFFER"
MOST_DIFFERENCES = 100
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs (a stable code) and where: an entry, or `entry.row`."""

    code: str
    place: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was rebuilt, and the first differences from the live tables.

    `unknown` counts landings whose entry was erased, so that nothing can be rebuilt.
    """

    ledger_size: int
    landings: int
    versions: int
    erased: int
    unknown: int
    differences: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        """Whether the tables are what archive and ledger say."""
        return not self.differences


def verify() -> Report:
    """Rebuild the records in memory, dataset by dataset, and compare them."""
    size = ledger.size()
    entries = [each for each in _entries(size) if _is_landing(each)]
    moved = _moved_parts(size)
    found: list[Difference] = list(_check_landings(entries))
    known = [each for each in entries if each.body is not None]
    datasets = sorted({str((each.body or {})["dataset"]) for each in known})
    rebuilt = [_rebuild(name, known, moved, found) for name in datasets]
    return Report(
        ledger_size=size,
        landings=len(entries),
        versions=sum(each.versions for each in rebuilt),
        erased=sum(each.erased for each in rebuilt),
        unknown=len(entries) - len(known),
        differences=tuple(found[:MOST_DIFFERENCES]),
    )


def _entries(size: int) -> Iterator[EntryView]:
    after = -1
    while after < size - 1:
        batch = ledger.list_entries(after=after, limit=_AT_ONCE)
        yield from batch
        after = batch[-1].seq


def _is_landing(entry: EntryView) -> bool:
    return entry.kind in LANDINGS or _amended(entry) is not None


def _amended(entry: EntryView) -> Amended | None:
    """Return what a decision did to a record, null where it touched none."""
    body: Any = entry.body or {}
    if not entry.kind.startswith(DECIDED):
        return None
    if "after" in body:
        return Amended(entry.seq, body["before"], body["after"])
    if "withdrawn" in body:
        return Amended(entry.seq, body["withdrawn"], "")
    return None


def _moved_parts(size: int) -> Mapping[str, str]:
    """Return which digest each accepted part bears now, by the one it was landed with.

    Erasures follow each other, so a part may have moved more than once.
    """
    moved: dict[str, str] = {}
    for entry in _entries(size):
        if entry.kind == erasing.ERASED and entry.body is not None:
            parts: Any = entry.body["parts"]
            step = {old: new for kind, old, new in parts if kind == "accepted"}
            moved = {old: step.get(new, new) for old, new in moved.items()} | {
                old: new for old, new in step.items() if old not in moved.values()
            }
    return moved


def _rebuild(
    name: str,
    entries: list[EntryView],
    moved: Mapping[str, str],
    found: list[Difference],
) -> Rebuilding:
    rebuilding_ = Rebuilding()
    for entry in entries:
        body: Any = entry.body
        if body["dataset"] != name:
            continue
        if amended := _amended(entry):
            rebuilding_.amend(amended)
        elif entry.kind == TAKEN_BACK:
            rebuilding_.take_back(_taken_back(entry, body))
        else:
            found += _check_counts(entry, body)
            rows = _rows(entry, body, moved, found)
            if rows is not None:
                rebuilding_.add(_landed(entry, body), rows)
    rebuilding_.finish()
    found += [Difference(each.code, each.place) for each in rebuilding_.found]
    return rebuilding_


def _landed(entry: EntryView, body: Mapping[str, Any]) -> Landed:
    return Landed(
        entry.seq, _submission(entry), body["dataset"], body["unit"], body["rows_root"]
    )


def _taken_back(entry: EntryView, body: Mapping[str, Any]) -> TakenBack:
    landings = frozenset(UUID(each) for each in body["landings"])
    return TakenBack(entry.seq, _submission(entry), landings, body["rows_root"])


def _submission(entry: EntryView) -> UUID:
    """Return the landing that an entry is about."""
    return UUID(entry.subject.partition(":")[2])


def _rows(
    entry: EntryView,
    body: Mapping[str, Any],
    moved: Mapping[str, str],
    found: list[Difference],
) -> pl.DataFrame | None:
    """Return a landing's rows as the archive holds them, null where it does not."""
    dataset = rulebook.dataset(body["dataset"], body["edition"])
    landed = body["accepted_sha256"]
    if not landed:
        return pl.DataFrame(schema=_SCHEMA)
    digest = moved.get(landed, landed)
    path = archive.path("accepted", digest)
    if not path.is_file():
        found.append(Difference(PART_MISSING, str(entry.seq)))
        return None
    if archive.digest_of(path) != digest:
        found.append(Difference(PART_ALTERED, str(entry.seq)))
        return None
    return _read(pl.read_parquet(path), dataset)


_SCHEMA = {
    "row": pl.UInt32,
    "natural_key": pl.String,
    "decided_on": pl.String,
    "body": pl.String,
}


def _read(part: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    dated = (
        pl.col(dataset.decided_on).dt.strftime("%Y-%m-%d")
        if dataset.decided_on
        else pl.lit(None, pl.String)
    )
    return part.select(
        "row", "natural_key", decided_on=dated, body=bodies.bodies(part, dataset)
    ).cast(_SCHEMA)  # type: ignore[arg-type]


def _check_counts(entry: EntryView, body: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare the counts that the ledger states with the submission's."""
    counts: Mapping[str, int] = body["counts"]
    here = archived.counts_of(_submission(entry))
    if any(here.get(name) != number for name, number in counts.items()):
        yield Difference(COUNTS_DIFFER, str(entry.seq))


def _check_landings(entries: list[EntryView]) -> Iterator[Difference]:
    told = {_submission(each): each.seq for each in entries if each.kind in LANDINGS}
    decided = {each.seq for each in entries if each.kind not in LANDINGS}
    for each in rebuilding.check_landings(told, decided):
        yield Difference(each.code, each.place)
