"""A campaign's target at the desk: what was done on which day, and how it ended."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.campaigns import operations, queries
from xinheng.apps.campaigns.operations import CampaignRefusedError
from xinheng.apps.campaigns.queries import TargetView
from xinheng.apps.cases.operations import By
from xinheng.apps.evidence.queries import UnknownEvidenceError
from xinheng.core.evidence.faults import EvidenceError
from xinheng.core.submissions.reasons import ReasonError
from xinheng.web import campaigns_words as words
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import campaigns_forms as forms
from xinheng.web.desk.evidence import download, refuse
from xinheng.web.desk.forms_queues import FAULTS
from xinheng.web.desk.queues import GET_OR_POST, answers


@signed_in
@GET_OR_POST
def one(request: DeskRequest, target: int) -> HttpResponse:
    """Show a target, and take what is done about it."""
    item = _get(request, target)
    files = request.FILES if request.method == "POST" else None
    form = forms.OnTarget(answers(request), files, target=item)
    if item.may_act and form.is_valid() and _act(request, item, form):
        return redirect(f"{reverse('desk:target', args=[target])}?done=1")
    title, tone = words.STATES[item.state]
    context = {
        "item": item,
        "state": title,
        "tone": tone,
        "acts": [(act, words.ACTS[act.kind]) for act in item.acts],
        "form": form if item.may_act else None,
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/target.html", context)


@signed_in
@require_safe
def file(request: DeskRequest, target: int, digest: str) -> HttpResponseBase:
    """Send the file that shows how a target ended."""
    try:
        found = queries.open_file(actor=request.actor, target=target, digest=digest)
    except (UnknownEvidenceError, queries.UnknownTargetError) as unknown:
        raise Http404(str(unknown)) from None
    return download(*found)


def _get(request: DeskRequest, target: int) -> TargetView:
    try:
        return queries.get_target(actor=request.actor, target=target)
    except queries.UnknownTargetError as unknown:
        raise Http404(str(unknown)) from None


def _act(request: DeskRequest, item: TargetView, form: forms.OnTarget) -> bool:
    try:
        _take(request, item, form)
    except NotAllowedError:
        raise PermissionDenied from None
    except CampaignRefusedError as refused:
        form.refuse(refused)
    except ReasonError as refused:
        form.add_error("note", str(FAULTS[refused.fault]))
    except EvidenceError as refused:
        refuse(form, "file", refused)
    else:
        return True
    return False


def _take(request: DeskRequest, item: TargetView, form: forms.OnTarget) -> None:
    told = form.cleaned_data
    by = By(request.actor, timezone.now(), told["note"])
    match told["choice"]:
        case forms.SETTLE:
            operations.propose_settled(
                target=item.id,
                document_no=told["document_no"],
                file=form.handed(),
                by=by,
            )
        case forms.CONFIRM:
            operations.confirm_settled(target=item.id, by=by)
        case forms.WITHDRAW:
            operations.withdraw_target(target=item.id, by=by)
        case _:
            operations.record_act(target=item.id, done=form.done(), by=by)
