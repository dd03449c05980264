"""A submission is taken back: one person proposes it, another confirms."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import queries as intake
from xinheng.apps.intake import reversing
from xinheng.apps.intake.queries import UnknownSubmissionError
from xinheng.apps.intake.reversing import By, NotReversibleError, ReversalView
from xinheng.apps.intake.views import SubmissionView
from xinheng.apps.records import publication
from xinheng.web.access import DeskRequest, credit_office
from xinheng.web.desk import verdicts
from xinheng.web.desk.forms_queues import Choice, Reason

PROPOSED, DONE = "PROPOSED", "DONE"
CHOICES: dict[str, Promise] = {
    "confirm": _("Take it back as proposed"),
    "refuse": _("Don't take it back"),
}
REFUSALS: dict[str, Promise] = {
    reversing.NOT_COMPLETED: _("Nothing of this submission was taken."),
    reversing.IS_RELEASE: _("Take back the submission that these rows came from."),
    reversing.OPEN_ALREADY: _(
        "Somebody proposed this already; look at the page again."
    ),
    reversing.NOT_OPEN: _("Nothing is proposed any more; look at the page again."),
    reversing.SAME_PERSON: _("You proposed this, so another person decides."),
}


@credit_office
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: DeskRequest, submission: str) -> HttpResponse:
    """Show what taking the submission back means, and take the next step."""
    try:
        item = intake.get_submission(actor=request.actor, submission=submission)
    except UnknownSubmissionError:
        raise Http404(submission) from None
    last = reversing.find_reversal(submission=item.id, actor=request.actor)
    form = _form(last, request.POST if request.method == "POST" else None)
    if form is not None and form.is_valid() and _acted(request, item, form):
        return redirect("desk:submission", item.id)
    return render(request, "desk/reversal.html", _context(request, item, last, form))


def about(actor: Actor, item: SubmissionView) -> dict[str, object]:
    """Return what the page of a submission tells of its being taken back."""
    last = reversing.find_reversal(submission=item.id, actor=actor)
    is_open = last is not None and last.stage in {PROPOSED, DONE}
    may_be = item.counts is not None and item.origin != "RELEASE"
    return {
        "reversal": last if is_open else None,
        "may_reverse": actor.may_decide and may_be and not is_open,
        "may_decide": actor.may_decide,
        "is_held": is_open and _is_held(item),
    }


def waiting(actor: Actor) -> list[tuple[SubmissionView, str]]:
    """Return the submissions that wait to be taken back, with their titles."""
    if not actor.may_decide:
        return []
    keys = reversing.list_proposed()
    items = [intake.get_submission(actor=actor, submission=key) for key in keys]
    return [(item, verdicts.title(item.dataset)) for item in items]


def _is_held(item: SubmissionView) -> bool:
    """Tell whether what the unit reports in the dataset is withheld from the public."""
    return (item.dataset, item.unit_code) in publication.held_since()


def _form(last: ReversalView | None, data: Any) -> Reason | None:
    if last is None or last.stage not in {PROPOSED, DONE}:
        return Reason(data)
    if last.stage == PROPOSED:
        return Choice(data, choices=list(CHOICES.items()))
    return None


def _acted(request: DeskRequest, item: SubmissionView, form: Form) -> bool:
    """Do what the form says; tell the form where that can't be."""
    told = form.cleaned_data
    by = By(request.actor, told["reason"], timezone.now())
    try:
        _ACTS[told.get("choice", "propose")](submission=item.id, by=by)
    except NotReversibleError as error:
        form.add_error(None, str(REFUSALS[error.code]))
        return False
    return True


_ACTS: dict[str, Any] = {
    "propose": reversing.propose,
    "confirm": reversing.confirm,
    "refuse": reversing.refuse,
}


def _context(
    request: DeskRequest,
    item: SubmissionView,
    last: ReversalView | None,
    form: Reason | None,
) -> dict[str, object]:
    context: dict[str, object] = {
        "item": item,
        "title": verdicts.title(item.dataset),
        "last": last,
        "form": form,
        "is_own": _is_own(request.actor, last),
        "back": reverse("desk:submission", args=[item.id]),
    }
    if form is None:
        return context
    try:
        counted = reversing.preview(submission=item.id, actor=request.actor)
    except NotReversibleError as error:
        return context | {"form": None, "refusal": REFUSALS[error.code]}
    return context | {"counted": counted}


def _is_own(actor: Actor, last: ReversalView | None) -> bool:
    is_open = last is not None and last.stage == PROPOSED
    return is_open and last is not None and last.proposed_by == actor.account_id
