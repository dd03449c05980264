"""Records as a credit report states them: by audience, through the one function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import F

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.records import as_of, queries
from xinheng.apps.records.as_of import ErasedMark
from xinheng.apps.records.models import Record
from xinheng.apps.records.queries import PublicRecord, View
from xinheng.core.two_times import AsOf

MOST = 2000


@dataclass(frozen=True, slots=True)
class Reported:
    """What may be stated, the latest decision first; `is_cut` where more is held.

    Of a past also when another version took a record's place, by its key, and the
    marks of what was erased since.
    """

    records: tuple[PublicRecord, ...]
    is_cut: bool
    corrected: Mapping[str, datetime] = field(default_factory=dict)
    erased: tuple[ErasedMark, ...] = ()


def list_reported(
    *, organization: str, on: date, view: View, asked: AsOf | None = None
) -> Reported:
    """Return the records in force about an organization that a report may state.

    `on` is today. Where a past is `asked`, what was known then and may be stated today.
    """
    if asked is not None:
        return _then(organization, on, view, asked)
    datasets = catalog.list_datasets()
    rows = Record.objects.filter(
        organization_id=int(organization),
        dataset__in=list(datasets),
        superseded_at__isnull=True,
    ).select_related("source_unit", "submission")
    found = list(
        rows.order_by(F("decided_on").desc(nulls_last=True), "-id")[: MOST + 1]
    )
    see = queries.seer(on=on, view=view, known=queries.known_of(found))
    seen = (see(row, datasets[row.dataset]) for row in found[:MOST])
    return Reported(tuple(filter(None, seen)), len(found) > MOST)


def _then(organization: str, today: date, view: View, asked: AsOf) -> Reported:
    datasets = catalog.list_datasets()
    rows = as_of.known_rows(
        organization=organization, asked=asked, of=datasets, most=MOST + 1
    )
    found = list(rows)
    alive = [row for row in found[:MOST] if row.erased_at is None]
    seen = as_of.seen(alive, datasets, asked, today, view)
    shown = tuple(record for _, record in seen)
    return Reported(
        shown, len(found) > MOST, as_of.corrected(alive, shown), as_of.marks(found)
    )
