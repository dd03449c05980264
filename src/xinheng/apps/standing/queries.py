"""Who looked an organization up: by unit and matter, for the organization itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from xinheng.apps.standing.models import LookUp
from xinheng.core.catalog import periods
from xinheng.core.paging import Page, clamp

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class UseView:
    """A look-up as the organization may know it: which unit, in what, what for.

    The unit is null where the credit office looked. No person is named.
    """

    at: datetime
    unit_name: str | None
    matter: str
    purpose: str
    is_batch: bool


def list_uses(*, uscc: str, page: int = 1) -> Page[UseView]:
    """Return who looked an organization up, the latest first."""
    rows = LookUp.objects.filter(
        Q(count=1, codes=uscc) | Q(count__gt=1, codes__contains=uscc)
    )
    number = clamp(page)
    begin = (number - 1) * PAGE_SIZE
    window = rows.select_related("unit").order_by("-at", "-id")
    return Page(
        tuple(_views(window[begin : begin + PAGE_SIZE])),
        number,
        PAGE_SIZE,
        rows.count(),
    )


def _views(rows: Iterable[LookUp]) -> Iterator[UseView]:
    for row in rows:
        yield UseView(
            at=row.at,
            unit_name=row.unit.name if row.unit else None,
            matter=row.matter,
            purpose=row.purpose,
            is_batch=row.count > 1,
        )


def count_by_unit(*, months: Sequence[str]) -> dict[str, int]:
    """Return how many organizations each unit looked up in a run of months.

    A batch counts each of its codes. The months follow one another without a gap.
    """
    rows = _between(months).filter(unit__isnull=False)
    return dict(rows.values_list("unit_id").annotate(total=Sum("count")))


def count_by_matter(*, months: Sequence[str]) -> dict[str, int]:
    """Return how many organizations were looked up in each matter, by its name."""
    rows = _between(months).values_list("matter")
    return dict(rows.annotate(total=Sum("count")))


def _between(months: Sequence[str]) -> QuerySet[LookUp]:
    begins, ends = (
        timezone.make_aware(datetime.combine(periods.first_day(each), time.min))
        for each in (min(months), periods.before(max(months), -1))
    )
    return LookUp.objects.filter(at__gte=begins, at__lt=ends)
