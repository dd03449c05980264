"""Handing in at the desk, one thing per page: unit, dataset, month, then file or "nil".

The answers stand in the address, so that every step can be linked, reloaded and gone
back to; nothing is kept between the pages.
"""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.intake import confirming, nil_returns, operations, staging
from xinheng.apps.units import queries as units
from xinheng.core.catalog import periods
from xinheng.core.catalog.datasets import Dataset
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.web import datasets
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import forms
from xinheng.web.templatetags.xinheng import is_english, local

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@GET_OR_POST
def choose_unit(request: DeskRequest, purpose: str) -> HttpResponse:
    """Ask for which unit; skip the question where there is only one answer."""
    own = _own_units(request.actor)
    if not own:
        return render(request, "desk/no_unit.html", status=403)
    if len(own) == 1:
        return redirect(f"desk:{purpose}-dataset", unit=own[0].code)
    form = forms.Choice(
        _answers(request), choices=[(unit.code, local(unit, "name")) for unit in own]
    )
    if form.is_valid():
        return redirect(f"desk:{purpose}-dataset", unit=form.cleaned_data["choice"])
    return render(request, "desk/choose_unit.html", {"form": form})


@signed_in
@GET_OR_POST
def choose_dataset(request: DeskRequest, purpose: str, unit: str) -> HttpResponse:
    """Ask what kind of records it is."""
    owner = own_unit(request.actor, unit)
    form = forms.Choice(
        _answers(request),
        choices=[(item.name, local(item, "title")) for item in datasets.in_order()],
    )
    if form.is_valid():
        return redirect(
            f"desk:{purpose}-period", unit=unit, dataset=form.cleaned_data["choice"]
        )
    context = {"form": form, "unit": owner, "purpose": purpose}
    return render(request, "desk/choose_dataset.html", context)


@signed_in
@GET_OR_POST
def choose_period(
    request: DeskRequest, purpose: str, unit: str, dataset: str
) -> HttpResponse:
    """Ask for which month."""
    owner, item = own_unit(request.actor, unit), find_dataset(dataset)
    form = forms.Month(
        _answers(request),
        on=timezone.localdate(),
        may_be_own=purpose == "upload" and item.decided_on is not None,
    )
    if form.is_valid():
        return redirect(
            f"desk:{purpose}-last",
            unit=unit,
            dataset=dataset,
            period=form.cleaned_data["choice"],
        )
    context = {"form": form, "unit": owner, "item": item, "purpose": purpose}
    return render(request, "desk/choose_period.html", context)


@signed_in
@GET_OR_POST
def upload(request: DeskRequest, unit: str, dataset: str, period: str) -> HttpResponse:
    """Take the file and lead to the page that shows its progress."""
    owner, item = own_unit(request.actor, unit), find_dataset(dataset)
    month = None if period == forms.OWN_DATES else find_month(period)
    files = request.FILES if request.method == "POST" else None
    form = forms.Upload(_answers(request), files)
    if form.is_valid():
        hand_in = operations.HandIn(
            actor=request.actor,
            unit=owner.code,
            dataset=item.name,
            period=month,
            file_name=form.cleaned_data["file"].name,
            content=form.cleaned_data["file"],
            confirm_by=timezone.now() + confirming.CONFIRM_WITHIN,
        )
        try:
            submission = operations.receive(hand_in, at=timezone.now())
        except staging.FileTooLargeError as too_large:
            form.add_too_large(too_large)
        except UnreadableFileError as refused:
            form.add_unreadable(refused)
        else:
            return _lead_on(
                request.actor, submission, is_asked=form.cleaned_data["look"]
            )
    context = {"form": form, "unit": owner, "item": item, "period": month}
    context["limit_bytes"] = settings.MAX_UPLOAD_BYTES
    return render(request, "desk/upload_file.html", context)


def _lead_on(actor: Actor, submission: str, *, is_asked: bool) -> HttpResponse:
    """Lead to the columns where somebody has to look at them, else to the progress."""
    waits = confirming.begin(actor=actor, submission=submission, is_asked=is_asked)
    return redirect(
        "desk:columns" if waits else "desk:submission", submission=submission
    )


@signed_in
@GET_OR_POST
def nil_return(
    request: DeskRequest, unit: str, dataset: str, period: str
) -> HttpResponse:
    """Ask to confirm the nil return, file it, and say so."""
    owner, item, month = (
        own_unit(request.actor, unit),
        find_dataset(dataset),
        find_month(period),
    )
    form = forms.Confirm(_answers(request))
    context = {"form": form, "unit": owner, "item": item, "period": month}
    if not form.is_valid():
        return render(request, "desk/nil_return_last.html", context)
    try:
        context["filed"] = nil_returns.file_nil_return(
            actor=request.actor,
            unit=owner.code,
            dataset=item.name,
            period=month,
            at=timezone.now(),
        )
    except nil_returns.NilReturnRefusedError as refused:
        form.add_error("confirmed", _message(refused))
        return render(request, "desk/nil_return_last.html", context)
    return render(request, "desk/nil_return_done.html", context)


def _message(refused: nil_returns.NilReturnRefusedError) -> str:
    return refused.message_en if is_english() else refused.message_zh


def _answers(request: DeskRequest) -> QueryDict | None:
    """Return what was sent; null where the question is only asked."""
    return request.POST if request.method == "POST" else None


def _own_units(actor: Actor) -> list[units.UnitView]:
    today = timezone.localdate()
    return [unit for unit in units.list_units(today) if actor.may_submit_for(unit.code)]


def own_unit(actor: Actor, code: str) -> units.UnitView:
    """Return the unit, for an actor who hands in for it; 403 for others."""
    if not actor.may_submit_for(code):
        raise PermissionDenied
    return units.get_unit(code)


def find_dataset(name: str) -> Dataset:
    """Return the catalog item; 404 where there is none."""
    try:
        return catalog.get_dataset(name)
    except catalog.UnknownDatasetError:
        raise Http404(name) from None


def find_month(text: str) -> str:
    """Return the month of an address; 404 where it is none."""
    try:
        return periods.parse(text)
    except periods.InvalidPeriodError:
        raise Http404(text) from None
