"""The desk of an executing unit: its tasks, what it reports, what it has to undo."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.measures import queries, reporting
from xinheng.apps.measures.queries import TaskView, UnknownTaskError
from xinheng.apps.measures.reporting import TaskRefusedError
from xinheng.core.listings.schemes import Scheme
from xinheng.core.measures import tasks
from xinheng.core.measures.tasks import Act
from xinheng.rulebook import list_schemes
from xinheng.rulebook import measures as rulebook
from xinheng.web import paging
from xinheng.web.access import DeskRequest, credit_office, signed_in
from xinheng.web.desk import forms_measures
from xinheng.web.desk.measures_words import MODES, REASONS, STAGES, STATES
from xinheng.web.desk.queues import GET_OR_POST, answers

DEFAULT = "open"


@signed_in
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """List tasks of a stage, what is due first at the top."""
    stage = request.GET.get("stage", DEFAULT)
    if stage not in STAGES:
        raise Http404(stage)
    page = queries.list_tasks(
        actor=request.actor, states=STAGES[stage][1], page=paging.number(request)
    )
    context = {
        "page": page,
        "rows": [(item, *STATES[item.state], _is_late(item)) for item in page.items],
        "stage": stage,
        "stages": [
            (name, title, queries.count_tasks(actor=request.actor, states=states))
            for name, (title, states) in STAGES.items()
        ],
    }
    return render(request, "desk/measures.html", context)


@signed_in
@require_safe
def task(request: DeskRequest, number: int) -> HttpResponse:
    """Show a task: what to do about whom, on which basis, by when."""
    item = _task(request, number)
    title, tag = STATES[item.state]
    is_own = request.actor.may_submit_for(item.unit)
    context = {
        "item": item,
        "state": title,
        "tag": tag,
        "mode": MODES[item.measure.mode],
        "matter": rulebook.rules().matters[item.measure.matter],
        "scheme": _scheme(item.scheme),
        "recall_reason": REASONS.get(item.recall_reason, item.recall_reason),
        "is_late": _is_late(item),
        "done": request.GET.get("done", ""),
        "may_acknowledge": is_own and tasks.may(item.state, Act.ACKNOWLEDGE),
        "may_report": is_own and tasks.may(item.state, Act.EXECUTE),
        "may_undo": is_own and tasks.may(item.state, Act.ACKNOWLEDGE_RECALL),
        "may_look": request.actor.may_decide and tasks.may(item.state, Act.UPHOLD),
    }
    return render(request, "desk/measures_task.html", context)


@signed_in
@require_POST
def acknowledge(request: DeskRequest, number: int) -> HttpResponse:
    """Take the unit's word that it has seen the task."""
    _do(
        lambda: reporting.acknowledge(
            actor=request.actor, task=number, at=timezone.now()
        )
    )
    return _back(number, "acknowledged")


@signed_in
@GET_OR_POST
def report(request: DeskRequest, number: int) -> HttpResponse:
    """Ask what became of a task."""
    item, form = _task(request, number), forms_measures.Feedback(answers(request))
    _require(request, item)
    if form.is_valid():
        _do(
            lambda: reporting.report(
                actor=request.actor,
                task=number,
                report=form.report(),
                at=timezone.now(),
            )
        )
        return _back(number, "reported")
    return _ask(request, item, form, "desk/measures_report.html")


@signed_in
@GET_OR_POST
def undo(request: DeskRequest, number: int) -> HttpResponse:
    """Ask where it stands that the measure was undone."""
    item, form = _task(request, number), forms_measures.Evidence(answers(request))
    _require(request, item)
    if form.is_valid():
        _do(
            lambda: reporting.acknowledge_recall(
                actor=request.actor,
                task=number,
                evidence=form.cleaned_data["evidence"],
                at=timezone.now(),
            )
        )
        return _back(number, "undone")
    return _ask(request, item, form, "desk/measures_undo.html")


@credit_office
@GET_OR_POST
def look(request: DeskRequest, number: int) -> HttpResponse:
    """Ask the credit office whether a decline stands."""
    item, form = _task(request, number), forms_measures.SecondLook(answers(request))
    if form.is_valid():
        _do(
            lambda: reporting.look_again(
                actor=request.actor,
                task=number,
                upheld=form.cleaned_data["choice"] == forms_measures.UPHOLD,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        )
        return _back(number, "looked")
    return _ask(request, item, form, "desk/measures_look.html")


def _task(request: DeskRequest, number: int) -> TaskView:
    try:
        return queries.get_task(actor=request.actor, task=number)
    except UnknownTaskError as unknown:
        raise Http404(str(unknown)) from None


def _require(request: DeskRequest, item: TaskView) -> None:
    if not request.actor.may_submit_for(item.unit):
        raise PermissionDenied


def _do(act: Callable[[], TaskView]) -> None:
    """Do it; what came in between is seen on the page of the task."""
    try:
        act()
    except NotAllowedError:
        raise PermissionDenied from None
    except UnknownTaskError as unknown:
        raise Http404(str(unknown)) from None
    except TaskRefusedError:
        return


def _back(number: int, done: str) -> HttpResponse:
    return redirect(f"{reverse('desk:measure', args=[number])}?done={done}")


def _ask(
    request: DeskRequest, item: TaskView, form: forms.Form, template: str
) -> HttpResponse:
    return render(request, template, {"item": item, "form": form})


def _is_late(item: TaskView) -> bool:
    return item.is_late(timezone.localdate())


def _scheme(name: str) -> Scheme | None:
    found = (each for each in list_schemes.schemes() if each.name == name)
    return next(found, None)
