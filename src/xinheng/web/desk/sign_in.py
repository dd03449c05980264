"""Signing in and out: name and password first, a second factor where one is due.

A session begins anew at each step and ends eight hours after sign-in at the latest. One
that waits for the second factor ends after ten minutes and opens no page meanwhile.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from xinheng.apps.accounts import second_factor
from xinheng.apps.accounts.second_factor import Step
from xinheng.web.desk.forms_sign_in import SignIn

PENDING = timedelta(minutes=10)


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password."""
    if request.user.is_authenticated:
        return redirect(destination(request))
    form = SignIn(request.POST if request.method == "POST" else None)
    if form.is_valid() and _begin(request, form):
        return redirect(destination(request))
    context = {
        "form": form,
        "next": destination(request),
        "has_provider": bool(settings.OIDC_ISSUER),
    }
    return render(request, "desk/sign_in.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and lead to the first page."""
    logout(request)
    return redirect("portal:home")


def destination(request: HttpRequest) -> str:
    """Return the page that was asked for, the desk where none of ours was."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else reverse("desk:home")


def open_session(request: HttpRequest, *, at: datetime) -> None:
    """Give the session its whole length, counted from now, whatever is done in it."""
    request.session.set_expiry(at + timedelta(seconds=settings.SESSION_COOKIE_AGE))


def _begin(request: HttpRequest, form: SignIn) -> bool:
    user = authenticate(request, **form.cleaned_data)
    if user is None:
        form.add_refusal()
        return False
    at = timezone.now()
    login(request, user)
    bound_session(request, account=user.pk, at=at)
    return True


def bound_session(request: HttpRequest, *, account: UUID, at: datetime) -> None:
    """Open the session, for minutes only where a second factor is due."""
    open_session(request, at=at)
    step = second_factor.next_step(
        user_id=account, on=timezone.localdate(at), verified=False
    )
    if step is not Step.NONE:
        request.session.set_expiry(at + PENDING)
