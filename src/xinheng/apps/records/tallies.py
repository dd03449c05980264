"""What a publication counts besides a month's table: months, organizations, rows.

Everything is cut at a ledger size: a version counts when its entry is among the first
`ledger_size` and no entry among them superseded it. A district's unit counts with the
city's unit above it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from xinheng.apps import bulk
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.records import queries
from xinheng.apps.records.models import Landing, Record
from xinheng.apps.records.queries import PublicRecord
from xinheng.core.paging import Page, clamp

PAGE_SIZE = 50

_RECORD, _LANDING = Record._meta.db_table, Landing._meta.db_table
_UNIT = Record._meta.get_field("source_unit").related_model._meta.db_table
_CITY = "COALESCE(u.parent_id, u.code)"
_FROM = (
    f" FROM {_RECORD} r JOIN {_LANDING} l ON l.id = r.submission_id"
    f" JOIN {_UNIT} u ON u.code = r.source_unit_id"
    f" LEFT JOIN {_LANDING} s ON s.id = r.superseded_by_id"
    " WHERE l.ledger_seq < %s AND (s.id IS NULL OR s.ledger_seq >= %s)"
)


def count_by_month(
    *, periods: Collection[str], ledger_size: int
) -> list[tuple[str, str, str, int]]:
    """Return (city's unit, dataset, month, records), in that order."""
    wanted = sorted(periods)
    marks = ", ".join(["%s"] * len(wanted))
    rows = bulk.fetch(
        f"SELECT {_CITY}, r.dataset, r.period, COUNT(*){_FROM}"
        f" AND r.period IN ({marks}) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        [ledger_size, ledger_size, *wanted],
    )
    return [(str(u), str(d), str(p), int(n)) for u, d, p, n in rows]


def count_members(
    *, period: str, ledger_size: int, bits: Mapping[str, int]
) -> list[tuple[str, int, int]]:
    """Return (city's unit, mask, organizations) of a month.

    `bits` gives each dataset a power of two; the mask adds up those of the datasets
    that the organization has a record in. Organizations are counted once for each unit
    and mask; records that are linked to none are left out.
    """
    named = sorted(bits)
    cases = " ".join("WHEN %s THEN %s" for _ in named)
    marks = ", ".join(["%s"] * len(named))
    told: list[object] = [item for name in named for item in (name, bits[name])]
    rows = bulk.fetch(
        f"SELECT unit, mask, COUNT(*) FROM (SELECT unit, organization, SUM(bit) AS mask"
        f" FROM (SELECT DISTINCT {_CITY} AS unit, r.organization_id AS organization,"
        f" CASE r.dataset {cases} END AS bit{_FROM}"
        f" AND r.period = %s AND r.organization_id IS NOT NULL"
        f" AND r.dataset IN ({marks})) AS once GROUP BY unit, organization) AS masks"
        f" GROUP BY unit, mask ORDER BY unit, mask",
        [*told, ledger_size, ledger_size, period, *named],
    )
    return [(str(unit), int(mask), int(count)) for unit, mask, count in rows]


def list_members(
    *, period: str, ledger_size: int, units: Collection[str]
) -> list[tuple[str, str, str]]:
    """Return (city's unit, dataset, organization) of a month, each once, of some units.

    The organization is named by the register's key.
    """
    wanted = sorted(units)
    if not wanted:
        return []
    marks = ", ".join(["%s"] * len(wanted))
    rows = bulk.fetch(
        f"SELECT DISTINCT {_CITY}, r.dataset, r.organization_id{_FROM}"
        f" AND r.period = %s AND r.organization_id IS NOT NULL AND {_CITY} IN ({marks})"
        f" ORDER BY 1, 2, 3",
        [ledger_size, ledger_size, period, *wanted],
    )
    return [(str(unit), str(dataset), str(org)) for unit, dataset, org in rows]


@dataclass(frozen=True, slots=True)
class Counted:
    """A row behind a count: its digest for everybody, the rest as far as it is public.

    `uscc` is empty and `record` null where the public may not see it.
    """

    digest: str
    row_number: int
    unit: str
    unit_en: str
    ledger_seq: int
    uscc: str
    record: PublicRecord | None


@dataclass(frozen=True, slots=True)
class Cut:
    """A month as the ledger of a size knew it."""

    period: str
    ledger_size: int


def list_counted(
    *,
    cut: Cut,
    units: Collection[str],
    datasets: Collection[str],
    on: date,
    page: int = 1,
) -> Page[Counted]:
    """Return the rows that a cell of the table counts, in the order of the ledger."""
    rows = _known(cut.ledger_size).filter(
        period=cut.period, source_unit_id__in=list(units), dataset__in=list(datasets)
    )
    wanted: Page[Counted] = Page((), clamp(page), PAGE_SIZE, rows.count())
    ordered = rows.order_by("submission__ledger_seq", "row_number", "id")
    shown = list(
        ordered.select_related("source_unit", "submission", "organization")[
            wanted.offset : wanted.offset + PAGE_SIZE
        ]
    )
    see = queries.seer(on=on, known=queries.known_of(shown))
    known = catalog.list_datasets()
    items = tuple(
        _counted(row, see(row, known[row.dataset]) if row.dataset in known else None)
        for row in shown
    )
    return Page(items, wanted.number, PAGE_SIZE, wanted.total)


def _known(ledger_size: int) -> QuerySet[Record]:
    return Record.objects.filter(submission__ledger_seq__lt=ledger_size).filter(
        Q(superseded_by__isnull=True) | Q(superseded_by__ledger_seq__gte=ledger_size)
    )


def _counted(row: Record, record: PublicRecord | None) -> Counted:
    seq = row.submission.ledger_seq
    organization = row.organization
    is_shown = record is not None and organization is not None
    return Counted(
        digest=row.digest,
        row_number=row.row_number,
        unit=row.source_unit.name,
        unit_en=row.source_unit.name_en,
        ledger_seq=-1 if seq is None else seq,
        uscc=organization.uscc if is_shown and organization is not None else "",
        record=record,
    )


def count_without(
    *, dataset: str, field: str, until: str, ledger_size: int
) -> tuple[int, int]:
    """Return (those with an empty field, all) of the records up to a month, known then.

    Erased records say nothing and are left out.
    """
    rows = _known(ledger_size).filter(
        dataset=dataset, period__lte=until, erased_at=None
    )
    bodies = rows.values_list("body", flat=True).iterator()
    empty = [not json.loads(body).get(field) for body in bodies]
    return sum(empty), len(empty)


def list_numbers(
    *, datasets: Collection[str], units: Collection[str], ledger_size: int
) -> frozenset[tuple[str, str, str, str]]:
    """Return (unit, dataset, organization, document number) of the records known then.

    `organization` is the register's key, empty for a record about none. Records without
    a document number, and erased ones, are left out.
    """
    if not units:
        return frozenset()
    rows = _known(ledger_size).filter(
        dataset__in=list(datasets), source_unit_id__in=list(units), erased_at=None
    )
    columns = ("source_unit_id", "dataset", "organization_id", "body")
    found = set()
    for unit, dataset, organization, body in rows.values_list(*columns).iterator():
        number = json.loads(body).get("document_no")
        if number:
            found.add((unit, dataset, str(organization or ""), number))
    return frozenset(found)
