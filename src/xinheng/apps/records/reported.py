"""Records as a credit report states them: by audience, through the one function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.records import queries
from xinheng.apps.records.models import Record
from xinheng.apps.records.queries import PublicRecord, View

MOST = 2000


@dataclass(frozen=True, slots=True)
class Reported:
    """What may be stated, the latest decision first; `is_cut` where more is held."""

    records: tuple[PublicRecord, ...]
    is_cut: bool


def list_reported(*, organization: str, on: date, view: View) -> Reported:
    """Return the records in force about an organization that a report may state."""
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
