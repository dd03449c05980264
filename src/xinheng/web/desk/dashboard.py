"""The dashboard of the credit office: the months, and every clock that runs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.cases import queries as cases
from xinheng.apps.duties import queries as duties
from xinheng.apps.listings import queries as listings
from xinheng.apps.measures import queries as measures
from xinheng.core.catalog import periods
from xinheng.web.access import DeskRequest, credit_office
from xinheng.web.portal import statistics

SOON_DAYS = 30


@credit_office
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Show who reports, the trends, and what runs out."""
    actor, on = request.actor, timezone.localdate()
    seen = statistics.look(_period(request))
    counts = duties.list_counts(actor=actor, period=seen.months[-1], on=on)
    open_cases, overdue_cases = cases.count_overdue(actor=actor, on=on)
    context = statistics.describe(seen) | {
        "clocks": listings.count_clocks(actor=actor, on=on, days=SOON_DAYS),
        "late": measures.count_late(actor=actor, on=on),
        "recalls": measures.count_open_recalls(actor=actor),
        "open_cases": open_cases,
        "overdue_cases": overdue_cases,
        "owed": sum(each.owed for each in counts),
        "overdue": sum(each.overdue for each in counts),
        "soon_days": SOON_DAYS,
    }
    return render(request, "desk/dashboard.html", context)


def _period(request: DeskRequest) -> str:
    """Return the month that is asked for, else the last one with records."""
    try:
        asked = periods.parse(request.GET.get("period", ""))
    except periods.InvalidPeriodError:
        return statistics.last_month()
    return min(asked, periods.of(timezone.localdate()))
