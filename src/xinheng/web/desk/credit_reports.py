"""Credit reports for officials, in a matter of their body."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xinheng.apps.reports import asking, queries
from xinheng.apps.reports.facts import NoOrganizationError
from xinheng.core.identifiers import uscc as codes
from xinheng.web import credit_reports
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk.forms_measures import Inquiry
from xinheng.web.desk.queues import GET_OR_POST, answers

UNKNOWN = _("The register holds no organization under this code.")
UNKNOWN_THEN = _("The register did not know an organization under this code then.")


class Ask(Inquiry):
    """Whom the report is to be about, and in which matter."""

    def clean_code(self) -> str:
        """Return the code as the register writes it."""
        return codes.normalize(self.cleaned_data["code"])


@signed_in
@GET_OR_POST
def index(request: DeskRequest) -> HttpResponse:
    """Ask for an organization and a matter; answer with the report."""
    if not asking.may_ask(request.actor):
        raise PermissionDenied
    form = Ask(answers(request))
    if form.is_valid():
        try:
            return _send(request, form)
        except NoOrganizationError:
            form.add_error("code", str(UNKNOWN_THEN if _then(form) else UNKNOWN))
    rows = queries.list_of_units(actor=request.actor)
    return render(request, "desk/credit_reports.html", {"form": form, "rows": rows})


def _then(form: Ask) -> bool:
    told = form.cleaned_data
    return bool(told["known_at"] or told["on"])


def _send(request: DeskRequest, form: Ask) -> HttpResponse:
    told, at = form.cleaned_data, timezone.now()
    then = form.asked(at=at)
    return credit_reports.send(
        request,
        told["code"],
        lambda: asking.issue_in_matter(
            uscc=told["code"],
            purpose=told["purpose"],
            actor=request.actor,
            site=credit_reports.site(request),
            at=at,
            then=then,
        ),
    )
