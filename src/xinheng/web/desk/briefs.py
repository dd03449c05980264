"""Briefs at the desk: a unit writes, the office edits, another person approves."""

from __future__ import annotations

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.statistics import briefs as operations
from xinheng.apps.statistics.briefs import (
    BriefRefusedError,
    BriefView,
    Contribution,
    UnknownBriefError,
)
from xinheng.apps.units import queries as units
from xinheng.core.catalog import periods
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import bulletins_words as words
from xinheng.web.desk.forms_queues import Radios, Reason
from xinheng.web.desk.queues import GET_OR_POST, answers
from xinheng.web.desk.workbench_forms import SELECT_ONE
from xinheng.web.templatetags.xinheng import local

OFFICE = "office"
APPROVE, SEND_BACK = "approve", "send-back"


class Text(forms.Form):
    """A brief's title and text; what is wrong with them core says."""

    use_required_attribute = False
    title = forms.CharField(
        label=_("Title"),
        required=False,
        help_text=_("At most 100 characters."),
    )
    text = forms.CharField(
        label=_("Text"),
        required=False,
        help_text=_(
            "At most 3000 characters; a new line begins a paragraph. No personal"
            " identity numbers."
        ),
        widget=forms.Textarea(attrs={"rows": 10}),
    )


class Brief(Text):
    """A new brief: in whose name, for which month and section."""

    writer = forms.ChoiceField(label=_("In the name of"), error_messages=SELECT_ONE)
    section = forms.ChoiceField(
        label=_("Section"), choices=list(words.SECTIONS.items())
    )
    period = forms.CharField(
        label=_("Month of the issue"), help_text=_("For example 2019-05.")
    )
    field_order = ("writer", "section", "period", "title", "text")

    def __init__(self, data: object, *, writers: list[tuple[str, str]]) -> None:
        super().__init__(data, initial={"section": "BRIEF"})  # type: ignore[arg-type]
        self.fields["writer"].choices = writers  # type: ignore[attr-defined]

    def clean_period(self) -> str:
        """Refuse what is no month."""
        try:
            return periods.parse(self.cleaned_data["period"])
        except periods.InvalidPeriodError:
            text = _("Enter a month such as 2019-05.")
            raise forms.ValidationError(str(text)) from None

    def clean(self) -> dict[str, object]:
        """Leave the office's sections to the office."""
        told = super().clean() or {}
        if told.get("section") != "BRIEF" and told.get("writer") != OFFICE:
            self.add_error(
                "section", str(_("Only the credit office writes this section."))
            )
        return told


class Decision(Reason):
    """Approve, or send back with a reason."""

    choice = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=[
            (APPROVE, _("Approve: it stands in the issue of its month")),
            (SEND_BACK, _("Send back, with the reason")),
        ],
        widget=Radios,
        error_messages=SELECT_ONE,
    )
    field_order = ("choice", "reason")

    def clean_reason(self) -> str:
        """Ask for a reason only where something is sent back."""
        if self.data.get("choice") != SEND_BACK:
            return ""
        return super().clean_reason()


@signed_in
@GET_OR_POST
def new(request: DeskRequest) -> HttpResponse:
    """Take a brief."""
    writers = _writers(request)
    if not writers:
        raise PermissionDenied
    form = Brief(answers(request), writers=writers)
    if form.is_valid() and _submit(request, form):
        return redirect(f"{reverse('desk:bulletins')}?done=1")
    return render(request, "desk/brief_form.html", {"form": form, "item": None})


@signed_in
@GET_OR_POST
def one(request: DeskRequest, brief: int) -> HttpResponse:
    """Show a brief, and take the decision on it."""
    item = _get(request, brief)
    form = Decision(answers(request)) if item.may_decide else None
    if form is not None and form.is_valid() and _decide(request, item, form):
        return redirect(f"{reverse('desk:bulletins')}?done=1")
    title, tone = words.STATES[item.state]
    context = {"item": item, "form": form, "state": title, "tone": tone}
    return render(request, "desk/brief.html", context)


@signed_in
@GET_OR_POST
def edit(request: DeskRequest, brief: int) -> HttpResponse:
    """Take another text for a brief."""
    item = _get(request, brief)
    form = Text(answers(request), initial={"title": item.title, "text": item.text})
    if form.is_valid() and _edit(request, item, form):
        return redirect("desk:brief", brief=brief)
    return render(request, "desk/brief_form.html", {"form": form, "item": item})


def _writers(request: DeskRequest) -> list[tuple[str, str]]:
    own = [
        (each.code, local(each, "name"))
        for each in units.list_units(timezone.localdate())
        if request.actor.may_submit_for(each.code)
    ]
    return [(OFFICE, str(_("Credit office")))] * request.actor.may_decide + own


def _get(request: DeskRequest, brief: int) -> BriefView:
    try:
        return operations.get_brief(brief=brief, actor=request.actor)
    except UnknownBriefError as unknown:
        raise Http404(str(unknown)) from None


def _submit(request: DeskRequest, form: Brief) -> bool:
    told = form.cleaned_data
    writer = told["writer"]
    contribution = Contribution(
        period=told["period"],
        section=told["section"],
        unit=None if writer == OFFICE else writer,
        title=told["title"],
        text=told["text"],
    )
    try:
        operations.submit(
            contribution=contribution, actor=request.actor, at=timezone.now()
        )
    except BriefRefusedError as refused:
        return _refused(form, refused)
    return True


def _edit(request: DeskRequest, item: BriefView, form: Text) -> bool:
    told = form.cleaned_data
    try:
        operations.edit(
            brief=item.id,
            title=told["title"],
            text=told["text"],
            actor=request.actor,
            at=timezone.now(),
        )
    except NotAllowedError:
        raise PermissionDenied from None
    except BriefRefusedError as refused:
        return _refused(form, refused)
    return True


def _decide(request: DeskRequest, item: BriefView, form: Decision) -> bool:
    told, at = form.cleaned_data, timezone.now()
    try:
        if told["choice"] == APPROVE:
            operations.approve(brief=item.id, actor=request.actor, at=at)
        else:
            operations.send_back(
                brief=item.id, reason=told["reason"], actor=request.actor, at=at
            )
    except BriefRefusedError as refused:
        return _refused(form, refused)
    return True


def _refused(form: forms.Form, refused: BriefRefusedError) -> bool:
    """Say at the field why the brief was not taken."""
    field = words.AT_FIELD.get(refused.refusal)
    text = str(words.BRIEF[refused.refusal])
    form.add_error(field if field in form.fields else None, text)
    return False
