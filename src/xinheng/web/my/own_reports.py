"""The organization's own credit report, and whom it lets fetch one."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.reports import asking as reports
from xinheng.apps.reports import consents as given
from xinheng.apps.reports.consents import (
    ConsentTermError,
    UnknownConsentError,
    Wanted,
)
from xinheng.apps.reports.facts import NoOrganizationError
from xinheng.core.submissions import reasons
from xinheng.core.submissions.reasons import Fault, ReasonError
from xinheng.web import as_of, credit_reports
from xinheng.web.access import DeskRequest, agent
from xinheng.web.my import asking
from xinheng.web.my.entries import GET_OR_POST

FAULTS = {
    Fault.MISSING: _("Fill this in: it is told to nobody but the receiver and you."),
    Fault.TOO_LONG: _("Say it shorter: 100 characters for the receiver, 200 for what."),
    Fault.PERSONAL_ID: _("Leave out the number of a person."),
}


class Consent(forms.Form):
    """Who may fetch the report, what for, until when."""

    use_required_attribute = False
    receiver = forms.CharField(
        label=_("Who may fetch the report?"),
        help_text=_("Name or unified code of an organization. Name no person."),
        max_length=given.LONGEST_RECEIVER,
        required=False,
    )
    purpose = forms.CharField(
        label=_("What for"),
        help_text=_("It stands on the report. For example: application for a loan."),
        max_length=200,
        required=False,
    )
    expires_on = forms.DateField(
        label=_("First day on which it no longer holds"),
        help_text=_("For example 2019-12-31; at most 90 days from today."),
        input_formats=["%Y-%m-%d"],
        error_messages={
            "invalid": _("Enter a day such as 2019-06-04."),
            "required": _("Enter a day such as 2019-06-04."),
        },
    )

    def clean_receiver(self) -> str:
        """Refuse what can't be kept."""
        return _checked(self.cleaned_data["receiver"])

    def clean_purpose(self) -> str:
        """Refuse what can't be kept."""
        return _checked(self.cleaned_data["purpose"])


@agent
@require_POST
def report(request: DeskRequest, uscc: str) -> HttpResponse:
    """Make the organization's own report: all that is held, or was as known then."""
    item, at = asking.acting(request, uscc), timezone.now()
    times = as_of.read(request, at=at)
    if times.fault:
        return redirect(f"{item_page(uscc)}?{request.GET.urlencode()}")
    try:
        return credit_reports.send(
            request,
            item.uscc,
            lambda: reports.issue_own(
                uscc=item.uscc,
                actor=request.actor,
                site=credit_reports.site(request),
                at=at,
                then=times.asked,
            ),
        )
    except (NoOrganizationError, NotAllowedError):
        # Then the register did not know it, or under this code another one.
        context = {"code": item.uscc, "asking": times}
        page = "portal/organization_unknown_then.html"
        return render(request, page, context, status=404)


def item_page(uscc: str) -> str:
    """Return the address of the organization's own page."""
    return reverse("my:organization", args=[uscc])


@agent
@GET_OR_POST
def consents(request: DeskRequest, uscc: str) -> HttpResponse:
    """List consents, and give one: its code is shown this once."""
    item = asking.acting(request, uscc)
    form = Consent(asking.sent(request))
    code = _give(request, item.key, form) if form.is_valid() else None
    on = timezone.localdate()
    rows = given.list_given(actor=request.actor, organization=item.key)
    context = {
        "item": item,
        "form": Consent() if code else form,
        "code": code,
        "rows": [(each, each.holds(on)) for each in rows],
    }
    return render(request, "my/consents.html", context)


@agent
@require_POST
def withdraw(request: DeskRequest, uscc: str, consent: int) -> HttpResponse:
    """Withdraw a consent."""
    item = asking.acting(request, uscc)
    try:
        given.withdraw(consent=consent, actor=request.actor, at=timezone.now())
    except UnknownConsentError:
        raise Http404 from None
    return redirect("my:consents", uscc=item.uscc)


def _give(request: DeskRequest, organization: str, form: Consent) -> str | None:
    """Give the consent and return its code; tell the form where that can't be."""
    told = form.cleaned_data
    wanted = Wanted(told["receiver"], told["purpose"], told["expires_on"])
    try:
        return given.give(
            organization=organization,
            wanted=wanted,
            actor=request.actor,
            at=timezone.now(),
        )
    except ConsentTermError:
        text = _("Choose a day after today, at most 90 days from now.")
        form.add_error("expires_on", str(text))
    return None


def _checked(text: str) -> str:
    try:
        return reasons.require(text)
    except ReasonError as error:
        raise forms.ValidationError(str(FAULTS[error.fault])) from None
