"""Redress at the desk: the inbox with its terms, and one case to take a step in."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.cases import queries as cases
from xinheng.apps.cases.operations import By, RefusedError
from xinheng.apps.cases.queries import CaseView
from xinheng.apps.cases.tables import OBJECTION
from xinheng.apps.evidence import queries as evidence
from xinheng.apps.evidence.queries import EvidenceRef
from xinheng.apps.objections import operations as objecting
from xinheng.apps.objections import queries as objections
from xinheng.apps.repairs import operations as repairing
from xinheng.apps.repairs import queries as repairs
from xinheng.core.objections.filing import Kind
from xinheng.core.submissions.reasons import ReasonError
from xinheng.web import paging, redress_words
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import redress_forms as forms
from xinheng.web.desk.evidence import download
from xinheng.web.desk.forms_queues import FAULTS
from xinheng.web.desk.queues import GET_OR_POST, answers


@signed_in
@require_safe
def inbox(request: DeskRequest) -> HttpResponse:
    """List what waits for the reader, the most urgent first; or every case."""
    on, number = timezone.localdate(), paging.number(request)
    every = request.GET.get("all") == "1"
    page = (
        cases.list_cases(actor=request.actor, on=on, page=number)
        if every
        else cases.list_inbox(actor=request.actor, on=on, page=number)
    )
    context = {"page": page, "every": every}
    return render(request, "desk/redress_inbox.html", context)


@signed_in
@GET_OR_POST
def case(request: DeskRequest, case: int) -> HttpResponse:
    """Show a case whole, and take a step in it."""
    found = _get(request, case)
    beside = details(request, found)
    steps = cases.list_open_steps(actor=request.actor, case=case)
    form = forms.step_form(answers(request), found, steps, beside)
    if form is not None and form.is_valid() and _take(request, found, form):
        return redirect(f"{reverse('desk:redress-case', args=[case])}?done=1")
    context = {
        "case": found,
        "steps": redress_words.taken(cases.list_steps(actor=request.actor, case=case)),
        "form": form,
        "done": request.GET.get("done", ""),
        **beside,
    }
    return render(request, "desk/redress_case.html", context)


@signed_in
@require_safe
def file(request: DeskRequest, case: int, digest: str) -> HttpResponse:
    """Send a file that stands with a case that the reader may see."""
    beside = details(request, _get(request, case))
    known: dict[str, EvidenceRef] = {ref.digest: ref for _, ref in beside["files"]}  # type: ignore[attr-defined]
    if digest not in known:
        raise Http404(digest)
    return download(known[digest], evidence.open(digest))


def details(request: DeskRequest, found: CaseView) -> dict[str, object]:
    """Return what stands beside a case: an objection's or a repair's own."""
    if found.procedure == OBJECTION:
        told = objections.get_objection(actor=request.actor, case=found.id)
        return {
            "objection": told,
            "topic": redress_words.KINDS[Kind(found.topic)][0],
            "files": [("", ref) for ref in told.files],
        }
    view = repairs.get_repair(actor=request.actor, case=found.id)
    files = [(redress_words.FILE_KINDS[kind], ref) for kind, ref in view.files]
    return {"repair": view, "files": files}


def _get(request: DeskRequest, case: int) -> CaseView:
    try:
        return cases.get_case(actor=request.actor, case=case, on=timezone.localdate())
    except cases.UnknownCaseError as unknown:
        raise Http404(str(unknown)) from None


def _take(request: DeskRequest, found: CaseView, form: forms.Step) -> bool:
    """Take the step; tell the form and return False where that can't be."""
    act, outcome = form.chosen()
    by = By(request.actor, timezone.now(), form.cleaned_data["reason"], outcome)
    try:
        if found.procedure == OBJECTION:
            upheld = form.cleaned_data.get("upheld", ())
            objecting.take(case=found.id, act=act, by=by, upheld=upheld)
        else:
            repairing.take(case=found.id, act=act, by=by)
    except RefusedError as refused:
        form.add_error(forms.FIELDS.get(refused.code), redress_words.said(refused))
    except ReasonError as refused:
        form.add_error("reason", str(FAULTS[refused.fault]))
    else:
        return True
    return False
