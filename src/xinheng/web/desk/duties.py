"""A unit's duties at the desk: the calendar, declared production, the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.duties import operations, queries
from xinheng.apps.duties.views import DutyStanding, ProductionDue
from xinheng.apps.records import queries as records
from xinheng.apps.units import queries as units
from xinheng.core.catalog import periods
from xinheng.core.submissions.reasons import ReasonError
from xinheng.web.access import DeskRequest, office_or_administrator, signed_in
from xinheng.web.desk import forms_duties
from xinheng.web.desk.queues import GET_OR_POST, answers

MONTHS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar: what is owed for it, by last day."""

    period: str
    owed: Sequence[DutyStanding]
    production: Sequence[ProductionDue]


@signed_in
@require_safe
def calendar(request: DeskRequest, unit: str) -> HttpResponse:
    """Show what a unit owes for the last months, and where it stands."""
    owner = _visible_unit(request.actor, unit)
    today = timezone.localdate()
    last = asked_month(request.GET.get("period", ""), demo_else=periods.of(today))
    months = [
        _month(request.actor, owner.code, periods.before(last, back), on=today)
        for back in range(MONTHS_SHOWN)
    ]
    context = {
        "unit": owner,
        "months": months,
        "is_empty": not any(month.owed for month in months),
        "previous": periods.before(last, MONTHS_SHOWN),
        "next": periods.before(last, -MONTHS_SHOWN)
        if last < periods.of(today)
        else None,
        "may_submit": request.actor.may_submit_for(owner.code),
        "address": queries.find_contact(actor=request.actor, unit=owner.code),
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/duties.html", context)


def _month(actor: Actor, unit: str, period: str, *, on: date) -> Month:
    owed = queries.list_standings(actor=actor, months=[period], on=on, unit=unit)
    return Month(
        period,
        # A span of several months stands at its last one.
        sorted(
            (item for item in owed if item.period == period),
            key=lambda item: item.standing.due.on,
        ),
        queries.list_production(actor=actor, unit=unit, period=period),
    )


def asked_month(text: str, *, demo_else: str) -> str:
    """Return the month that is asked for; the demo's own, or the one given."""
    try:
        return periods.parse(text)
    except periods.InvalidPeriodError:
        latest = records.latest_period() if settings.DEMO else None
        return latest or demo_else


@signed_in
@GET_OR_POST
def production(
    request: DeskRequest, unit: str, dataset: str, period: str
) -> HttpResponse:
    """Take what a unit declares that it produced in a month."""
    if not request.actor.may_submit_for(unit):
        raise PermissionDenied
    owner, month = units.get_unit(unit), _period(period)
    try:
        item = catalog.get_dataset(dataset)
    except catalog.UnknownDatasetError:
        raise Http404(dataset) from None
    due = {
        each.dataset: each
        for each in queries.list_production(
            actor=request.actor, unit=owner.code, period=month
        )
    }.get(item.name)
    if due is None:
        raise Http404(dataset)
    form = forms_duties.Production(answers(request), declared=due.declared)
    if form.is_valid() and _declare(request, form, due, unit=owner.code, period=month):
        address = reverse("desk:duties", args=[owner.code])
        return redirect(f"{address}?period={month}&done=declared")
    context = {
        "form": form,
        "unit": owner,
        "item": item,
        "period": month,
        "due": due,
        "stored": records.count_of_month(
            unit=owner.code, dataset=item.name, period=month
        ),
    }
    return render(request, "desk/production.html", context)


def _declare(
    request: DeskRequest,
    form: forms_duties.Production,
    due: ProductionDue,
    *,
    unit: str,
    period: str,
) -> bool:
    """Declare, or put into the form what is wrong with it."""
    try:
        operations.declare_production(
            actor=request.actor,
            unit=unit,
            dataset=due.dataset,
            period=period,
            production=form.production(),
            at=timezone.now(),
        )
    except operations.DutyRefusedError as refused:
        form.add_refusal(refused)
        return False
    except ReasonError as refused:
        form.add_reason_fault(refused)
        return False
    return True


@office_or_administrator
@GET_OR_POST
def contact(request: DeskRequest, unit: str) -> HttpResponse:
    """Set the office address that a unit's mails go to."""
    owner = _visible_unit(request.actor, unit)
    address = queries.find_contact(actor=request.actor, unit=owner.code) or ""
    form = forms_duties.Address(answers(request), initial={"address": address})
    if form.is_valid():
        try:
            operations.set_contact(
                actor=request.actor,
                unit=owner.code,
                address=form.cleaned_data["address"],
                at=timezone.now(),
            )
        except NotAllowedError:
            raise PermissionDenied from None
        return redirect(f"{reverse('desk:duties', args=[owner.code])}?done=address")
    return render(request, "desk/duties_contact.html", {"form": form, "unit": owner})


def _visible_unit(actor: Actor, code: str) -> units.UnitView:
    """Return a unit that the actor may see; others are as unknown."""
    try:
        owner = units.get_unit(code)
    except units.UnknownUnitError:
        raise Http404(code) from None
    if not actor.may_see(owner.code):
        raise Http404(code)
    return owner


def _period(text: str) -> str:
    try:
        return periods.parse(text)
    except periods.InvalidPeriodError:
        raise Http404(text) from None
