"""The first page of the desk: what is due for a month, and what came lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import queries as intake
from xinheng.apps.records import queries as records
from xinheng.apps.statistics import queries as statistics
from xinheng.apps.units import queries as units
from xinheng.core.catalog import periods
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.statistics.monthly import State
from xinheng.web import bars, datasets
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import verdicts

RECENT = 8


@dataclass(frozen=True, slots=True)
class Duties:
    """What a unit has handed in for a month, and what it has not."""

    unit: units.UnitView
    items: Sequence[intake.MonthView]
    missing: Sequence[Dataset]


@signed_in
@require_safe
def home(request: DeskRequest) -> HttpResponse:
    """Show a clerk the unit's duties, and the credit office who reported."""
    today = timezone.localdate()
    period = _period(request, today)
    recent = intake.list_submissions(actor=request.actor)
    context: dict[str, object] = {
        "period": period,
        "previous": periods.before(period),
        "next": periods.before(period, -1) if period < periods.of(today) else None,
        "duties": _duties(request.actor, period=period, on=today),
        "rows": verdicts.with_titles(recent.items[:RECENT]),
        "more": recent.total > RECENT,
    }
    if request.actor.sees_all_units:
        table = statistics.table(period=period)
        context |= {"table": table, "bars": bars.by_total(bars.in_order(table))}
        context |= {state.value: table.in_state(state) for state in State}
    return render(request, "desk/home.html", context)


def _period(request: DeskRequest, today: date) -> str:
    """Return the month that is asked for; else the one before this month.

    The demo opens on the month that it was built for.
    """
    try:
        return periods.parse(request.GET.get("period", ""))
    except periods.InvalidPeriodError:
        latest = records.latest_period() if settings.DEMO else None
        return latest or periods.before(periods.of(today))


def _duties(actor: Actor, *, period: str, on: date) -> list[Duties]:
    offered = datasets.in_order()
    return [
        _duties_of(actor, unit, offered=offered, period=period)
        for unit in units.list_units(on)
        if actor.may_submit_for(unit.code)
    ]


def _duties_of(
    actor: Actor, unit: units.UnitView, *, offered: list[Dataset], period: str
) -> Duties:
    there = {
        item.dataset: item
        for item in intake.list_month(actor=actor, unit=unit.code, period=period)
    }
    return Duties(
        unit,
        items=[there[item.name] for item in offered if item.name in there],
        missing=[item for item in offered if item.name not in there],
    )
