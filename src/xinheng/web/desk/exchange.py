"""Exchange with other platforms: how each stands, what went out, what came back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.http import require_POST, require_safe

from xinheng.apps.exchange import (
    inspecting,
    learned,
    operations,
    proposal_queries,
    proposals,
    queries,
    rehearsing,
)
from xinheng.apps.exchange.queries import Health, Unresolved
from xinheng.apps.exchange.rehearsing import Rehearsal
from xinheng.core.exchange.profiles import Profile
from xinheng.rulebook import exchange_profiles
from xinheng.web import paging
from xinheng.web.access import DeskRequest, credit_office, signed_in
from xinheng.web.desk import exchange_words as words
from xinheng.web.desk import verdicts
from xinheng.web.desk.workbench import unit_names

P = ParamSpec("P")
REHEARSED_ROWS = 200
LAST_BATCHES = 3
MOST_SHOWN = 50
View = Callable[Concatenate[DeskRequest, P], HttpResponseBase]


def exchanging(view: View[P]) -> View[P]:
    """Let in the credit office and the administrator."""

    @wraps(view)
    def guarded(
        request: DeskRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if not (request.actor.may_decide or request.actor.may_administer):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@dataclass(frozen=True, slots=True)
class Line:
    """A target on the page: in words."""

    health: Health
    title: str
    error: Promise | str
    ages: tuple[tuple[Promise, int], ...]


@signed_in
@exchanging
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Show every target: what it is owed, how old that is, what went wrong last."""
    context = {
        "lines": [_line(each) for each in queries.list_health(at=timezone.now())],
        "neighbors": [
            (each, words.follow(each.last_error))
            for each in inspecting.list_neighbors()
        ],
        "profiles": list(exchange_profiles.profiles().values()),
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/exchange.html", context)


@signed_in
@exchanging
@require_safe
def target(request: DeskRequest, target: str) -> HttpResponse:
    """Show one target: its counts, what was learned of it, its last sendings."""
    context = {
        "line": _line(health_of(target)),
        "changes": queries.list_changes(target=target),
        "proposals": [
            (each, words.PROPOSALS[each.state])
            for each in proposal_queries.list_of(target)
        ],
        "kept": [
            (each, words.odd(each.why)) for each in inspecting.list_oddities(target)
        ],
        "page": (page := queries.list_trials(target=target, page=_page(request))),
        "trials": [
            (each, verdicts.title(each.dataset), words.kind(each.kind), words.tag(each))
            for each in page.items
        ],
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/exchange_target.html", context)


@signed_in
@require_safe
def unresolved(request: DeskRequest) -> HttpResponse:
    """List what was refused and not mended: of the reader's units, or of all."""
    page = queries.list_unresolved(actor=request.actor, page=_page(request))
    names = unit_names()
    context = {
        "page": page,
        "rows": [_row(each, names.get(each.unit, each.unit)) for each in page.items],
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/exchange_unresolved.html", context)


@credit_office
@require_POST
def again(request: DeskRequest, obligation: int) -> HttpResponse:
    """Owe a refused row again."""
    try:
        operations.send_again(
            actor=request.actor, obligation=obligation, at=timezone.now()
        )
    except operations.NotRefusedError:
        raise Http404 from None
    return redirect(f"{reverse('desk:exchange-unresolved')}?done=again")


@signed_in
@exchanging
@require_POST
def forget(request: DeskRequest, target: str) -> HttpResponse:
    """Go back to the rulebook's profile."""
    health_of(target)
    learned.forget(actor=request.actor, target=target, at=timezone.now())
    return redirect(f"{reverse('desk:exchange-target', args=[target])}?done=forgotten")


@signed_in
@exchanging
@require_POST
def rehearse(request: DeskRequest, profile: str) -> HttpResponse:
    """Try the latest records on a simulated platform and show what came of it."""
    known = exchange_profiles.profiles()
    if profile not in known:
        raise Http404
    number = _seed(request)
    found = rehearsing.rehearse(
        known[profile], seed=number, rows=REHEARSED_ROWS, on=timezone.localdate()
    )
    address = reverse("desk:exchange-rehearse", args=[profile])
    return _rehearsed(request, known[profile], number, found, address)


@signed_in
@exchanging
@require_POST
def rehearse_batches(request: DeskRequest, target: str) -> HttpResponse:
    """Try a target's last batches, and what is due, on a simulated platform."""
    health_of(target)
    profile, number = proposals.current(target), _seed(request)
    found = rehearsing.rehearse_batches(
        profile,
        rehearsing.new_platform(profile, seed=number),
        target=target,
        batches=LAST_BATCHES,
        on=timezone.localdate(),
    )
    address = reverse("desk:exchange-rehearse-batches", args=[target])
    return _rehearsed(request, profile, number, found, address)


def _rehearsed(
    request: DeskRequest, profile: Profile, seed: int, found: Rehearsal, address: str
) -> HttpResponse:
    context = {
        "profile": profile,
        "seed": seed,
        "next": seed + 1,
        "address": address,
        "found": found,
        "troubles": [words.TROUBLES[each] for each in found.troubles],
        "refusals": [
            (each, verdicts.title(each.dataset), words.reason(each.code))
            for each in found.refusals[:MOST_SHOWN]
        ],
    }
    return render(request, "desk/exchange_rehearsal.html", context)


def _seed(request: DeskRequest) -> int:
    seed = request.POST.get("seed", "")
    return int(seed) if seed.isdecimal() and len(seed) < 10 else 1


def _page(request: DeskRequest) -> int:
    return paging.number(request)


def health_of(target: str) -> Health:
    """Return how a target stands, or tell that there is none."""
    for health in queries.list_health(at=timezone.now()):
        if health.name == target:
            return health
    raise Http404


def _line(health: Health) -> Line:
    profile = exchange_profiles.profiles().get(health.profile)
    ages = tuple(zip(words.AGES, health.ages, strict=True))
    title = words.title(profile) if profile else health.profile
    return Line(health, title, words.stop(health.last_error), ages)


def _row(item: Unresolved, unit: str) -> tuple[Unresolved, str, str, Promise | str]:
    return item, unit, verdicts.title(item.dataset), words.reason(item.code)
