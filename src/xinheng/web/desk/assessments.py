"""Rounds of assessment at the desk: the list, opening one, the ranking, its steps."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.assessments import operations, queries
from xinheng.apps.assessments.operations import RoundRefusedError
from xinheng.apps.assessments.queries import UnknownRoundError
from xinheng.apps.assessments.views import RoundView
from xinheng.apps.cases.operations import By
from xinheng.core.assessments.rounds import Refusal, State
from xinheng.rulebook import assessments as rulebook
from xinheng.web.access import DeskRequest, credit_office, signed_in
from xinheng.web.desk import assessments_words as words
from xinheng.web.desk.assessments_forms import Open
from xinheng.web.desk.queues import GET_OR_POST, answers

ACTS: dict[str, Callable[..., None]] = {
    "publish": operations.publish,
    "close": operations.close,
}


@signed_in
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """List the rounds, and to the office the schemes."""
    may_see_schemes = request.actor.sees_all_units
    schemes = queries.list_schemes() if may_see_schemes else ()
    known = {(each.scheme.name, each.scheme.edition) for each in schemes}
    rounds = queries.list_rounds(request.actor)
    context = {
        "rounds": [(each, words.STATES[each.state]) for each in rounds],
        "schemes": schemes,
        "shipped": [
            each
            for each in rulebook.schemes()
            if may_see_schemes and (each.name, each.edition) not in known
        ],
        "may_open": request.actor.may_decide
        and any(each.adopted_at is not None for each in schemes),
    }
    return render(request, "desk/assessments.html", context)


@credit_office
@GET_OR_POST
def open_round(request: DeskRequest) -> HttpResponse:
    """Open a round by an adopted scheme."""
    adopted = [each for each in queries.list_schemes() if each.adopted_at is not None]
    form = Open(answers(request), adopted=adopted)
    if form.is_valid():
        told = form.cleaned_data
        try:
            number = operations.open_round(
                scheme=int(told["scheme"]),
                first_month=told["first"],
                last_month=told["last"],
                by=By(request.actor, timezone.now()),
            )
        except RoundRefusedError as refused:
            form.add_refusal(refused.reason)
        else:
            return redirect("desk:assessment", number=number)
    return render(request, "desk/assessments_open.html", {"form": form})


@signed_in
@require_safe
def one(request: DeskRequest, number: int) -> HttpResponse:
    """Show the ranking of a round, and what may be done with it."""
    return _ranking(request, number)


def _ranking(
    request: DeskRequest, number: int, *, refusal: Refusal | None = None
) -> HttpResponse:
    item, today = get_round(request, number), timezone.localdate()
    actor = request.actor
    standings = queries.ranking(actor=actor, number=number, on=today)
    context = {
        "item": item,
        "state": words.STATES[item.state],
        "rows": [(each, words.verdict(each.verdict)) for each in standings],
        "unscored": queries.list_unscored(actor=actor, number=number),
        "unanswered": queries.list_unanswered(actor=actor, number=number),
        "own": sorted(request.actor.units),
        "may_publish": request.actor.may_decide and item.state is State.OPEN,
        "may_close": request.actor.may_decide
        and item.state is State.PUBLISHED
        and item.appeal_until is not None
        and today > item.appeal_until,
        "refusal": refusal and words.REFUSALS[refusal],
    }
    return render(request, "desk/assessment.html", context)


@credit_office
@require_POST
def act(request: DeskRequest, number: int, act: str) -> HttpResponse:
    """Publish or close a round."""
    if act not in ACTS:
        raise Http404(act)
    get_round(request, number)
    try:
        ACTS[act](number=number, by=By(request.actor, timezone.now()))
    except NotAllowedError:
        raise PermissionDenied from None
    except RoundRefusedError as refused:
        return _ranking(request, number, refusal=refused.reason)
    return redirect("desk:assessment", number=number)


def get_round(request: DeskRequest, number: int) -> RoundView:
    """Return a round that the reader may see; others are as unknown."""
    try:
        return queries.get_round(actor=request.actor, number=number)
    except UnknownRoundError:
        raise Http404 from None
