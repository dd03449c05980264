"""The change feed: what became visible to a reader, changed, or went, in order.

A change stands at a cursor (ledger entry, row). It tells of a version of a record,
named by the place at which it landed:

    record there      the version is to be shown; the one that it `replaces` is not
    record null       the version is not to be shown any more

Each change tells how things stand when it is read. A reader who goes through the feed
from anywhere holds in the end what may be seen, and never sees what may not.

    public            what the portal shows, without sole proprietors (no bulk data)
    a unit            what that unit reported, in full
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Exists, OuterRef, Q

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.records import facts, queries
from xinheng.apps.records.models import Landing, Record, Touch
from xinheng.apps.records.queries import PublicRecord, View
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.changes.cursor import Cursor

MOST_ROWS = 1_000
LANDINGS_AT_ONCE = 64


class CursorAheadError(LookupError):
    """The cursor lies beyond the ledger's end: the register came from a backup."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the public where `units` is null, or those who act for units."""

    units: frozenset[str] | None = None


PUBLIC = Reader()


@dataclass(frozen=True, slots=True)
class Change:
    """One change; `record` is null where the version is not to be shown any more.

    `id` and `replaces` name versions; `replaces` is null where there was none before.
    """

    cursor: Cursor
    id: str
    replaces: str | None
    record: PublicRecord | None


@dataclass(frozen=True, slots=True)
class Changes:
    """A stretch of the feed: go on from `next`; `is_end` where nothing follows yet.

    `changes` may be empty although more follows: what lies there may not be seen.
    """

    changes: tuple[Change, ...]
    next: Cursor
    is_end: bool
    ledger_size: int


@dataclass(frozen=True, slots=True)
class _Place:
    cursor: Cursor
    record: int
    is_landing: bool


def list_changes(
    *, after: Cursor, reader: Reader = PUBLIC, on: date, limit: int = MOST_ROWS
) -> Changes:
    """Return what follows a cursor, from at most `limit` rows, as it stands on a day.

    Raises:
        CursorAheadError: the ledger has not come so far.
    """
    size = ledger.size()
    end = Cursor(size - 1)
    if after > end:
        raise CursorAheadError(str(after))
    if after == end:
        return Changes((), after, True, size)
    places, reached = _places(after, end, reader, limit)
    return Changes(_tell(places, reader, on), reached, reached == end, size)


def find_shown(
    names: Iterable[str], *, reader: Reader, on: date
) -> Mapping[str, PublicRecord]:
    """Return versions by their names, as a reader may see them on a day.

    What was superseded, erased or may not be seen is left out.
    """
    by_entry: dict[int, set[int]] = {}
    for name in names:
        seq, _, row = name.partition(".")
        if seq.isdecimal() and row.isdecimal():
            by_entry.setdefault(int(seq), set()).add(int(row))
    show, found = _Shown(reader, on), {}
    for entry, numbers in by_entry.items():
        landed = Record.objects.filter(
            submission__ledger_seq=entry, row_number__in=numbers
        )
        for version in landed.select_related("source_unit", "submission"):
            view = show.view(version)
            if view is not None:
                found[_name(version)] = view
    return found


def _places(
    after: Cursor, end: Cursor, reader: Reader, limit: int
) -> tuple[list[_Place], Cursor]:
    """Return what lies ahead in order, and how far that goes."""
    upto = _upto(after, end)
    found = [
        *_landed(after, upto, reader, limit),
        *_touched(after, upto, reader, limit),
    ]
    found.sort(key=lambda place: place.cursor)
    if len(found) > limit:
        # One source may be cut off beyond the other's last.
        return found[:limit], found[limit - 1].cursor
    if len(found) == limit:
        return found, found[-1].cursor
    return found, upto


def _upto(after: Cursor, end: Cursor) -> Cursor:
    """Return how far to look: so many landings that their rows can be put in order."""
    seqs = Landing.objects.filter(ledger_seq__gte=after.seq, ledger_seq__lte=end.seq)
    ahead = seqs.order_by("ledger_seq").values_list("ledger_seq", flat=True)
    listed = [seq for seq in ahead[:LANDINGS_AT_ONCE] if seq is not None]
    is_cut = len(listed) == LANDINGS_AT_ONCE
    return Cursor(listed[-1]) if is_cut else end


def _landed(
    after: Cursor, upto: Cursor, reader: Reader, limit: int
) -> Iterable[_Place]:
    rows = (
        Record.objects.filter(
            submission__ledger_seq__gte=after.seq, submission__ledger_seq__lte=upto.seq
        )
        .exclude(submission__ledger_seq=after.seq, row_number__lte=after.row)
        .filter(_concerns(reader))
        .order_by("submission__ledger_seq", "row_number")
        .values_list("submission__ledger_seq", "row_number", "id")
    )
    for seq, row, key in rows[:limit]:
        yield _Place(Cursor(int(seq or 0), row), key, is_landing=True)


def _touched(
    after: Cursor, upto: Cursor, reader: Reader, limit: int
) -> Iterable[_Place]:
    rows = (
        Touch.objects.filter(seq__gte=after.seq, seq__lte=upto.seq)
        .exclude(seq=after.seq, place__lte=after.row)
        .order_by("seq", "place")
        .values_list("seq", "place", "record_id")
    )
    if reader.units is not None:
        rows = rows.filter(record__source_unit__in=reader.units)
    for seq, place, key in rows[:limit]:
        yield _Place(Cursor(seq, place), key, is_landing=False)


def _concerns(reader: Reader) -> Q:
    """Return what a reader has to do with; of a unit, what was taken from it too."""
    if reader.units is None:
        return Q()
    taken = Record.objects.filter(
        superseded_by=OuterRef("submission"),
        natural_key=OuterRef("natural_key"),
        dataset=OuterRef("dataset"),
        source_unit__in=reader.units,
    )
    return Q(source_unit__in=reader.units) | Q(Exists(taken))


def _tell(places: Sequence[_Place], reader: Reader, on: date) -> tuple[Change, ...]:
    if not places:
        return ()
    rows = _read({place.record for place in places})
    before = _before([rows[place.record] for place in places if place.is_landing])
    show = _Shown(reader, on)
    told = (
        (rows[place.record], _change(place, rows[place.record], before, show))
        for place in places
    )
    return _with_lateness([(row, change) for row, change in told if change])


def _with_lateness(told: Sequence[tuple[Record, Change]]) -> tuple[Change, ...]:
    """Return the changes, each record with how late it became public."""
    shown = [(row, each.record) for row, each in told if each.record is not None]
    late = iter(queries.with_lateness(shown, catalog.list_datasets()))
    return tuple(
        each if each.record is None else replace(each, record=next(late))
        for _, each in told
    )


def _read(keys: Iterable[int]) -> dict[int, Record]:
    found = Record.objects.filter(id__in=keys)
    rows = found.select_related("source_unit", "submission")
    return {row.id: row for row in rows}


def _before(rows: Iterable[Record]) -> dict[tuple[object, str, str], Record]:
    """Return the version that each superseded, by landing, dataset and key."""
    wanted = {(row.submission_id, row.natural_key) for row in rows}
    found = Record.objects.filter(
        superseded_by__in={landing for landing, _ in wanted},
        natural_key__in={key for _, key in wanted},
    ).select_related("submission")
    return {(row.superseded_by_id, row.dataset, row.natural_key): row for row in found}


class _Shown:
    """What one reader may see on one day."""

    def __init__(self, reader: Reader, on: date) -> None:
        self._units = reader.units
        self._datasets: Mapping[str, Dataset] = catalog.list_datasets()
        view = View.BULK if reader.units is None else View.OWN
        self._see = queries.seer(on=on, view=view)

    def view(self, row: Record) -> PublicRecord | None:
        """Return what of a version may be seen, null where nothing may."""
        if row.superseded_at is not None or not self.may_have_held(row):
            return None
        return self._see(row, self._datasets[row.dataset])

    def may_have_held(self, row: Record) -> bool:
        """Tell whether the reader may hold a version that went, or one of its kind."""
        item = self._datasets.get(row.dataset)
        if item is None or self._units is None:
            return item is not None and facts.may_be_public(item)
        return row.source_unit_id in self._units


def _change(
    place: _Place,
    row: Record,
    before: Mapping[tuple[object, str, str], Record],
    show: _Shown,
) -> Change | None:
    key = (row.submission_id, row.dataset, row.natural_key)
    earlier = before.get(key) if place.is_landing else None
    replaces = _name(earlier) if earlier and show.may_have_held(earlier) else None
    view = show.view(row)
    if view is not None:
        return Change(place.cursor, _name(row), replaces, view)
    if not place.is_landing:
        is_held = show.may_have_held(row)
        return Change(place.cursor, _name(row), None, None) if is_held else None
    return Change(place.cursor, replaces, None, None) if replaces else None


def _name(row: Record) -> str:
    """Return a version's name: where it landed, which says nothing of its content."""
    return f"{row.submission.ledger_seq}.{row.row_number}"
