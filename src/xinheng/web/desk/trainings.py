"""Training sessions for credit repair at the desk: who sent how many, no names."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.cases.operations import By
from xinheng.apps.organizations.mergers import UnknownOrganizationError
from xinheng.apps.repairs import queries, training
from xinheng.apps.repairs.training import Fault, Session, TrainingRefusedError
from xinheng.apps.units import queries as units
from xinheng.core.identifiers import uscc as codes
from xinheng.web import paging, redress_words
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk.queues import GET_OR_POST, answers
from xinheng.web.templatetags.xinheng import local

LINE = re.compile(r"(\S+)[\s,，;；]+(\d{1,5})")
AT_FIELD = {
    Fault.TITLE: "title",
    Fault.DAY: "held_on",
    Fault.NOBODY: "attended",
    Fault.NUMBER: "attended",
    Fault.PERSONAL_ID: "title",
}


class Record(forms.Form):
    """A session that was held, and who attended it."""

    use_required_attribute = False
    unit = forms.ChoiceField(label=_("Unit that held it"))
    title = forms.CharField(
        label=_("Title of the session"),
        max_length=200,
        error_messages={"required": _("Enter a title of at most 200 characters.")},
    )
    held_on = forms.DateField(
        label=_("Day"),
        help_text=_("For example 2019-06-04."),
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": _("Enter the day."),
            "invalid": _("Enter a day such as 2019-06-04."),
        },
    )
    attended = forms.CharField(
        label=_("Organizations that attended"),
        help_text=_(
            "One in each line: the unified code, a blank, the number of attendees. No"
            " names of persons."
        ),
        error_messages={"required": _("Enter at least one organization.")},
        widget=forms.Textarea(attrs={"rows": 6, "class": "code"}),
    )

    def __init__(self, data: object, *, offered: list[tuple[str, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["unit"].choices = offered  # type: ignore[attr-defined]

    def clean_attended(self) -> dict[str, int]:
        """Return the attendees of each code; refuse a line that says something else."""
        found: dict[str, int] = {}
        for number, line in enumerate(self.cleaned_data["attended"].splitlines(), 1):
            if not line.strip():
                continue
            read = LINE.fullmatch(line.strip())
            if read is None:
                text = _("Line %(number)s is no code and number.") % {"number": number}
                raise forms.ValidationError(str(text))
            found[codes.normalize(read[1])] = int(read[2])
        return found


@signed_in
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """List the sessions."""
    page = queries.list_sessions(page=paging.number(request))
    may_record = bool(request.actor.units) or request.actor.may_decide
    context = {
        "page": page,
        "may_record": may_record,
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/trainings.html", context)


@signed_in
@GET_OR_POST
def record(request: DeskRequest) -> HttpResponse:
    """Take a session that was held."""
    offered = [
        (each.code, local(each, "name"))
        for each in units.list_units(timezone.localdate())
        if request.actor.may_decide or request.actor.may_submit_for(each.code)
    ]
    if not offered:
        raise PermissionDenied
    form = Record(answers(request), offered=offered)
    if form.is_valid() and _record(request, form):
        return redirect("desk:trainings")
    return render(request, "desk/training_new.html", {"form": form})


def _record(request: DeskRequest, form: Record) -> bool:
    session = Session(**form.cleaned_data)
    try:
        training.record(session=session, by=By(request.actor, timezone.now()))
    except NotAllowedError:
        raise PermissionDenied from None
    except TrainingRefusedError as refused:
        text = redress_words.TRAINING[refused.fault]
        form.add_error(AT_FIELD[refused.fault], str(text))
    except UnknownOrganizationError as unknown:
        text = _("The register holds no organization under %(code)s.")
        form.add_error("attended", str(text) % {"code": unknown.code})
    else:
        return True
    return False
