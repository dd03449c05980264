"""Permits and penalties of the last days, as the public sees them.

Persons in business are in no list: their records stand on their own page alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from django.db.models import QuerySet

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.records import as_of, queries
from xinheng.apps.records.models import Record
from xinheng.apps.records.queries import PublicRecord, View
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.disclosures.names import SOLE_PROPRIETOR_PREFIX
from xinheng.core.paging import Page, clamp
from xinheng.core.two_times import AsOf

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


def list_recent(
    *, dataset: str, on: date, page: int = 1, asked: AsOf | None = None
) -> Page[Recent]:
    """Return the decisions of the last `DAYS` days, the latest first.

    `on` is today: where a past is `asked`, those of the days before its day are
    returned, as known then and as far as they may be shown today. Organizations bear
    the names of today.
    """
    item = catalog.list_datasets().get(dataset)
    number = clamp(page)
    if item is None:
        return Page((), number, PAGE_SIZE, 0)
    seen = _seen(item, on, asked)
    first = (number - 1) * PAGE_SIZE
    on_page = list(islice(seen, first, first + PAGE_SIZE))
    records = queries.with_lateness(on_page, {item.name: item})
    shown = tuple(
        headed(row, record, item)
        for (row, _), record in zip(on_page, records, strict=True)
    )
    return Page(shown, number, PAGE_SIZE, len(seen))


def _seen(
    item: Dataset, on: date, asked: AsOf | None
) -> list[tuple[Record, PublicRecord]]:
    if asked is not None:
        then = _decided(as_of.versions(asked=asked), item, asked.on)
        rows = list(then.filter(erased_at__isnull=True)[:MOST])
        return list(as_of.seen(rows, {item.name: item}, asked, on, View.BULK))
    current = Record.objects.filter(superseded_at__isnull=True)
    rows = list(_decided(current, item, on)[:MOST])
    see = queries.seer(on=on, view=View.BULK, known=queries.known_of(rows))
    return [(row, record) for row in rows if (record := see(row, item)) is not None]


def _decided(rows: QuerySet[Record], item: Dataset, on: date) -> QuerySet[Record]:
    return (
        rows.filter(
            dataset=item.name,
            decided_on__gt=on - timedelta(days=DAYS),
            decided_on__lte=on,
            organization__isnull=False,
        )
        .exclude(organization__uscc__startswith=SOLE_PROPRIETOR_PREFIX)
        .select_related("source_unit", "submission", "organization")
        .order_by("-decided_on", "-id")
    )


def headed(row: Record, record: PublicRecord, item: Dataset) -> Recent:
    """Return a record under its own number, with whom it is about."""
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
