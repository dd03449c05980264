"""The first page: search, and what the last month brought."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinheng.apps.records import queries as records
from xinheng.apps.statistics import overview
from xinheng.apps.statistics import queries as statistics
from xinheng.web import bars

UNITS_SHOWN = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the search box, the size of the register and the last month's leaders."""
    period = records.latest_period()
    held = overview.register_size()
    context: dict[str, object] = {
        "organizations": held.organizations,
        "permits": held.permits,
    }
    if period:
        table = statistics.table(period=period)
        context["table"] = table
        context["leaders"] = bars.by_total(bars.in_order(table))[:UNITS_SHOWN]
    return render(request, "portal/home.html", context)
