"""Monitoring indicators at the desk: figures, trend, peers, what-if, protection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from xinheng.apps.indicators import operations, queries
from xinheng.apps.indicators.queries import MonthNotOverError
from xinheng.core.catalog import periods
from xinheng.core.indicators import what_if
from xinheng.core.indicators.figures import Figure, State
from xinheng.core.indicators.packs import Form, Pack
from xinheng.core.indicators.protection import Rule
from xinheng.core.indicators.what_if import Action, Effect
from xinheng.rulebook import indicators as rulebook
from xinheng.web.access import DeskRequest, credit_office
from xinheng.web.desk.duties import asked_month
from xinheng.web.templatetags.xinheng import local, percent

STATES: dict[State, Any] = {
    State.NOT_HELD: _("not held here"),
    State.NOT_DECLARED: _("not declared"),
    State.ZERO_DENOMINATOR: _("nothing to divide by"),
    State.CONTRADICTS: _("contradicts itself"),
}
RULES: dict[Rule, Any] = {
    Rule.LAWFUL: _("without a legal basis"),
    Rule.NO_PETITION: _("names a matter that is none of credit"),
}
MOST_TIMES = 100_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure with its value as a page writes it, what it was, and what peers have."""

    figure: Figure
    value: str
    state: str
    trend: tuple[tuple[str, str], ...]
    peers: tuple[tuple[str, str], ...]


class WhatIf(forms.Form):
    """An act, how often, and how many hours each takes; empty: nobody said."""

    use_required_attribute = False
    action = forms.ChoiceField(label=_("Act"))
    times = forms.IntegerField(
        label=_("How often"),
        min_value=1,
        max_value=MOST_TIMES,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
        error_messages={
            "required": _("Write a whole number."),
            "invalid": _("Write a whole number."),
            "min_value": _("Write a number from 1 up."),
            "max_value": _("The number is too large."),
        },
    )
    hours = forms.DecimalField(
        label=_("Hours each takes"),
        help_text=_("What your office knows; empty where nobody does."),
        required=False,
        min_value=0,
        max_value=1000,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "decimal"}),
        error_messages={
            "invalid": _("Write a number."),
            "min_value": _("The number can't be below 0."),
            "max_value": _("The number is too large."),
        },
    )

    def __init__(self, data: object) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        offered = [
            (name, local(each, "title")) for name, each in rulebook.actions().items()
        ]
        self.fields["action"].choices = offered  # type: ignore[attr-defined]


@credit_office
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Show a pack with the figures of a month, and what an act would move."""
    today = timezone.localdate()
    last = periods.before(periods.of(today))
    period = asked_month(request.GET.get("period", ""), demo_else=last)
    pack = _pack(request)
    found = queries.count(months=queries.months_to(period), on=today)
    form = WhatIf(request.GET if "action" in request.GET else None)
    peers = queries.list_peers(period=period)
    context = {
        "period": period,
        "previous": periods.before(period),
        "next": periods.before(period, -1) if period < periods.of(today) else None,
        "may_keep": period < periods.of(today),
        "pack": pack,
        "packs": rulebook.packs(),
        "groups": {each.name: each for each in pack.groups},
        "counted": found,
        "rows": [
            (row, [_shown(each, peers) for each in row.figures])
            for row in queries.rows(pack, found.figures)
        ],
        "indexes": [each for each in peers if each.input == operations.INDEX],
        "breaches": [(each, RULES[each.rule]) for each in queries.breaches(on=today)],
        "used": queries.count_used(on=today),
        "form": form,
        "effect": _effect(form, found) if form.is_valid() else None,
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/indicators.html", context)


@credit_office
@require_POST
def keep(request: DeskRequest, period: str) -> HttpResponse:
    """Keep the figures of a month as they stand."""
    address = reverse("desk:indicators")
    try:
        months = queries.months_to(period)
        operations.cut(months=months, actor=request.actor, at=timezone.now())
    except (periods.InvalidPeriodError, MonthNotOverError):
        return redirect(f"{address}?done=open")
    return redirect(f"{address}?period={period}&done=kept")


def _pack(request: DeskRequest) -> Pack:
    try:
        return rulebook.pack(request.GET.get("edition", ""))
    except rulebook.UnknownPackError:
        return rulebook.packs()[-1]


def _shown(figure: Figure, peers: tuple[queries.PeerView, ...]) -> Shown:
    name = figure.input.name
    return Shown(
        figure,
        written(figure.input.form, figure.value),
        str(STATES.get(figure.state, "")),
        tuple(_trend(name)),
        tuple(
            (each.city, written(figure.input.form, Fraction(each.value)))
            for each in peers
            if each.input == name
        ),
    )


def _trend(name: str) -> Iterator[tuple[str, str]]:
    for kept in queries.trend(name, most=6):
        figure = kept.figures[name]
        shown = written(figure.input.form, figure.value)
        yield kept.months[-1], shown or str(STATES[figure.state])


def written(form: Form, value: Fraction | None) -> str:
    """Return a value as its form is written, empty for null."""
    if value is None:
        return ""
    if form is Form.SHARE:
        return percent(value)
    if form is Form.COUNT and value.denominator == 1:
        return f"{value.numerator:,}"
    return f"{float(value):,.2f}"


@dataclass(frozen=True, slots=True)
class Told:
    """The effect of an act as a page tells it, and the indicators that it moves."""

    action: Action
    title: str
    effect: Effect
    before: str
    after: str
    change: str
    indicators: tuple[str, ...]


def _effect(form: WhatIf, found: queries.Counted) -> Told:
    told = form.cleaned_data
    action = rulebook.actions()[told["action"]]
    figure = found.figures[action.input]
    hours: Decimal | None = told["hours"]
    effect = what_if.apply(figure, action, told["times"], hours_each=hours)
    of = figure.input.form
    return Told(
        action,
        local(figure.input, "title"),
        effect,
        written(of, effect.before),
        written(of, effect.after),
        _change(of, effect.change),
        tuple(_moved(action.input)),
    )


def _change(form: Form, change: Fraction | None) -> str:
    if change is None:
        return ""
    if form is Form.SHARE:
        return f"{float(change) * 100:+.1f}"
    return f"{float(change):+,.2f}"


def _moved(name: str) -> Iterator[str]:
    """Yield the indicators that an input feeds, with their edition."""
    for pack in rulebook.packs():
        for each in pack.indicators:
            if any(name in part.inputs for part in each.parts):
                yield f"{local(each, 'title')} ({pack.edition})"
