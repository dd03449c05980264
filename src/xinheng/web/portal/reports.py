"""Credit reports at the portal: the public one, and one by consent."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from xinheng.apps.reports import consents, facts, operations
from xinheng.apps.reports.consents import UnknownConsentError
from xinheng.apps.reports.facts import NoOrganizationError
from xinheng.apps.reports.operations import Order
from xinheng.core.identifiers import uscc as codes
from xinheng.core.reports.kinds import Kind
from xinheng.web import as_of, caching, credit_reports

ASKER = "public"


class Fetch(forms.Form):
    """The code of a consent."""

    use_required_attribute = False
    code = forms.CharField(
        label=_("Code of the consent"),
        help_text=_("20 signs in groups of five, as the organization gave it to you."),
        max_length=60,
        error_messages={"required": _("Enter the code of the consent.")},
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def public(request: HttpRequest, uscc: str) -> HttpResponse:
    """Say what a public report is, and make it when asked to, as known then or now."""
    at = timezone.now()
    times = as_of.read(request, at=at)
    order = Order(codes.normalize(uscc), Kind.PUBLIC, ASKER, then=times.asked)
    try:
        if request.method != "POST" or times.fault:
            context = {"item": facts.find(order.uscc, order.then), "asking": times}
            page = render(
                request, "portal/credit_report.html", context, status=times.status
            )
            return caching.unkept(page)
        return credit_reports.send(
            request,
            order.uscc,
            lambda: operations.issue(
                order=order, site=credit_reports.site(request), at=at
            ),
        )
    except NoOrganizationError:
        raise Http404 from None


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def authorized(request: HttpRequest) -> HttpResponse:
    """Ask for the code of a consent, and make the report that it allows."""
    form = Fetch(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return credit_reports.send(
                request,
                "authorized",
                lambda: consents.fetch(
                    code=form.cleaned_data["code"],
                    site=credit_reports.site(request),
                    at=timezone.now(),
                ),
            )
        except UnknownConsentError:
            text = _("No consent that holds has this code: it is mistyped, or over.")
            form.add_error("code", str(text))
    return render(request, "portal/report_authorized.html", {"form": form})
