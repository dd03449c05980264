"""The correction return: to look at and print, as a workbook and as CSV."""

from __future__ import annotations

from datetime import datetime, time

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.organizations import returns
from xinheng.apps.organizations.returns import Return
from xinheng.core.catalog import periods
from xinheng.web import files
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk.workbench import unit_names

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@signed_in
@require_safe
def form(request: DeskRequest) -> HttpResponse:
    """Show the return of a month as it is printed."""
    period, unit = _asked(request)
    names = unit_names()
    mine = {code for code in names if request.actor.may_submit_for(code)}
    context = {
        "table": _table(request, period, unit),
        "period": period,
        "unit": unit,
        "units": [
            (code, name)
            for code, name in names.items()
            if request.actor.may_decide or code in mine
        ],
        "unit_name": names.get(unit, ""),
    }
    return render(request, "desk/workbench_return.html", context)


@signed_in
@require_safe
def file(request: DeskRequest, form: str) -> HttpResponse:
    """Send the same return as a file."""
    period, unit = _asked(request)
    table = _table(request, period, unit)
    name = f"code-corrections-{period}{'-' + unit if unit else ''}.{form}"
    if form == "csv":
        content = returns.as_csv(table)
        return files.attachment(content, name, "text/csv; charset=utf-8")
    if form == "xlsx":
        return files.attachment(returns.as_xlsx(table), name, WORKBOOK)
    raise Http404(form)


def _asked(request: DeskRequest) -> tuple[str, str]:
    """Return month and unit; a clerk's own unit where none is asked for."""
    try:
        period = periods.parse(request.GET.get("period", ""))
    except periods.InvalidPeriodError:
        period = periods.of(timezone.localdate())
    unit = request.GET.get("unit", "")
    if not unit and not request.actor.may_decide:
        unit = min(request.actor.units, default="")
    return period, unit


def _table(request: DeskRequest, period: str, unit: str) -> Return:
    moments = [
        timezone.make_aware(datetime.combine(periods.first_day(each), time.min))
        for each in (period, periods.before(period, -1))
    ]
    try:
        return returns.correction_return(
            actor=request.actor,
            period=(moments[0], moments[1]),
            unit=unit,
            is_demo=settings.DEMO,
        )
    except NotAllowedError:
        raise PermissionDenied from None
