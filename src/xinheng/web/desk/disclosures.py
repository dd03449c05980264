"""The credit office decides reports of personal data."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from xinheng.apps.disclosures import queries
from xinheng.apps.disclosures.operations import DisclosureRefusedError
from xinheng.apps.records import disclosing
from xinheng.web.access import DeskRequest, credit_office
from xinheng.web.desk.forms_queues import Choice

UPHELD, REJECTED = "upheld", "rejected"
CHOICES = (
    (UPHELD, _("It shows a person's data: it stays hidden")),
    (REJECTED, _("It does not: it is shown again")),
)


@credit_office
@require_safe
def reports(request: DeskRequest) -> HttpResponse:
    """List the open reports, the most urgent first, and the last decided."""
    context = {
        "reports": queries.list_reports(actor=request.actor),
        "decided": queries.list_reports(actor=request.actor, decided=True),
    }
    return render(request, "desk/disclosure_reports.html", context)


@credit_office
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: DeskRequest, report: int) -> HttpResponse:
    """Ask for the decision and its reason."""
    waiting = queries.list_reports(actor=request.actor)
    item = next((each for each in waiting if each.id == report), None)
    if item is None:
        raise Http404(str(report))
    posted = request.POST if request.method == "POST" else None
    form = Choice(posted, choices=CHOICES)
    if posted is not None and form.is_valid():
        try:
            disclosing.decide_report(
                report=report,
                upheld=form.cleaned_data["choice"] == UPHELD,
                reason=form.cleaned_data["reason"],
                actor=request.actor,
                at=timezone.now(),
            )
            return redirect("desk:disclosure-reports")
        except DisclosureRefusedError:
            raise Http404(str(report)) from None
    context = {
        "item": item,
        "form": form,
        "question": _("Decide a report of personal data"),
    }
    return render(request, "desk/disclosure_report.html", context)
