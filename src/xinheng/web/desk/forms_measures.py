"""What the desk asks about a measure, and about an organization in a matter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from xinheng.apps.measures.reporting import Outcome, Report
from xinheng.apps.standing.operations import LONGEST_PURPOSE
from xinheng.core.submissions import reasons
from xinheng.core.submissions.reasons import ReasonError
from xinheng.rulebook import measures
from xinheng.web import as_of
from xinheng.web.desk.forms_queues import FAULTS, Choice, Radios

OUTCOMES = {
    Outcome.EXECUTED: _("Executed"),
    Outcome.NOT_APPLICABLE: _("Not applicable: there is nothing to do it to"),
    Outcome.DECLINED: _("Declined: the credit office looks at it again"),
}
UPHOLD, SEND_BACK = "uphold", "send-back"
LOOKS = {
    UPHOLD: _("The decline stands"),
    SEND_BACK: _("Send the task back to the unit"),
}
SELECT = {
    "required": _("Select one of them."),
    "invalid_choice": _("Select one of them."),
}


class Evidence(forms.Form):
    """Where it stands that a measure was undone."""

    use_required_attribute = False
    evidence = forms.CharField(
        label=_("Reference"),
        help_text=_(
            "Number of the document or of the case. Name no natural persons; it is"
            " kept in the ledger."
        ),
        required=False,
    )

    def clean_evidence(self) -> str:
        """Refuse a reference that says nothing, or something about a person."""
        return _checked(self.cleaned_data["evidence"])


class Feedback(forms.Form):
    """What became of a task: the outcome, then why or where it stands."""

    use_required_attribute = False
    outcome = forms.ChoiceField(
        label=_("What was done?"),
        choices=list(OUTCOMES.items()),
        widget=Radios,
        error_messages=SELECT,
    )
    evidence = forms.CharField(
        label=_("Reference, where it was executed"),
        help_text=_("Number of the document or of the case. Name no natural persons."),
        required=False,
    )
    reason = forms.CharField(
        label=_("Reason, where it was not"),
        help_text=_("It is kept in the ledger. Name no natural persons."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the reference or the reason, as the outcome needs it."""
        cleaned = dict(super().clean() or {})
        if outcome := cleaned.get("outcome"):
            is_done = outcome == Outcome.EXECUTED
            needed = "evidence" if is_done else "reason"
            for name in ("evidence", "reason"):
                if name == needed or cleaned.get(name, "").strip():
                    self._check(name, cleaned.get(name, ""))
        return cleaned

    def report(self) -> Report:
        """Return what was written."""
        told = self.cleaned_data
        return Report(Outcome(told["outcome"]), told["reason"], told["evidence"])

    def _check(self, name: str, text: str) -> None:
        try:
            _checked(text)
        except forms.ValidationError as wrong:
            self.add_error(name, wrong)


class SecondLook(Choice):
    """Whether a decline stands, and why."""

    def __init__(self, data: object = None) -> None:
        super().__init__(data, choices=LOOKS.items())


class Inquiry(as_of.TwoTimes):
    """About whom an official asks, and what for, in two times."""

    code = forms.CharField(
        label=_("Unified social credit code"),
        help_text=_("18 characters."),
        max_length=64,
        error_messages={"required": _("Enter the unified social credit code.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    purpose = forms.CharField(
        label=_("What for"),
        help_text=_(
            "Number or name of the procedure. It is logged, and the organization can"
            " see it."
        ),
        required=False,
    )

    field_order: tuple[str, ...] = ("code", "purpose", "known_at", "on")

    def clean_purpose(self) -> str:
        """Refuse a purpose that says nothing, or something about a person."""
        text = _checked(self.cleaned_data["purpose"])
        if len(text) > LONGEST_PURPOSE:
            raise forms.ValidationError(_("Say it in at most 200 characters."))
        return text


class LookUp(Inquiry):
    """Whom, in which matter, and what for."""

    matter = forms.ChoiceField(
        label=_("Matter"),
        error_messages={
            "required": _("Select the matter."),
            "invalid_choice": _("Select the matter."),
        },
    )
    field_order = ("code", "matter", "purpose", "known_at", "on")

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        is_english = (translation.get_language() or "").startswith("en")
        offered = [
            (each.code, each.title_en if is_english else each.title)
            for each in measures.rules().matters.values()
        ]
        self.fields["matter"].choices = [  # type: ignore[attr-defined]
            ("", _("Select")),
            *offered,
        ]


def _checked(text: str) -> str:
    try:
        return reasons.require(text)
    except ReasonError as error:
        raise forms.ValidationError(str(FAULTS[error.fault])) from None
