"""Redress in public: how many objections and repairs, with what result, how fast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.cases import queries as cases
from xinheng.apps.cases.tables import OBJECTION, REPAIR, regulated
from xinheng.apps.commitments import queries as commitments
from xinheng.apps.repairs import queries as repairs
from xinheng.apps.units import queries as units
from xinheng.core.commitments.promises import Type
from xinheng.core.procedures import figures
from xinheng.core.procedures.figures import Figures
from xinheng.core.procedures.tables import Outcome, Procedure
from xinheng.rulebook import redress as rulebook
from xinheng.web import paging
from xinheng.web.redress_words import FULFILMENTS


@dataclass(frozen=True, slots=True)
class Line:
    """A unit's figures, or those of all; `counts` in the order of the outcomes."""

    unit: units.UnitView | None
    figures: Figures
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A procedure's figures: all units together, then each that has a case."""

    procedure: Procedure
    outcomes: tuple[Outcome, ...]
    total: Line
    lines: tuple[Line, ...]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the figures of this year, with their denominators."""
    on = timezone.localdate()
    year = _year(request, on)
    sheets = [_sheet(name, year) for name in (OBJECTION, REPAIR)]
    context = {"sheets": sheets, "year": year, "previous": year - 1, "on": on}
    context |= {"next": year + 1 if year < on.year else None}
    return render(request, "portal/redress.html", context)


@require_safe
def promised(request: HttpRequest) -> HttpResponse:
    """List the commitments that were made in public, with what came of them."""
    asked = request.GET.get("type", "")
    type_ = Type(asked) if asked in set(Type) else None
    page = commitments.list_public(type_=type_, page=paging.number(request))
    counted = commitments.count_by_type()
    context = {
        "page": page,
        "rows": [(each, *FULFILMENTS[each.state]) for each in page.items],
        "types": [
            (rule, tuple(counted[rule.type].values()))
            for rule in rulebook.commitment_types().values()
        ],
        "chosen": type_,
        "states": [title for title, _ in FULFILMENTS.values()],
    }
    return render(request, "portal/commitments.html", context)


@require_safe
def rights(request: HttpRequest) -> HttpResponse:
    """Say how to object and to have an entry repaired, with the terms that hold."""
    context = {
        "sheets": [regulated(name) for name in (OBJECTION, REPAIR)],
        "together": rulebook.together(),
        "sessions": repairs.list_sessions(),
    }
    return render(request, "portal/rights.html", context)


def _year(request: HttpRequest, on: date) -> int:
    asked = request.GET.get("year", "")
    known = asked.isdecimal() and 2000 <= int(asked) <= on.year
    return int(asked) if known else on.year


def _sheet(name: str, year: int) -> Sheet:
    found = cases.endings(
        procedure=name, first=date(year, 1, 1), last=date(year, 12, 31)
    )
    procedure = regulated(name).procedure
    names = [outcome.name for outcome in procedure.outcomes]
    lines = [
        _line(units.get_unit(code), counted, names)
        for code, counted in figures.by_unit(found).items()
    ]
    return Sheet(
        procedure,
        procedure.outcomes,
        _line(None, figures.count(found), names),
        tuple(lines),
    )


def _line(unit: units.UnitView | None, counted: Figures, names: list[str]) -> Line:
    counts = tuple(counted.outcomes.get(name, 0) for name in names)
    return Line(unit, counted, counts)
