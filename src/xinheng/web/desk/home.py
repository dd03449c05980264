"""The first page of the desk: what is due for a month, and what came lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.duties import queries as duties
from xinheng.apps.duties.views import DutyStanding, ProductionDue
from xinheng.apps.intake import queries as intake
from xinheng.apps.intake import queues
from xinheng.apps.ledger import witnesses
from xinheng.apps.measures import queries as measures
from xinheng.apps.organizations import workbench
from xinheng.apps.records import queries as records
from xinheng.apps.statistics import queries as statistics
from xinheng.apps.units import queries as units
from xinheng.core.catalog import periods
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.duties.standing import State as Done
from xinheng.core.measures.tasks import AWAITED
from xinheng.core.statistics.monthly import State
from xinheng.web import bars, datasets
from xinheng.web.access import DeskRequest, with_account
from xinheng.web.desk import verdicts

RECENT = 8
DONE = frozenset({Done.REPORTED, Done.LATE, Done.NIL})


@dataclass(frozen=True, slots=True)
class Duties:
    """What a unit owes for a month, and what it handed in besides.

    `owed` and `production` are its duties; `items` are other datasets that it handed
    in, `others` those that it neither owes nor handed in.
    """

    unit: units.UnitView
    owed: Sequence[DutyStanding]
    production: Sequence[ProductionDue]
    items: Sequence[intake.MonthView]
    others: Sequence[Dataset]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was handed in, owed or not."""
        return not self.items and not any(
            item.standing.state in DONE for item in self.owed
        )


@with_account
@require_safe
def home(request: DeskRequest) -> HttpResponse:
    """Show a clerk the unit's duties, and the credit office who reported."""
    if request.actor.organizations:
        return redirect("my:index")
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
        "waiting": queues.waiting(request.actor),
        "issues": workbench.count_open(request.actor),
        "recalls": measures.count_open_recalls(actor=request.actor),
        "tasks": measures.count_tasks(actor=request.actor, states=AWAITED),
    }
    if request.actor.sees_all_units:
        table = statistics.table(period=period)
        context |= {"table": table, "bars": bars.by_total(bars.in_order(table))}
        context |= {state.value: table.in_state(state) for state in State}
        context["witness_is_late"] = not settings.DEMO and witnesses.is_late(
            at=timezone.now()
        )
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
        _duties_of(actor, unit, offered=offered, period=period, on=on)
        for unit in units.list_units(on)
        if actor.may_submit_for(unit.code)
    ]


def _duties_of(
    actor: Actor,
    unit: units.UnitView,
    *,
    offered: list[Dataset],
    period: str,
    on: date,
) -> Duties:
    there = {
        item.dataset: item
        for item in intake.list_month(actor=actor, unit=unit.code, period=period)
    }
    owed = duties.list_standings(actor=actor, months=[period], on=on, unit=unit.code)
    free = [
        item
        for item in offered
        if item.name not in {each.duty.dataset for each in owed}
    ]
    return Duties(
        unit,
        owed=owed,
        production=duties.list_production(actor=actor, unit=unit.code, period=period),
        items=[there[item.name] for item in free if item.name in there],
        others=[item for item in free if item.name not in there],
    )
