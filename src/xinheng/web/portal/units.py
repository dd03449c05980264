"""Who reports what, when something was last heard, and how late records came."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.duties import published
from xinheng.apps.records import queries as records
from xinheng.apps.units import queries as units
from xinheng.core.catalog import periods
from xinheng.core.duties import rates
from xinheng.web import caching
from xinheng.web.words_of_duties import FREQUENCIES

MONTHS_SHOWN = 4


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show a month of every unit that owes something."""
    on, period = timezone.localdate(), _period(request)
    context = {
        **_months(period, step=1),
        "rows": published.list_reporting(period=period, on=on),
        "formulas": [
            (rates.TIMELY_ZH, rates.TIMELY_EN),
            (rates.REPORTING_ZH, rates.REPORTING_EN),
        ],
        "on": on,
    }
    return caching.unkept(render(request, "portal/units.html", context))


@require_safe
def unit(request: HttpRequest, unit: str) -> HttpResponse:
    """Show what a unit owes, where it stands, and what it declared."""
    try:
        owner = units.get_unit(unit)
    except units.UnknownUnitError:
        raise Http404(unit) from None
    if owner.code != unit:
        raise Http404(unit)
    on, period = timezone.localdate(), _period(request)
    shown = [periods.before(period, back) for back in range(MONTHS_SHOWN)]
    context = {
        **_months(period, step=MONTHS_SHOWN),
        "unit": owner,
        "counts": published.counts_of(unit=unit, period=period, on=on),
        "owed": [
            (each, FREQUENCIES[each.duty.frequency])
            for each in published.list_owed(unit=unit, on=on)
        ],
        "months": [published.month_of(unit=unit, period=m, on=on) for m in shown],
        "on": on,
    }
    return caching.unkept(render(request, "portal/unit.html", context))


def _period(request: HttpRequest) -> str:
    """Return the month that is asked for, else the last one with records."""
    this_month = periods.of(timezone.localdate())
    try:
        asked = periods.parse(request.GET.get("period", ""))
    except periods.InvalidPeriodError:
        return records.latest_period() or periods.before(this_month)
    return min(asked, this_month)


def _months(period: str, *, step: int) -> dict[str, str | None]:
    this_month = periods.of(timezone.localdate())
    later = periods.before(period, -step)
    return {
        "period": period,
        "previous": periods.before(period, step),
        "next": min(later, this_month) if period < this_month else None,
    }
