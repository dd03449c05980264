"""The organization's own cases: where each stands, and what it can do."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from xinheng.apps.cases import queries as cases
from xinheng.apps.cases.operations import RefusedError
from xinheng.apps.cases.queries import CaseView
from xinheng.apps.cases.tables import OBJECTION
from xinheng.apps.objections import filing as objections
from xinheng.apps.objections import operations as objecting
from xinheng.apps.objections import queries as objection_queries
from xinheng.apps.repairs import operations as repairing
from xinheng.apps.repairs import queries as repair_queries
from xinheng.core.objections.filing import Kind
from xinheng.core.submissions.reasons import ReasonError
from xinheng.web import redress_words
from xinheng.web.access import DeskRequest, agent
from xinheng.web.desk.forms_queues import FAULTS
from xinheng.web.my import asking, forms
from xinheng.web.my.entries import GET_OR_POST
from xinheng.web.templatetags.xinheng import is_english

TAKE = {"objection": objecting.take, "repair": repairing.take}


@agent
@GET_OR_POST
def case(request: DeskRequest, uscc: str, case: int) -> HttpResponse:
    """Show a case with its history, and take a step of the organization's."""
    item, found = asking.acting(request, uscc), _get(request, uscc, case)
    steps = cases.list_open_steps(actor=request.actor, case=case)
    acts = [(s.act, s.title_en if is_english() else s.title) for s in steps]
    form = forms.Answer(asking.sent(request), acts=acts) if acts else None
    if form is not None and form.is_valid() and _take(request, found, form):
        return redirect(f"{reverse('my:case', args=[uscc, case])}?done=taken")
    context = {
        "item": item,
        "case": found,
        "steps": redress_words.taken(cases.list_steps(actor=request.actor, case=case)),
        "form": form,
        "may_contest": repair_queries.find_contestable(case=case) is not None,
        "done": request.GET.get("done", ""),
        **details(request, found),
    }
    return render(request, "my/case.html", context)


@agent
@GET_OR_POST
def object_to_result(request: DeskRequest, uscc: str, case: int) -> HttpResponse:
    """Take an objection to the result of a repair."""
    item, found = asking.acting(request, uscc), _get(request, uscc, case)
    if repair_queries.find_contestable(case=case) is None:
        raise Http404(str(case))
    form = forms.Contest(asking.sent(request), request.FILES or None)
    if form.is_valid() and (number := _object(request, case, form)):
        return redirect(f"{reverse('my:case', args=[uscc, number])}?done=objected")
    context = {
        "item": item,
        "case": found,
        "form": form,
        "kind": redress_words.KINDS[Kind.REPAIR_RESULT],
    }
    return render(request, "my/object.html", context)


def details(request: DeskRequest, found: CaseView) -> dict[str, object]:
    """Return what stands beside a case: an objection's or a repair's own."""
    if found.procedure == OBJECTION:
        return {
            "objection": objection_queries.get_objection(
                actor=request.actor, case=found.id
            ),
            "topic": redress_words.KINDS[Kind(found.topic)][0],
        }
    view = repair_queries.get_repair(actor=request.actor, case=found.id)
    files = [(redress_words.FILE_KINDS[kind], ref) for kind, ref in view.files]
    return {"repair": view, "files": files}


def _get(request: DeskRequest, uscc: str, case: int) -> CaseView:
    on = asking.by(request).on
    try:
        found = cases.get_case(actor=request.actor, case=case, on=on)
    except cases.UnknownCaseError as unknown:
        raise Http404(str(unknown)) from None
    if found.uscc != uscc:
        raise Http404(str(case))
    return found


def _take(request: DeskRequest, found: CaseView, form: forms.Answer) -> bool:
    told = form.cleaned_data
    by = asking.by(request, reason=told["reason"])
    try:
        TAKE[found.procedure](case=found.id, act=told["act"], by=by)
    except RefusedError as refused:
        form.add_error("reason", redress_words.said(refused))
    except ReasonError as refused:
        form.add_error("reason", str(FAULTS[refused.fault]))
    except cases.UnknownCaseError:
        raise PermissionDenied from None
    else:
        return True
    return False


def _object(request: DeskRequest, case: int, form: forms.Contest) -> int | None:
    digests = asking.store_files(request, form, "documents")
    if digests is None:
        return None
    contest = objections.Contest(
        Kind.REPAIR_RESULT, form.cleaned_data["ground"], (), digests
    )
    try:
        return objections.object_to_repair(
            case=case, contest=contest, by=asking.by(request)
        )
    except RefusedError as refused:
        form.add_error("ground", redress_words.said(refused))
    return None
