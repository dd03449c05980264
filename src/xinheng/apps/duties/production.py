"""Monthly returns of production, counted: owed, in time, published on the own site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.duties import queries
from xinheng.apps.duties.models import ProductionReturn
from xinheng.rulebook import calendars
from xinheng.rulebook import duties as rulebook


@dataclass(frozen=True, slots=True)
class Returns:
    """Returns of a unit: owed by now, of these filed in time, and what they declare.

    `produced` and `published` add up the versions that count.
    """

    owed: int = 0
    in_time: int = 0
    filed: int = 0
    produced: int = 0
    published: int = 0


def count_returns(
    *, months: Sequence[str], on: date, ledger_size: int
) -> dict[str, Returns]:
    """Return the monthly returns of each unit that owes some, by its code.

    One whose last day is not over on the day `on` counts once it is filed.
    """
    filed = _filed(months, ledger_size)
    found: defaultdict[str, Returns] = defaultdict(Returns)
    for unit, dataset, month in _owed(months, ledger_size):
        due = queries.production_due(month, calendars.load()).on
        first_at, last = filed.get((unit, dataset, month), (None, None))
        if last is None and on <= due:
            continue
        in_time = first_at is not None and timezone.localdate(first_at) <= due
        found[unit] = _plus(found[unit], last, in_time=in_time)
    return dict(found)


def _plus(
    before: Returns, declared: ProductionReturn | None, *, in_time: bool
) -> Returns:
    return Returns(
        owed=before.owed + 1,
        in_time=before.in_time + in_time,
        filed=before.filed + (declared is not None),
        produced=before.produced + (declared.produced if declared else 0),
        published=before.published + (declared.published if declared else 0),
    )


def _owed(months: Sequence[str], size: int) -> Iterator[tuple[str, str, str]]:
    asked = rulebook.rules().production.datasets
    duties = queries.list_duties(actor=OPERATOR, ledger_size=size)
    places = {
        (duty.unit_code, duty.dataset, month)
        for duty in duties
        for month in months
        if duty.dataset in asked and queries.applies(duty, (month,))
    }
    yield from sorted(places)


def _filed(
    months: Sequence[str], size: int
) -> dict[tuple[str, str, str], tuple[datetime, ProductionReturn]]:
    """Return when each was first declared, and the version that counts."""
    found: dict[tuple[str, str, str], tuple[datetime, ProductionReturn]] = {}
    rows = ProductionReturn.objects.filter(period__in=months, ledger_seq__lt=size)
    for row in rows.order_by("version"):
        place = (row.unit_id, row.dataset, row.period)
        first_at, _ = found.get(place, (row.declared_at, row))
        found[place] = (first_at, row)
    return found
