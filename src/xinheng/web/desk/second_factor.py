"""The second factor at sign-in: setting it up once, then a code each time."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from functools import partial

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_otp import DEVICE_ID_SESSION_KEY

from xinheng.apps.accounts import second_factor as factors
from xinheng.apps.accounts.second_factor import Answer, Step
from xinheng.web.access import is_verified
from xinheng.web.desk.forms_sign_in import Code
from xinheng.web.desk.sign_in import destination, open_session

PAGES = {Step.GIVE_CODE: "desk:second-factor", Step.SET_UP: "desk:second-factor-setup"}
QR_PIXELS_PER_MODULE = 5


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code."""
    elsewhere = _lead_elsewhere(request, here=Step.GIVE_CODE)
    if elsewhere is not None:
        return elsewhere
    form = Code(request.POST if request.method == "POST" else None)
    if form.is_valid() and _accept(request, form, factors.verify):
        return redirect(destination(request))
    context = {"form": form, "next": destination(request)}
    return render(request, "desk/second_factor.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_setup(request: HttpRequest) -> HttpResponse:
    """Show the secret, and put it in force with its first code."""
    account = request.user.pk
    elsewhere = _lead_elsewhere(request, here=Step.SET_UP)
    if elsewhere is not None or account is None:
        return elsewhere or redirect("desk:sign-in")
    form = Code(request.POST if request.method == "POST" else None)
    confirm = partial(factors.confirm, at=timezone.now())
    if form.is_valid() and _accept(request, form, confirm):
        return redirect(destination(request))
    setup = factors.begin_set_up(user_id=account)
    context = {
        "form": form,
        "next": destination(request),
        "secret": setup.secret,
        "qr_code": draw(setup.uri),
    }
    return render(request, "desk/second_factor_setup.html", context)


def draw(uri: str) -> SafeString:
    """Return the QR code as SVG to stand in the page: no style, no data: address."""
    svg = segno.make(uri, error="m", micro=False).svg_inline(
        scale=QR_PIXELS_PER_MODULE,
        dark="#000",
        light="#fff",
        title=_("QR code with the secret below"),
        svgclass="qr-code",
        lineclass=None,
    )
    return mark_safe(svg)  # noqa: S308  (segno escapes the title; the rest are numbers)


def _lead_elsewhere(request: HttpRequest, *, here: Step) -> HttpResponse | None:
    """Return where to go where this page isn't the step that is due, else null."""
    if not request.user.is_authenticated:
        return redirect("desk:sign-in")
    step = factors.next_step(
        user_id=request.user.pk,
        on=timezone.localdate(),
        verified=is_verified(request),
    )
    if step is here:
        return None
    return redirect(PAGES.get(step, "desk:home"))


def _accept(request: HttpRequest, form: Code, judge: Callable[..., Answer]) -> bool:
    """Judge the code; where it is right, this session has given the second factor."""
    at = timezone.now()
    answer = judge(user_id=request.user.pk, code=form.cleaned_data["code"])
    if answer.device is None:
        form.add_refusal(_seconds_until(answer.locked_until, at=at))
        return False
    request.session.cycle_key()
    request.session[DEVICE_ID_SESSION_KEY] = answer.device
    open_session(request, at=at)
    return True


def _seconds_until(moment: datetime | None, *, at: datetime) -> int:
    return math.ceil((moment - at).total_seconds()) if moment else 0
