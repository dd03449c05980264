"""Activities at the desk: a unit reports what it did, another person approves."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.campaigns import activities as operations
from xinheng.apps.campaigns.activities import (
    ActivityRefusedError,
    ActivityView,
    UnknownActivityError,
)
from xinheng.apps.cases.operations import By
from xinheng.apps.units import queries as units
from xinheng.web import campaigns_words as words
from xinheng.web import paging
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import campaigns_forms as forms
from xinheng.web.desk.queues import GET_OR_POST, answers
from xinheng.web.templatetags.xinheng import local


@signed_in
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """List the activities of the reader's units, for the office all."""
    page = operations.list_activities(actor=request.actor, page=paging.number(request))
    context = {
        "page": page,
        "rows": [
            (each, words.KINDS[each.kind], *words.ACTIVITY_STATES[each.state])
            for each in page.items
        ],
        "may_report": bool(request.actor.units),
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/activities.html", context)


@signed_in
@GET_OR_POST
def new(request: DeskRequest) -> HttpResponse:
    """Take an activity."""
    offered = [
        (each.code, local(each, "name"))
        for each in units.list_units(timezone.localdate())
        if request.actor.may_submit_for(each.code)
    ]
    if not offered:
        raise PermissionDenied
    form = forms.Activity(answers(request), units=offered)
    if form.is_valid() and _submit(request, form):
        return redirect(f"{reverse('desk:activities')}?done=1")
    return render(request, "desk/activity_form.html", {"form": form, "item": None})


@signed_in
@GET_OR_POST
def one(request: DeskRequest, activity: int) -> HttpResponse:
    """Show an activity, and take the decision on it."""
    item = _get(request, activity)
    form = forms.Decision(answers(request)) if item.may_decide else None
    if form is not None and form.is_valid() and _decide(request, item, form):
        return redirect(f"{reverse('desk:activities')}?done=1")
    title, tone = words.ACTIVITY_STATES[item.state]
    context = {"item": item, "form": form, "state": title, "tone": tone}
    context["kind"] = words.KINDS[item.kind]
    return render(request, "desk/activity.html", context)


@signed_in
@GET_OR_POST
def edit(request: DeskRequest, activity: int) -> HttpResponse:
    """Take another text for an activity."""
    item = _get(request, activity)
    if not item.may_edit:
        raise PermissionDenied
    names = ("unit", "kind", "title", "text", "held_on")
    initial: dict[str, object] = {name: getattr(item, name) for name in names}
    form = forms.Activity(
        answers(request),
        units=[(item.unit, local(item, "unit_name"))],
        initial={**initial, "number": item.document_no},
    )
    if form.is_valid() and _edit(request, item, form):
        return redirect("desk:activity", activity=activity)
    return render(request, "desk/activity_form.html", {"form": form, "item": item})


def _get(request: DeskRequest, activity: int) -> ActivityView:
    try:
        return operations.get_activity(actor=request.actor, activity=activity)
    except UnknownActivityError as unknown:
        raise Http404(str(unknown)) from None


def _submit(request: DeskRequest, form: forms.Activity) -> bool:
    by = By(request.actor, timezone.now())
    try:
        operations.submit(unit=form.cleaned_data["unit"], told=form.told(), by=by)
    except ActivityRefusedError as refused:
        form.refuse(refused)
        return False
    return True


def _edit(request: DeskRequest, item: ActivityView, form: forms.Activity) -> bool:
    by = By(request.actor, timezone.now())
    try:
        operations.edit(activity=item.id, told=form.told(), by=by)
    except NotAllowedError:
        raise PermissionDenied from None
    except ActivityRefusedError as refused:
        form.refuse(refused)
        return False
    return True


def _decide(request: DeskRequest, item: ActivityView, form: forms.Decision) -> bool:
    by = By(request.actor, timezone.now(), form.cleaned_data["reason"])
    act = (
        operations.approve
        if form.cleaned_data["choice"] == forms.APPROVE
        else operations.send_back
    )
    try:
        act(activity=item.id, by=by)
    except ActivityRefusedError as refused:
        form.refuse(refused)
        return False
    return True
