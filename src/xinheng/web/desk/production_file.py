"""Monthly returns of production as a file: fetch what is owed, and hand it in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from xinheng.apps.duties import importing_production
from xinheng.apps.duties.importing_production import Taken
from xinheng.apps.duties.operations import Reason
from xinheng.apps.units import queries as units
from xinheng.core.catalog import periods
from xinheng.pipeline import short_lists
from xinheng.pipeline.short_lists import UnreadableListError
from xinheng.web import files
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk.duties import MONTHS_SHOWN, asked_month
from xinheng.web.desk.queues import GET_OR_POST

MOST_TOLD = 100
UNREADABLE = _("The file is no CSV in UTF-8 with the columns of the file to fill in.")
REFUSALS: dict[str, Any] = {
    importing_production.NOT_A_NUMBER: _("a number is missing, or is no whole number"),
    importing_production.PERIOD: _("the month is not written as 2019-05"),
    importing_production.NOT_OWED: _("the unit does not owe this return"),
    importing_production.REASON: _(
        "the reason is too long or holds a personal identity number"
    ),
    Reason.PERIOD_FUTURE: _("the month has not begun"),
    Reason.NUMBER: _("more is published than was produced"),
    Reason.REPORTED: _("more is reported than was produced"),
    Reason.NO_REASON: _("it does not say why some are not published or not reported"),
}


class File(forms.Form):
    """The file, filled in."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV in UTF-8, with the columns of the file above."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv"}),
        error_messages={"required": _("Choose a file."), "empty": UNREADABLE},
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse what is too large."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > short_lists.MOST_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        return file


@signed_in
@GET_OR_POST
def take(request: DeskRequest, unit: str) -> HttpResponse:
    """Take a unit's returns from a file, and say which rows were refused."""
    if not request.actor.may_submit_for(unit):
        raise PermissionDenied
    is_sent = request.method == "POST"
    form = File(request.POST if is_sent else None, request.FILES if is_sent else None)
    taken = _take(request, form, unit) if form.is_valid() else None
    refused = taken.refused[:MOST_TOLD] if taken else ()
    context = {
        "form": form,
        "unit": units.get_unit(unit),
        "taken": taken,
        "refused": [(each.row, REFUSALS[each.code], each.code) for each in refused],
        "period": asked_month("", demo_else=periods.of(timezone.localdate())),
    }
    return render(request, "desk/production_file.html", context)


def _take(request: DeskRequest, form: File, unit: str) -> Taken | None:
    try:
        return importing_production.take(
            content=form.cleaned_data["file"].read(),
            unit=unit,
            actor=request.actor,
            at=timezone.now(),
        )
    except UnreadableListError:
        form.add_error("file", str(UNREADABLE))
        return None


@signed_in
@require_safe
def fetch(request: DeskRequest, unit: str) -> HttpResponse:
    """Send the returns that a unit owes for the last months, to be filled in."""
    if not request.actor.may_submit_for(unit):
        raise PermissionDenied
    this_month = periods.of(timezone.localdate())
    last = asked_month(request.GET.get("period", ""), demo_else=this_month)
    content = importing_production.write(
        unit=unit,
        months=[periods.before(last, back) for back in range(MONTHS_SHOWN)],
        actor=request.actor,
    )
    return files.attachment(content, f"production-{unit}-{last}.csv", "text/csv")
