"""Which unit owes which dataset: the credit office assigns duties and ends them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.duties import operations, queries
from xinheng.apps.duties.views import DutyView
from xinheng.apps.units import queries as units
from xinheng.core.catalog.datasets import Frequency
from xinheng.web import datasets
from xinheng.web.access import DeskRequest, credit_office
from xinheng.web.desk import forms_duties
from xinheng.web.desk.queues import GET_OR_POST, answers
from xinheng.web.words_of_duties import FREQUENCIES


@credit_office
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """List all duties by unit; those in force have a link to end them."""
    today = timezone.localdate()
    chosen = request.GET.get("unit", "")
    listed = queries.list_duties(actor=request.actor, unit=chosen or None)
    context = {
        "duties": [(duty, FREQUENCIES[duty.frequency]) for duty in listed],
        "units": units.list_units(today),
        "chosen": chosen,
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/duties_list.html", context)


@credit_office
@GET_OR_POST
def assign(request: DeskRequest) -> HttpResponse:
    """Give a unit the duty to hand a dataset in."""
    form = forms_duties.Assign(
        answers(request),
        units=units.list_units(timezone.localdate()),
        offered=datasets.in_order(),
        chosen=request.GET.get("unit", ""),
    )

    def act() -> DutyView:
        told = form.cleaned_data
        return operations.assign(
            actor=request.actor,
            unit=told["unit"],
            dataset=told["dataset"],
            frequency=Frequency(told["frequency"]) if told["frequency"] else None,
            effective_on=told["effective_on"],
            at=timezone.now(),
        )

    if form.is_valid() and _done(form, act):
        return _back("assigned")
    return render(request, "desk/duties_assign.html", {"form": form})


@credit_office
@GET_OR_POST
def end(request: DeskRequest, unit: str, dataset: str) -> HttpResponse:
    """End a duty: ask for the first day without it."""
    duty = _open_duty(request, unit, dataset)
    form = forms_duties.End(answers(request))

    def act() -> DutyView:
        return operations.end(
            actor=request.actor,
            unit=duty.unit_code,
            dataset=duty.dataset,
            expires_on=form.cleaned_data["expires_on"],
            at=timezone.now(),
        )

    if form.is_valid() and _done(form, act):
        return _back("ended")
    frequency = FREQUENCIES[duty.frequency]
    context = {"form": form, "duty": duty, "frequency": frequency}
    return render(request, "desk/duties_end.html", context)


def _open_duty(request: DeskRequest, unit: str, dataset: str) -> DutyView:
    for duty in queries.list_duties(actor=request.actor, unit=unit):
        if duty.dataset == dataset and duty.expires_on is None:
            return duty
    raise Http404(dataset)


def _done(
    form: forms_duties.Assign | forms_duties.End, act: Callable[[], DutyView]
) -> bool:
    """Act, or put into the form what is wrong with it."""
    try:
        act()
    except operations.DutyRefusedError as refused:
        form.add_refusal(refused)
        return False
    return True


def _back(done: str) -> HttpResponse:
    return redirect(f"{reverse('desk:duties-list')}?done={done}")
