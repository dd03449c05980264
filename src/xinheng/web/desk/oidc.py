"""Signing in through an OpenID provider: out to it, and back."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import get_user_model, login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from xinheng.apps.accounts import oidc
from xinheng.apps.accounts.oidc import OidcRefusedError, Refused
from xinheng.apps.agents import vouched
from xinheng.web.desk import sign_in

REMEMBERED = "oidc"
BACKEND = "django.contrib.auth.backends.ModelBackend"
SAID: dict[Refused, tuple[Promise, int]] = {
    Refused.PROVIDER: (
        _("The identity service can't be reached now. Try again later."),
        502,
    ),
    Refused.STATE: (
        _("This sign-in was begun elsewhere or took too long. Begin it anew."),
        400,
    ),
    Refused.DENIED: (_("The identity service did not let you in."), 403),
    Refused.TOKEN: (
        _(
            "What the identity service said can't be believed: it is too old, meant for"
            " others, or not its own word. Begin anew; if it stays so, tell the"
            " information centre."
        ),
        403,
    ),
    Refused.MANDATE: (
        _(
            "The identity service names no organization of this register for which you"
            " act. Ask the credit office for a letter instead."
        ),
        403,
    ),
}


@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider."""
    if not oidc.is_configured():
        raise Http404
    try:
        page, remembered = oidc.begin(
            callback=_callback(request),
            next_page=sign_in.destination(request),
            at=timezone.now(),
        )
    except OidcRefusedError as refused:
        return _refuse(request, refused.reason)
    request.session[REMEMBERED] = remembered
    return HttpResponseRedirect(page)


@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Take the browser back, and open the session of whom is vouched for."""
    if not oidc.is_configured():
        raise Http404
    at = timezone.now()
    try:
        told, next_page = oidc.finish(
            remembered=request.session.pop(REMEMBERED, None),
            answer=request.GET.dict(),
            callback=_callback(request),
            at=at,
        )
        account = vouched.admit(vouched=told, at=at)
        if not vouched.may_enter(account=account, on=timezone.localdate(at)):
            raise OidcRefusedError(Refused.MANDATE)
    except OidcRefusedError as refused:
        return _refuse(request, refused.reason)
    login(request, get_user_model().objects.get(pk=account), backend=BACKEND)
    sign_in.bound_session(request, account=UUID(account), at=at)
    return redirect(next_page)


def _callback(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("desk:oidc-callback"))


def _refuse(request: HttpRequest, reason: Refused) -> HttpResponse:
    text, status = SAID[reason]
    return render(request, "desk/oidc_refused.html", {"said": text}, status=status)
