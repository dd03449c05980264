"""Commitments at the desk: what was promised to the unit, and what came of it."""

from __future__ import annotations

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.cases.operations import By, RefusedError
from xinheng.apps.commitments import operations, queries
from xinheng.apps.commitments.queries import CommitmentView
from xinheng.core.commitments.promises import Fulfilment
from xinheng.web import paging, redress_words
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk.forms_queues import Radios
from xinheng.web.desk.queues import GET_OR_POST, answers
from xinheng.web.desk.workbench_forms import SELECT_ONE

KEPT, PROPOSE, CONFIRM = "kept", "propose", "confirm"


class Judge(forms.Form):
    """Whether a commitment was kept; a breach needs the number of a decision."""

    use_required_attribute = False
    choice = forms.ChoiceField(
        label=_("What came of it?"), widget=Radios, error_messages=SELECT_ONE
    )
    decision_no = forms.CharField(
        label=_("Number of the decision that found the breach"),
        required=False,
        max_length=128,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: object, *, may_confirm: bool) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        offered = [
            (KEPT, _("It was kept")),
            (PROPOSE, _("Propose that it was broken; another person confirms")),
        ]
        if may_confirm:
            offered.append((CONFIRM, _("Confirm the breach that was proposed")))
        self.fields["choice"].choices = offered  # type: ignore[attr-defined]


@signed_in
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """List the commitments that wait for a word on whether they were kept."""
    page = queries.list_received(actor=request.actor, page=paging.number(request))
    return render(request, "desk/promises.html", {"page": page})


@signed_in
@GET_OR_POST
def one(request: DeskRequest, commitment: int) -> HttpResponse:
    """Show a commitment, and take what came of it."""
    try:
        item = queries.get_commitment(actor=request.actor, commitment=commitment)
    except queries.UnknownCommitmentError as unknown:
        raise Http404(str(unknown)) from None
    may_confirm = request.actor.may_decide and bool(item.breach_no)
    form = Judge(answers(request), may_confirm=may_confirm)
    if form.is_valid() and _judge(request, item, form):
        return redirect(f"{reverse('desk:promise', args=[commitment])}?done=1")
    title, tone = redress_words.FULFILMENTS[item.state]
    context = {
        "item": item,
        "state": title,
        "tone": tone,
        "form": form if _may_judge(request, item) else None,
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/promise.html", context)


def _may_judge(request: DeskRequest, item: CommitmentView) -> bool:
    is_open = item.state is Fulfilment.PENDING
    is_receiver = item.unit is not None and request.actor.may_submit_for(item.unit)
    return is_open and (is_receiver or request.actor.may_decide)


def _judge(request: DeskRequest, item: CommitmentView, form: Judge) -> bool:
    told = form.cleaned_data
    by = By(request.actor, timezone.now())
    try:
        if told["choice"] == KEPT:
            operations.mark_kept(commitment=item.id, by=by)
        elif told["choice"] == PROPOSE:
            operations.propose_breach(
                commitment=item.id, decision_no=told["decision_no"], by=by
            )
        else:
            operations.confirm_breach(commitment=item.id, by=by)
    except NotAllowedError:
        raise PermissionDenied from None
    except RefusedError as refused:
        named = refused.code in {"COMMITMENT_NO_DECISION", "PERSONAL_ID"}
        field = "decision_no" if named else "choice"
        form.add_error(field, redress_words.said(refused))
        return False
    return True
