"""Rates of wrong and of corrected codes: by month, kind, unit or authority."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from xinheng.apps.organizations.queries import CodeRates, Rate, code_rates
from xinheng.apps.organizations.rates import (
    CORRECTION_FORMULA,
    ERROR_FORMULA,
    count_active,
    list_authorities,
)
from xinheng.core import formulas
from xinheng.core.catalog import periods
from xinheng.core.organizations.issues import IssueKind
from xinheng.web import files
from xinheng.web.access import DeskRequest, credit_office
from xinheng.web.desk.workbench import unit_names
from xinheng.web.desk.workbench_words import kind_title
from xinheng.web.templatetags.xinheng import is_english, month

MONTHS = 6
MOST_GROUPS = 50
BY: dict[str, Promise] = {
    "month": _("month"),
    "kind": _("kind of issue"),
    "unit": _("unit that reported"),
    "authority": _("registering authority"),
}
CSV_HEADER = (
    *("分组", "月份", "重错码率分子", "重错码率分母", "重错码率"),
    *("纠正率分子", "纠正率分母", "纠正率", "重错码率公式", "纠正率公式"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """The rates of one month, kind, unit or authority."""

    title: str
    rates: CodeRates

    @property
    def error(self) -> str:
        """The error rate in percent, empty where there is none."""
        return _percent(self.rates.error_rate)

    @property
    def correction(self) -> str:
        """The correction rate in percent, empty where there is none."""
        return _percent(self.rates.correction_rate)


@credit_office
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Show the rates of a month and how they were counted."""
    period, by = _period(request), _by(request)
    formulas = [_told(ERROR_FORMULA), _told(CORRECTION_FORMULA)]
    context = {
        "period": period,
        "by": by,
        "choices": BY.items(),
        "lines": list(_lines(request, period, by)),
        "formulas": formulas,
    }
    return render(request, "desk/code_rates.html", context)


@credit_office
@require_safe
def export(request: DeskRequest) -> HttpResponse:
    """Send the same as CSV, each line with its formulas."""
    period, by = _period(request), _by(request)
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(CSV_HEADER)
    for line in _lines(request, period, by):
        error, corrected = line.rates.error_rate, line.rates.correction_rate
        writer.writerow(
            [
                formulas.disarmed(line.title),
                line.rates.month,
                *(error.numerator, error.denominator, _share(error)),
                *(corrected.numerator, corrected.denominator, _share(corrected)),
                *(error.formula, corrected.formula),
            ]
        )
    content = target.getvalue().encode("utf-8-sig")
    name = f"code-rates-{period}-{by}.csv"
    return files.attachment(content, name, "text/csv; charset=utf-8")


def _period(request: HttpRequest) -> str:
    try:
        return periods.parse(request.GET.get("period", ""))
    except periods.InvalidPeriodError:
        return periods.of(timezone.localdate())


def _by(request: HttpRequest) -> str:
    asked = request.GET.get("by", "")
    return asked if asked in BY else "month"


def _lines(request: DeskRequest, period: str, by: str) -> Iterator[Line]:
    if by == "kind":
        active = count_active(period)
        for kind in IssueKind:
            rates = code_rates(month=period, kind=kind, active=active)
            yield Line(kind_title(kind), rates)
    elif by == "unit":
        active = count_active(period)
        for code, name in list(unit_names().items())[:MOST_GROUPS]:
            yield Line(name, code_rates(month=period, unit=code, active=active))
    elif by == "authority":
        for name in list_authorities(MOST_GROUPS):
            yield Line(name, code_rates(month=period, authority=name))
    else:
        for back in range(MONTHS):
            one = periods.before(period, back)
            yield Line(month(one), code_rates(month=one))


def _percent(rate: Rate) -> str:
    return "" if rate.value is None else f"{rate.value:.2%}"


def _share(rate: Rate) -> str:
    return "" if rate.value is None else f"{rate.value:.6f}"


def _told(formula: str) -> str:
    """Return the half of a formula that is in the reader's language."""
    chinese, _mark, english = formula.partition(" | ")
    return english if is_english() else chinese
