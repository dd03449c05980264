"""Reading what was kept for inspection, and what came from neighbors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.exchange.models import NeighborState, Oddity, Received
from xinheng.core.merkle import checkpoint
from xinheng.core.paging import Page, clamp

PAGE_SIZE = 50
MOST_ODDITIES = 100


@dataclass(frozen=True, slots=True)
class OddityView:
    """A line of feedback that was not followed; `line` 0 means the whole file."""

    id: int
    source: str
    line: int
    why: str
    dataset: str
    key: str
    code: str
    message: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class NeighborView:
    """Another installation that was followed; what it signed last, if anything."""

    name: str
    records: int
    origin: str
    size: int | None
    root: str
    last_run_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class ReceivedView:
    """A neighbor's record: (title, English title, text) of each field it told.

    `signed_size` is the size of its ledger that was signed when the record was taken.
    """

    version: str
    dataset: str
    uscc: str
    source_unit: str
    fields: tuple[tuple[str, str, str], ...]
    received_at: datetime
    signed_size: int | None


class UnknownNeighborError(LookupError):
    """No such installation was followed."""


def list_oddities(target: str) -> tuple[OddityView, ...]:
    """Return what was kept for inspection of a target, the latest first."""
    rows = Oddity.objects.filter(target=target).order_by("-found_at", "digest", "line")
    return tuple(
        OddityView(
            row.pk,
            row.source,
            row.line,
            row.why,
            row.dataset,
            row.key,
            row.code,
            row.message,
            row.found_at,
        )
        for row in rows[:MOST_ODDITIES]
    )


def list_neighbors() -> tuple[NeighborView, ...]:
    """Return the installations that were ever followed, by name."""
    rows = NeighborState.objects.annotate(count=Count("records")).order_by("name")
    return tuple(_neighbor(row, row.count) for row in rows)


def get_neighbor(name: str) -> NeighborView:
    """Return one of them.

    Raises:
        UnknownNeighborError: it was never followed.
    """
    for found in list_neighbors():
        if found.name == name:
            return found
    raise UnknownNeighborError


def _neighbor(row: NeighborState, count: int) -> NeighborView:
    signed = checkpoint.parse(row.note).checkpoint() if row.note else None
    return NeighborView(
        name=row.name,
        records=count,
        origin=signed.origin if signed else "",
        size=signed.size if signed else None,
        root=signed.root.hex() if signed else "",
        last_run_at=row.last_run_at,
        last_error=row.last_error,
    )


def list_received(
    *, neighbor: str, uscc: str = "", page: int = 1
) -> Page[ReceivedView]:
    """Return what a neighbor told, the latest first; of one organization, if given."""
    rows = Received.objects.filter(neighbor=neighbor)
    if uscc:
        rows = rows.filter(uscc=uscc)
    number = clamp(page)
    first = (number - 1) * PAGE_SIZE
    found = rows.order_by("-received_at", "-id")[first : first + PAGE_SIZE]
    views = tuple(_received(row) for row in found)
    return Page(views, number, PAGE_SIZE, rows.count())


def _received(row: Received) -> ReceivedView:
    return ReceivedView(
        version=row.version,
        dataset=row.dataset,
        uscc=row.uscc,
        source_unit=row.source_unit,
        fields=_fields(row.dataset, row.values),
        received_at=row.received_at,
        signed_size=row.signed_size,
    )


def _fields(
    dataset: str, values: Mapping[str, str]
) -> tuple[tuple[str, str, str], ...]:
    item = catalog.list_datasets().get(dataset)
    fields = item.stored_fields if item else ()
    return tuple(
        (field.title, field.title_en, values[field.name])
        for field in fields
        if values.get(field.name)
    )
