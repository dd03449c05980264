"""Statistics for everyone: twelve months as charts, each with its table behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinheng.apps.records import queries as records
from xinheng.apps.statistics import overview
from xinheng.apps.statistics.overview import Overview
from xinheng.core.catalog import periods
from xinheng.pipeline import charts
from xinheng.pipeline.charts import Series
from xinheng.web import bars
from xinheng.web.templatetags.xinheng import is_english, local

Draw = Callable[[Overview], Mapping[str, Any]]


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """Lead to the last month that has records."""
    return redirect("portal:statistics-month", period=last_month())


@require_safe
def month(request: HttpRequest, period: str) -> HttpResponse:
    """Show the months up to one."""
    context = describe(look(period))
    return render(request, "portal/statistics.html", context)


@require_safe
def chart(request: HttpRequest, period: str, name: str) -> HttpResponse:
    """Send a chart as SVG, in the reader's language."""
    if name not in DRAWN:
        raise Http404(name)
    drawn = charts.svg(DRAWN[name](look(period)))
    answer = HttpResponse(drawn, content_type="image/svg+xml")
    answer["Cache-Control"] = "no-cache"
    return answer


def last_month() -> str:
    """Return the last month with records, else the one before this month."""
    before = periods.before(periods.of(timezone.localdate()))
    return records.latest_period() or before


def look(period: str) -> Overview:
    """Return the overview up to a month; 404 for one that has not begun."""
    if period > periods.of(timezone.localdate()):
        raise Http404(f"{period} has not begun")
    return overview.look(period=period)


def describe(seen: Overview) -> dict[str, object]:
    """Return what the pages show of an overview, for templates."""
    period = seen.months[-1]
    this_month = periods.of(timezone.localdate())
    english = is_english()
    return {
        "seen": seen,
        "period": period,
        "previous": periods.before(period),
        "next": periods.before(period, -1) if period < this_month else None,
        "totals": list(zip(seen.months, seen.totals, strict=True)),
        "heat": [
            (row, [(count, _level(count)) for count in row.counts])
            for row in seen.units
        ],
        "states": _states(seen),
        "publicity": [(each, _percent(each.share)) for each in seen.publicity],
        "publicity_formula": overview.DOUBLE_EN if english else overview.DOUBLE_ZH,
        "codes": [
            (
                each,
                _percent(each.error_rate.value),
                _percent(each.correction_rate.value),
            )
            for each in seen.codes
        ],
        "code_formulas": [_told(each.formula) for each in _code_rates(seen)],
    }


def _code_rates(seen: Overview) -> list[Any]:
    return [seen.codes[-1].error_rate, seen.codes[-1].correction_rate]


def _told(formula: str) -> str:
    """Return the half of a formula that is in the reader's language."""
    chinese, _mark, english = formula.partition(" | ")
    return english if is_english() else chinese


def _states(seen: Overview) -> dict[str, int]:
    counted = {"reported": 0, "nil": 0, "silent": 0}
    for row in seen.table.units:
        counted[row.state.value] += 1
    return counted


def _level(count: int) -> int:
    return sum(count >= level for level in bars.LEVELS)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.2%}"


def _draw_totals(seen: Overview) -> Mapping[str, Any]:
    values = tuple(float(total) for total in seen.totals)
    return charts.trend(seen.months, [Series(_("records"), values)])


def _draw_heat(seen: Overview) -> Mapping[str, Any]:
    cells = [
        (local(row.unit, "name"), month, count)
        for row in seen.units
        for month, count in zip(seen.months, row.counts, strict=True)
    ]
    return charts.heat(cells, bounds=bars.LEVELS)


def _draw_publicity(seen: Overview) -> Mapping[str, Any]:
    series = [
        Series(_("permits"), tuple(float(each.permits) for each in seen.publicity)),
        Series(_("penalties"), tuple(float(each.penalties) for each in seen.publicity)),
    ]
    return charts.trend(seen.months, series)


def _draw_codes(seen: Overview) -> Mapping[str, Any]:
    series = [
        Series(_("wrong codes, %"), _hundred(e.error_rate.value for e in seen.codes)),
        Series(
            _("corrected, %"), _hundred(e.correction_rate.value for e in seen.codes)
        ),
    ]
    return charts.trend([each.month for each in seen.codes], series)


def _hundred(shares: Any) -> tuple[float | None, ...]:
    return tuple(None if share is None else round(100 * share, 2) for share in shares)


DRAWN: dict[str, Draw] = {
    "records": _draw_totals,
    "units": _draw_heat,
    "publicity": _draw_publicity,
    "codes": _draw_codes,
}
