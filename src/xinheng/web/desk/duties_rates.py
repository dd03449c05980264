"""Rates of reporting at the desk: all units for the credit office, else one's own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.duties import queries
from xinheng.apps.duties.views import UnitCounts
from xinheng.apps.statistics.composing import DEMO_NOTE
from xinheng.core import formulas
from xinheng.core.catalog import periods
from xinheng.core.duties import rates
from xinheng.core.duties.rates import Rate
from xinheng.web import datasets, files
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk.duties import asked_month

COLUMNS = (
    *("unit", "name", "period", "dataset"),
    *("timely_rate", "timely", "reported"),
    *("compliance_rate", "passed", "received"),
    *("reporting_rate", "matched", "produced"),
    *("late", "omitted", "wrong", "questionable", "over_reported", "provisional"),
    *("duties", "nil_returns", "overdue", "silent"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The month and the dataset that the page is about; null means all datasets."""

    period: str
    dataset: str | None


@signed_in
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Show three rates for each unit, with what they are made of."""
    asked = _asked(request)
    this_month = periods.of(timezone.localdate())
    context = {
        "period": asked.period,
        "previous": periods.before(asked.period),
        "next": periods.before(asked.period, -1) if asked.period < this_month else None,
        "datasets": datasets.in_order(),
        "chosen": asked.dataset,
        "rows": _rows(request, asked),
        "formulas": [
            (rates.TIMELY_ZH, rates.TIMELY_EN),
            (rates.COMPLIANCE_ZH, rates.COMPLIANCE_EN),
            (rates.REPORTING_ZH, rates.REPORTING_EN),
        ],
    }
    return render(request, "desk/rates.html", context)


@signed_in
@require_safe
def export(request: DeskRequest) -> HttpResponse:
    """Send the same table as CSV: UTF-8 with BOM, formula-safe."""
    asked = _asked(request)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in _rows(request, asked):
        writer.writerow([formulas.disarmed(cell) for cell in _cells(row, asked)])
    if settings.DEMO:
        writer.writerow([f"注：{DEMO_NOTE}"])
    content = text.getvalue().encode("utf-8-sig")
    return files.attachment(content, f"rates-{asked.period}.csv", "text/csv")


def _asked(request: DeskRequest) -> Asked:
    last = periods.before(periods.of(timezone.localdate()))
    known = {item.name for item in datasets.in_order()}
    dataset = request.GET.get("dataset", "")
    return Asked(
        asked_month(request.GET.get("period", ""), demo_else=last),
        dataset if dataset in known else None,
    )


def _rows(request: DeskRequest, asked: Asked) -> tuple[UnitCounts, ...]:
    return queries.list_counts(
        actor=request.actor,
        period=asked.period,
        on=timezone.localdate(),
        dataset=asked.dataset,
    )


def _cells(row: UnitCounts, asked: Asked) -> Iterator[object]:
    counts = row.counts
    yield from (row.unit_code, row.unit_name, asked.period, asked.dataset or "")
    for rate in (counts.timely, counts.compliance, counts.reporting):
        yield from (_decimal(rate), rate.numerator, rate.denominator)
    yield from (counts.late, counts.omitted, counts.rejected, counts.questionable)
    yield from (counts.over_reported, int(counts.provisional))
    yield from (row.owed, row.nil, row.overdue, row.silent)


def _decimal(rate: Rate) -> str:
    value: Fraction | None = rate.value
    return "" if value is None else f"{float(value):.4f}"
