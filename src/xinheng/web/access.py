"""Who may come in: turns the signed-in user of a request into an `Actor`.

| decorator | lets in | others |
|---|---|---|
| `with_account` | every open account | sign-in page, or the second factor |
| `signed_in` | all of these but agents of organizations | the same, then 403 |
| `credit_office` | who may decide today | the same, then 403 |
| `administrator` | who may administer today | the same, then 403 |
| `agent` | who acts for an organization today | the same, then 403 |

A decorated view finds the actor in `request.actor`. What the actor may do with one unit
is asked of the actor again, by the operation.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from xinheng.apps.accounts import queries as accounts
from xinheng.apps.accounts import second_factor
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.second_factor import Step
from xinheng.apps.agents import queries as agents

P = ParamSpec("P")
PAGES = {
    Step.GIVE_CODE: "desk:second-factor",
    Step.SET_UP: "desk:second-factor-setup",
}


class DeskRequest(HttpRequest):
    """A request of someone who was let in."""

    actor: Actor


View = Callable[Concatenate[DeskRequest, P], HttpResponseBase]
Guarded = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def signed_in(view: View[P]) -> Guarded[P]:
    """Let in every open account that does not act for an organization from outside."""
    return _guard(view, lambda actor: not actor.organizations)


def with_account(view: View[P]) -> Guarded[P]:
    """Let every open account in that did what it has to do at sign-in."""
    return _guard(view, lambda _: True)


def credit_office(view: View[P]) -> Guarded[P]:
    """Let in whoever may decide, which takes the second factor."""
    return _guard(view, lambda actor: actor.may_decide)


def administrator(view: View[P]) -> Guarded[P]:
    """Let in whoever may administer, which takes the second factor."""
    return _guard(view, lambda actor: actor.may_administer)


def office_or_administrator(view: View[P]) -> Guarded[P]:
    """Let in whoever may decide or administer, which takes the second factor."""
    return _guard(view, lambda actor: actor.may_decide or actor.may_administer)


def agent(view: View[P]) -> Guarded[P]:
    """Let in whoever acts for an organization."""
    return _guard(view, lambda actor: bool(actor.organizations))


def _guard(view: View[P], is_let_in: Callable[[Actor], bool]) -> Guarded[P]:
    @wraps(view)
    def guarded(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        actor = _find_actor(request)
        if not isinstance(actor, Actor):
            return actor
        if not is_let_in(actor):
            raise PermissionDenied
        admitted = cast("DeskRequest", request)
        admitted.actor = actor
        response = view(admitted, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return guarded


def _find_actor(request: HttpRequest) -> Actor | HttpResponse:
    """Return the actor, or the redirect to what has to be done first."""
    account, on = request.user.pk, timezone.localdate()
    if account is None:
        return _go_to("desk:sign-in", request)
    verified = is_verified(request)
    try:
        step = second_factor.next_step(user_id=account, on=on, verified=verified)
        if step in PAGES:
            return _go_to(PAGES[step], request)
        actor = accounts.get_actor(user_id=account, on=on, verified=verified)
    except accounts.UnknownAccountError:  # closed a moment ago
        return _go_to("desk:sign-in", request)
    return agents.with_organizations(actor, on=on)


def is_verified(request: HttpRequest) -> bool:
    """Return whether this session gave the second factor."""
    return getattr(request.user, "otp_device", None) is not None


def _go_to(page: str, request: HttpRequest) -> HttpResponse:
    asked_for = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    query = f"?{urlencode({'next': asked_for})}" if asked_for else ""
    response = HttpResponseRedirect(reverse(page) + query)
    add_never_cache_headers(response)
    return response
