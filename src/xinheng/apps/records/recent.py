"""Permits and penalties of the last days, as the public sees them.

Persons in business are in no list: their records stand on their own page alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.records import queries
from xinheng.apps.records.models import Record
from xinheng.apps.records.queries import PublicRecord, View
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.disclosures.names import SOLE_PROPRIETOR_PREFIX
from xinheng.core.paging import Page, clamp

DATASETS = ("permit", "penalty")
DAYS = 30
PAGE_SIZE = 50
MOST = 1_000  # decisions that are looked at, the latest first


@dataclass(frozen=True, slots=True)
class Recent:
    """A decision and whom it is about; `name` null where only the code is shown."""

    uscc: str
    name: str | None
    heading: str
    record: PublicRecord


def list_recent(*, dataset: str, on: date, page: int = 1) -> Page[Recent]:
    """Return the decisions of the last `DAYS` days, the latest first."""
    item = catalog.list_datasets().get(dataset)
    number = clamp(page)
    if item is None:
        return Page((), number, PAGE_SIZE, 0)
    rows = list(
        Record.objects.filter(
            dataset=dataset,
            superseded_at__isnull=True,
            decided_on__gt=on - timedelta(days=DAYS),
            decided_on__lte=on,
            organization__isnull=False,
        )
        .exclude(organization__uscc__startswith=SOLE_PROPRIETOR_PREFIX)
        .select_related("source_unit", "submission", "organization")
        .order_by("-decided_on", "-id")[:MOST]
    )
    see = queries.seer(on=on, view=View.BULK, known=queries.known_of(rows))
    seen = [(row, record) for row in rows if (record := see(row, item)) is not None]
    first = (number - 1) * PAGE_SIZE
    shown = tuple(
        _recent(row, record, item)
        for row, record in islice(seen, first, first + PAGE_SIZE)
    )
    return Page(shown, number, PAGE_SIZE, len(seen))


def _recent(row: Record, record: PublicRecord, item: Dataset) -> Recent:
    texts = {title: text for title, _, text in record.fields}
    about = {item.subject_code, item.authority_code}
    names = [name for name in item.natural_key if name not in about]
    heading = " ".join(texts.get(item.field(name).title, "") for name in names)
    organization = row.organization
    return Recent(
        uscc=organization.uscc if organization else "",
        name=organization.name if organization else None,
        heading=heading.strip() or item.title,
        record=record,
    )
