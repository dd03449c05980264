"""Anyone reports that a record shows a person's data; it is hidden at once."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from xinheng.apps.disclosures.operations import DisclosureRefusedError
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.records import disclosing
from xinheng.core.submissions import reasons
from xinheng.core.submissions.reasons import Fault, ReasonError

FAULTS = {
    Fault.MISSING: _("Say where the personal data stand."),
    Fault.TOO_LONG: _("Say it in at most 500 characters."),
    Fault.PERSONAL_ID: _("Leave out the number itself: say where it stands."),
}


class Report(forms.Form):
    """Where the personal data stand."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("Where do the personal data stand?"),
        help_text=_("Such as: in the line of the facts. Don't repeat the data."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_reason(self) -> str:
        """Refuse words that say nothing, or hold what they report."""
        try:
            return reasons.require(self.cleaned_data["reason"])
        except ReasonError as error:
            raise forms.ValidationError(str(FAULTS[error.fault])) from None


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, uscc: str, key: str) -> HttpResponse:
    """Ask where the data stand, and take the report."""
    found = organizations.get_public(uscc)
    if found is None:
        raise Http404(uscc)
    on = timezone.localdate()
    try:
        record = disclosing.get_shown(organization=found.key, key=key, on=on)
    except disclosing.NotShownError:
        raise Http404(key) from None
    form = Report(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            disclosing.report_personal_data(
                organization=found.key,
                key=key,
                what=form.cleaned_data["reason"],
                on=on,
                at=timezone.now(),
            )
            return redirect("portal:report-done")
        except DisclosureRefusedError:
            form.add_error(None, str(_("This record was reported already.")))
    context = {"form": form, "item": found, "record": record}
    return render(request, "portal/report_data.html", context)


@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Say what happens now."""
    return render(request, "portal/report_done.html")
