"""What the workbench asks: whom to ask, what is proposed, what a person judges."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from xinheng.apps.evidence.operations import Handed
from xinheng.apps.organizations.corrections import AnswerError
from xinheng.core.identifiers import uscc
from xinheng.core.organizations import judgements
from xinheng.core.organizations.corrections import Answer, Case, Fault, Flag, Subject
from xinheng.core.organizations.judgements import Pair, Verdict
from xinheng.core.submissions import reasons
from xinheng.core.submissions.reasons import ReasonError
from xinheng.web.desk.evidence import EvidenceField
from xinheng.web.desk.forms_queues import FAULTS, Radios, Reason
from xinheng.web.desk.workbench_words import FAULTS as ANSWER_FAULTS
from xinheng.web.desk.workbench_words import FLAGS, SUBJECTS, VERDICTS

SELECT_ONE = {
    "required": _("Select one of them."),
    "invalid_choice": _("Select one of them."),
}


def required_evidence(text: str) -> str:
    """Return what names a document, to be kept.

    Raises:
        ValidationError: it is blank or too long, or holds a person's number.
    """
    try:
        return reasons.require(text)
    except ReasonError as error:
        missing = {reasons.Fault.MISSING: ANSWER_FAULTS[Fault.EVIDENCE_MISSING][1]}
        raise forms.ValidationError(str((FAULTS | missing)[error.fault])) from None


class Assign(Reason):
    """Whom to ask, and what."""

    unit = forms.ChoiceField(label=_("Registrar's unit"), error_messages=SELECT_ONE)
    field_order = ("unit", "reason")

    def __init__(self, data: object, *, units: Iterable[tuple[str, str]]) -> None:
        super().__init__(data, prefix="assign")  # type: ignore[arg-type]
        offered = [("", "–"), *units]
        self.fields["unit"].choices = offered  # type: ignore[attr-defined]


MOST_FILES = 5


class Propose(forms.Form):
    """One of the three answers, with its day and its evidence."""

    use_required_attribute = False
    flag = forms.ChoiceField(
        label=_("Data operation flag"),
        choices=list(FLAGS.items()),
        widget=Radios,
        error_messages=SELECT_ONE,
    )
    subject = forms.ChoiceField(
        label=_("Whom it is about"), widget=Radios, error_messages=SELECT_ONE
    )
    new_code = forms.CharField(
        label=_("New unified code"),
        help_text=_("Only where a new code was assigned."),
        required=False,
        max_length=40,
    )
    effective_on = forms.DateField(
        label=_("Day of the registrar's act"),
        help_text=_("For example 2019-06-04."),
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": _("Enter the day."),
            "invalid": _("Enter a day such as 2019-06-04."),
        },
    )
    evidence = forms.CharField(
        label=_("Supporting document"),
        help_text=_(
            "Number and title of the registrar's document. Name no natural persons."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    attached = EvidenceField(
        most=MOST_FILES,
        help_text=_(
            "Optional. PDF, JPEG or PNG. No personal identity number may stand in a"
            " file: look through scans, they can't be searched."
        ),
    )
    evidence_sha256 = forms.CharField(
        label=_("Digest of a file that stays with you (SHA-256)"),
        help_text=_("Optional. For a document that is not handed in here."),
        required=False,
        max_length=64,
    )

    def __init__(self, data: object, files: object = None, *, case: Case) -> None:
        super().__init__(data, files, prefix="propose")  # type: ignore[arg-type]
        offered = [(each.value, SUBJECTS[each]) for each in case.subjects]
        self.fields["subject"].choices = offered  # type: ignore[attr-defined]
        self.fields["subject"].initial = offered[0][0]

    def clean_evidence(self) -> str:
        """Refuse evidence that says nothing, or something about a person."""
        return required_evidence(self.cleaned_data["evidence"])

    def answer(self) -> Answer:
        """Return what is proposed; the form must be valid."""
        told = self.cleaned_data
        return Answer(
            flag=Flag(told["flag"]),
            subject=Subject(told["subject"]),
            new_code=uscc.normalize(told["new_code"]),
            effective_on=told["effective_on"],
            evidence=told["evidence"],
            evidence_sha256=told["evidence_sha256"].strip().lower(),
        )

    def handed(self) -> list[Handed]:
        """Return the files; the form must be valid."""
        files = self.cleaned_data["attached"]
        return [Handed(file.name or "", file.read()) for file in files]

    def refuse(self, error: AnswerError) -> None:
        """Tell what doesn't fit the issue, each at its field."""
        for fault in error.faults:
            name, text = ANSWER_FAULTS[fault]
            self.add_error(name, str(text))


class Decide(Reason):
    """Decide as proposed or send it back, and why."""

    choice = forms.ChoiceField(
        label=_("Decision"), widget=Radios, error_messages=SELECT_ONE
    )
    field_order = ("choice", "reason")

    def __init__(self, data: object) -> None:
        super().__init__(data, prefix="decide")  # type: ignore[arg-type]
        self.fields["choice"].choices = [  # type: ignore[attr-defined]
            ("decide", _("Decide as proposed")),
            ("send-back", _("Send the proposal back")),
        ]


class Undo(Reason):
    """Why a decision is taken back."""

    def __init__(self, data: object) -> None:
        super().__init__(data, prefix="undo")  # type: ignore[arg-type]


class Judge(Reason):
    """What a person says about two entries that stand side by side, and why."""

    one = forms.ChoiceField(label=_("First entry"), error_messages=SELECT_ONE)
    other = forms.ChoiceField(label=_("Second entry"), error_messages=SELECT_ONE)
    verdict = forms.ChoiceField(
        label=_("They are"),
        choices=list(VERDICTS.items()),
        widget=Radios,
        error_messages=SELECT_ONE,
    )
    field_order = ("one", "other", "verdict", "reason")

    def __init__(self, data: object, *, entries: list[tuple[str, str]]) -> None:
        super().__init__(data, prefix="judge")  # type: ignore[arg-type]
        for name, place in (("one", 0), ("other", 1)):
            self.fields[name].choices = entries  # type: ignore[attr-defined]
            self.fields[name].initial = entries[min(place, len(entries) - 1)][0]

    def clean(self) -> dict[str, object]:
        """Refuse two times the same entry."""
        cleaned = dict(super().clean() or {})
        if cleaned.get("one") and cleaned.get("one") == cleaned.get("other"):
            self.add_error("other", _("Select another entry than the first."))
        return cleaned

    def pair(self) -> Pair:
        """Return the two entries; the form must be valid."""
        told = self.cleaned_data
        return judgements.pair(
            judgements.parse(told["one"]), judgements.parse(told["other"])
        )

    def verdict_given(self) -> Verdict:
        """Return the verdict; the form must be valid."""
        return Verdict(self.cleaned_data["verdict"])
