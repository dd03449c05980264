"""What the pages that give out credit reports share."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xinheng.apps.reports.layout import FontMissingError, UnprintableError
from xinheng.apps.reports.operations import Issued
from xinheng.apps.reports.sealing import SealError
from xinheng.core.reports.kinds import Kind
from xinheng.web import files

KINDS: dict[Kind, Promise] = {
    Kind.PUBLIC: _("Public"),
    Kind.OWN: _("Own report"),
    Kind.AUTHORIZED: _("Authorized, by consent"),
    Kind.ADMINISTRATIVE: _("For an administrative matter"),
}


def site(request: HttpRequest) -> str:
    """Return the address under which the codes of reports are verified."""
    path = reverse("portal:verify")
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL else _here(request, path)


def _here(request: HttpRequest, path: str) -> str:
    return request.build_absolute_uri(path)


def send(request: HttpRequest, uscc: str, issue: Callable[[], Issued]) -> HttpResponse:
    """Send a report as a file, or say why it can't be made now."""
    try:
        issued = issue()
    except UnprintableError as error:
        context = {"sign": error.sign, "code": error.code}
        return render(request, "portal/report_unprintable.html", context, status=422)
    except (FontMissingError, SealError):
        return render(request, "portal/report_unprintable.html", {}, status=503)
    name = f"credit-report-{uscc}-{issued.code}.pdf"
    response = files.attachment(issued.pdf, name, "application/pdf")
    response["Cache-Control"] = "private, no-store"
    return response
