"""Mergers and splits: one person proposes what follows, another decides."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.organizations import queries as organizations
from xinheng.apps.organizations.mergers import UnknownOrganizationError
from xinheng.apps.records import counting, succession, successions
from xinheng.apps.records.succession import By, NotDoneError, PlanError
from xinheng.apps.records.successions import SuccessionView
from xinheng.core.identifiers import uscc
from xinheng.core.organizations.succession import Stage
from xinheng.web import paging
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import successions_forms as forms
from xinheng.web.desk import verdicts
from xinheng.web.desk.forms_queues import Reason
from xinheng.web.desk.queues import GET_OR_POST


@signed_in
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """List what was proposed and decided, and ask whose records are to follow."""
    _require_office(request)
    number = paging.number(request)
    page = successions.list_successions(actor=request.actor, page=number)
    rows = [
        (each, forms.KINDS[each.kind], forms.STAGES[each.stage]) for each in page.items
    ]
    asked = uscc.normalize(request.GET.get("giver", ""))
    if asked and organizations.get_public(asked):
        return redirect("desk:succession-new", uscc=asked)
    context = {"page": page, "rows": rows, "asked": asked, "not_held": forms.NOT_HELD}
    return render(request, "desk/successions.html", context)


@signed_in
@GET_OR_POST
def propose(request: DeskRequest, uscc: str) -> HttpResponse:
    """Ask what follows from an organization, and take the proposal."""
    _require_office(request)
    giver = organizations.get_public(uscc)
    if giver is None:
        raise Http404(uscc)
    counted = counting.count_of_organizations([int(giver.key)])
    offered = _counts(counted.get(int(giver.key), {}))
    data = request.POST if request.method == "POST" else None
    form = forms.Propose(data, offered=[(name, text) for name, text, _ in offered])
    if form.is_valid() and (number := _proposed(request, giver.uscc, form)):
        return _to(number, "propose")
    context = {"giver": giver, "form": form, "offered": offered}
    return render(request, "desk/successions_new.html", context)


@signed_in
@GET_OR_POST
def one(request: DeskRequest, number: int) -> HttpResponse:
    """Show a merger or split, and take its decision or its undoing."""
    _require_office(request)
    try:
        item = successions.get_succession(actor=request.actor, number=number)
    except successions.UnknownSuccessionError:
        raise Http404(str(number)) from None
    data = request.POST if request.method == "POST" else None
    form = _form(item, data)
    if data is not None and form is None:
        raise Http404(str(number))
    if form is not None and form.is_valid() and (act := _acted(request, item, form)):
        return _to(number, act)
    return render(request, "desk/succession.html", _context(request, item, form))


def _require_office(request: DeskRequest) -> None:
    if not request.actor.may_decide:
        raise PermissionDenied


def _to(number: int, done: str) -> HttpResponse:
    return redirect(f"{reverse('desk:succession', args=[number])}?done={done}")


def _counts(counted: dict[str, int]) -> list[tuple[str, str, int]]:
    """Return name, title with count, and count of each dataset."""
    return [
        (name, f"{verdicts.title(name)} ({number})", number)
        for name, number in sorted(counted.items())
    ]


def _proposed(request: DeskRequest, giver: str, form: forms.Propose) -> int | None:
    """Propose, and return the number; tell the form where that can't be."""
    told = form.cleaned_data
    by = By(request.actor, told["evidence"], timezone.now())
    try:
        return succession.propose(
            giver=giver, heir=told["heir"], plan=form.plan(), by=by
        )
    except UnknownOrganizationError:
        form.add_error("heir", str(forms.NOT_HELD))
    except PlanError as error:
        form.refuse(error)
    return None


def _form(item: SuccessionView, data: object) -> Reason | None:
    """Return the form of the next act, null where none is left."""
    if item.stage == Stage.PROPOSED:
        return forms.Decide(data)  # type: ignore[arg-type]
    return Reason(data) if item.stage == Stage.DECIDED else None  # type: ignore[arg-type]


def _acted(request: DeskRequest, item: SuccessionView, form: Form) -> str:
    """Do what the form says and return its name, nothing where that can't be."""
    told = form.cleaned_data
    act = told.get("choice", "undo")
    by = By(request.actor, told["reason"], timezone.now())
    try:
        _ACTS[act](number=item.number, by=by)
    except NotDoneError as error:
        form.add_error(None, str(forms.REFUSALS[error.code]))
        return ""
    except PlanError as error:
        for fault in error.faults:
            form.add_error(None, str(forms.PLAN_FAULTS[fault][1]))
        return ""
    return str(act)


_ACTS = {
    "decide": succession.decide,
    "refuse": succession.refuse,
    "undo": succession.undo,
}


def _context(
    request: DeskRequest, item: SuccessionView, form: Form | None
) -> dict[str, object]:
    held = counting.count_of_organizations([item.giver_key]).get(item.giver_key, {})
    waits = item.stage == Stage.PROPOSED
    counted = {name: held.get(name, 0) for name in item.datasets}
    is_own = waits and item.proposed_by == request.actor.account_id
    return {
        "item": item,
        "kind": forms.KINDS[item.kind],
        "stage": forms.STAGES[item.stage],
        "follows": _counts(counted if waits else item.moved),
        "form": form,
        "is_own": is_own,
        "done": forms.DONE.get(request.GET.get("done", "")),
    }
