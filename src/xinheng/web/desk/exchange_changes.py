"""Changes of a platform's profile: one person proposes, replays; another adopts."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from xinheng.apps.exchange import proposal_queries, proposals
from xinheng.apps.exchange.proposal_queries import ProposalView, UnknownProposalError
from xinheng.apps.exchange.proposals import ImpossibleError, ProposalRefusedError
from xinheng.core.submissions.reasons import ReasonError
from xinheng.web.access import DeskRequest, credit_office, signed_in
from xinheng.web.desk import exchange_forms as forms
from xinheng.web.desk import exchange_words as words
from xinheng.web.desk import verdicts
from xinheng.web.desk.exchange import LAST_BATCHES, exchanging, health_of

MOST_SHOWN = 50


@credit_office
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: DeskRequest, target: str) -> HttpResponse:
    """Put a change of a profile forward: begun with what is sent by today."""
    health_of(target)
    profile = proposals.current(target)
    form = forms.Proposing(request.POST or None, profile=profile)
    if request.method == "POST" and form.is_valid():
        try:
            made = proposals.propose(
                actor=request.actor,
                target=target,
                wish=form.wish(),
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except (ImpossibleError, ProposalRefusedError, ReasonError) as why:
            form.refuse(why)
        else:
            return redirect("desk:exchange-proposal", made)
    return render(
        request, "desk/exchange_propose.html", {"form": form, "target": target}
    )


@signed_in
@exchanging
@require_safe
def show(request: DeskRequest, proposal: int) -> HttpResponse:
    """Show a proposal as a diff, with what its replays came to."""
    return _page(request, _get(proposal))


@credit_office
@require_POST
def replay(request: DeskRequest, proposal: int) -> HttpResponse:
    """Try the last batches on the simulator and show what would be refused."""
    found = _get(proposal)
    try:
        done = proposals.replay(
            actor=request.actor,
            proposal=found.id,
            most=LAST_BATCHES,
            on=timezone.localdate(),
            at=timezone.now(),
        )
    except ProposalRefusedError as why:
        return _page(request, found, refusal=forms.REFUSALS[why.fault])
    return _page(request, _get(proposal), outcome=done)


@credit_office
@require_POST
def send(request: DeskRequest, proposal: int) -> HttpResponse:
    """Have the worker send the last batches under the proposal."""
    return _decide(
        request,
        proposal,
        lambda: proposals.ask_for_real(
            actor=request.actor,
            proposal=proposal,
            most=LAST_BATCHES,
            at=timezone.now(),
        ),
    )


@credit_office
@require_POST
def adopt(request: DeskRequest, proposal: int) -> HttpResponse:
    """Make the proposal the platform's profile: not by who put it forward."""
    return _decide(
        request,
        proposal,
        lambda: proposals.adopt(
            actor=request.actor, proposal=proposal, at=timezone.now()
        ),
    )


@credit_office
@require_POST
def drop(request: DeskRequest, proposal: int) -> HttpResponse:
    """Leave the profile as it is."""
    return _decide(
        request,
        proposal,
        lambda: proposals.drop(
            actor=request.actor, proposal=proposal, at=timezone.now()
        ),
    )


def _decide(
    request: DeskRequest, proposal: int, act: Callable[[], None]
) -> HttpResponse:
    found = _get(proposal)
    try:
        act()
    except ProposalRefusedError as why:
        return _page(request, found, refusal=forms.REFUSALS[why.fault])
    return redirect("desk:exchange-proposal", proposal)


def _get(proposal: int) -> ProposalView:
    try:
        return proposal_queries.get(proposal)
    except UnknownProposalError:
        raise Http404 from None


def _page(
    request: DeskRequest,
    found: ProposalView,
    *,
    refusal: Promise | None = None,
    outcome: proposals.Outcome | None = None,
) -> HttpResponse:
    is_own = found.proposed_by == request.actor.account_id
    context = {
        "proposal": found,
        "refusal": refusal,
        "outcome": outcome,
        "may_adopt": found.is_open and not is_own and not found.is_stale,
        "is_own": is_own,
        "stop": words.stop(str(found.sent.get("stopped", ""))),
        "refusals": [
            (each, verdicts.title(each.dataset), words.reason(each.code))
            for each in (outcome.after.refusals[:MOST_SHOWN] if outcome else ())
        ],
    }
    return render(request, "desk/exchange_proposal.html", context)
