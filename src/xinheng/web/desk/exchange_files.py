"""Feedback that a person hands over, and what neighbors told."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from xinheng.apps.exchange import feedback, inspecting, targets
from xinheng.apps.exchange.feedback import UnknownOddityError
from xinheng.apps.exchange.inspecting import ReceivedView, UnknownNeighborError
from xinheng.apps.exchange.targets import Target, TargetsError, UnknownTargetError
from xinheng.core.exchange.feedback import UnreadableFeedbackError
from xinheng.core.identifiers import uscc
from xinheng.web import paging
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import exchange_words as words
from xinheng.web.desk import verdicts
from xinheng.web.desk.exchange import exchanging, health_of
from xinheng.web.desk.exchange_forms import Feedback


@signed_in
@exchanging
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: DeskRequest, target: str) -> HttpResponse:
    """Take a file of feedback, and tell line by line what was not followed."""
    health_of(target)
    form = Feedback(request.POST or None, request.FILES or None)
    taken = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            taken = feedback.take(
                _target(target),
                file.read(),
                source=file.name,
                actor=request.actor.account_id,
                at=timezone.now(),
            )
        except UnreadableFeedbackError as wrong:
            form.add_error("file", str(words.UNREADABLE[wrong.code]))
    kept = [(each, words.odd(each.why)) for each in (taken.kept if taken else ())]
    context = {"form": form, "target": target, "taken": taken, "kept": kept}
    return render(request, "desk/exchange_feedback.html", context)


@signed_in
@exchanging
@require_POST
def close(request: DeskRequest, oddity: int) -> HttpResponse:
    """Let go what was kept for inspection."""
    try:
        target = feedback.close(actor=request.actor, oddity=oddity, at=timezone.now())
    except UnknownOddityError:
        raise Http404 from None
    return redirect("desk:exchange-target", target)


@signed_in
@exchanging
@require_safe
def received(request: DeskRequest, neighbor: str) -> HttpResponse:
    """Show what a neighbor told, and up to what it has signed."""
    try:
        found = inspecting.get_neighbor(neighbor)
    except UnknownNeighborError:
        raise Http404 from None
    code = uscc.normalize(request.GET.get("code", ""))[:18]
    page = inspecting.list_received(
        neighbor=neighbor, uscc=code, page=paging.number(request)
    )
    context = {
        "neighbor": found,
        "error": words.follow(found.last_error),
        "code": code,
        "page": page,
        "rows": [_row(each) for each in page.items],
    }
    return render(request, "desk/exchange_received.html", context)


def _row(item: ReceivedView) -> tuple[ReceivedView, str]:
    return item, verdicts.title(item.dataset)


def _target(name: str) -> Target:
    """Return the target as it is configured; one that is no longer takes nothing."""
    try:
        return targets.get(name)
    except (UnknownTargetError, TargetsError):
        raise Http404 from None
