"""The monthly table: who handed in how much of what."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.ledger import queries as ledger
from xinheng.apps.records import queries as records
from xinheng.apps.statistics import queries as statistics
from xinheng.apps.statistics import rendering, telling
from xinheng.core.catalog import periods
from xinheng.core.statistics.monthly import MonthlyTable, State
from xinheng.web import as_of, bars, files


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """Lead to the last month that has records."""
    this_month = periods.of(timezone.localdate())
    period = records.latest_period() or periods.before(this_month)
    return redirect("portal:table-month", period=period)


FORMATS = {
    "csv": (rendering.as_csv, "text/csv; charset=utf-8"),
    "json": (rendering.as_json, "application/json"),
}


@require_safe
def month(request: HttpRequest, period: str) -> HttpResponse:
    """Show a month's table, as the ledger stands or as it stood then (`known_at`)."""
    asking = as_of.read(request, at=timezone.now())
    table = _table(request, period, asking)
    rows = bars.in_order(table)
    this_month = periods.of(timezone.localdate())
    context = {
        "table": table,
        "rows": rows,
        "leaders": bars.by_total(rows),
        "totals": list(zip(table.columns, table.totals, strict=True)),
        "nil": table.in_state(State.NIL),
        "silent": table.in_state(State.SILENT),
        "fruitless": [row for row in rows if row.state == "reported" and not row.total],
        "previous": periods.before(period),
        "next": periods.before(period, -1) if period < this_month else None,
        "asking": asking,
    }
    return render(request, "portal/table.html", context, status=asking.status)


@require_safe
def download(request: HttpRequest, period: str, file_format: str) -> HttpResponse:
    """Send a month's table as a file."""
    if file_format not in FORMATS:
        raise Http404(file_format)
    write, content_type = FORMATS[file_format]
    asking = as_of.read(request, at=timezone.now())
    if asking.fault:
        raise Http404(asking.fault)
    table = _table(request, period, asking)
    told = telling.tell_table(table) | {
        "ledger_root": ledger.root(size=table.ledger_size).hex(),
        "demo": settings.DEMO,
        "open_recalls": telling.tell_recalls(statistics.list_open_recalls(table)),
    }
    return files.attachment(write(told), f"{period}.{file_format}", content_type)


def _table(request: HttpRequest, period: str, asking: as_of.Asking) -> MonthlyTable:
    """Return the table at `size` entries, else as known then."""
    size = request.GET.get("size", "")
    if not size and asking.asked:
        size = str(asking.asked.ledger_size)
    if period > periods.of(timezone.localdate()):
        raise Http404(f"{period} has not begun")
    try:
        return statistics.table(
            period=period, ledger_size=int(size) if size.isdecimal() else None
        )
    except (statistics.UnknownLedgerSizeError, periods.InvalidPeriodError) as unknown:
        raise Http404(str(unknown)) from None
