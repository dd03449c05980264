"""What the desk asks about a merger or split: whose records, which, to whom, why."""

from __future__ import annotations

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xinheng.apps.organizations.corrections_effects import OUT_OF_ORDER
from xinheng.apps.records import succession
from xinheng.apps.records.succession import PlanError
from xinheng.core.organizations.succession import Fault, Kind, Plan, Stage
from xinheng.web.desk.forms_queues import Boxes, Radios, Reason
from xinheng.web.desk.workbench_forms import SELECT_ONE, required_evidence

KINDS: dict[str, Promise] = {
    Kind.MERGE: _("Merger: the organization ends in the other one"),
    Kind.SPLIT: _("Split: the other one takes a part of its records"),
}
STAGES: dict[str, Promise] = {
    Stage.PROPOSED: _("proposed, waits for a decision"),
    Stage.DECIDED: _("decided"),
    Stage.REFUSED: _("not taken up"),
    Stage.UNDONE: _("undone"),
}
NOT_HELD = _("The register holds no organization under this code.")
PLAN_FAULTS: dict[Fault, tuple[str, Promise]] = {
    Fault.SAME_ORGANIZATION: (
        "heir",
        _("Enter the code of another organization."),
    ),
    Fault.GIVER_ENDED: (
        "kind",
        _("The organization ended in another way, so it can't be merged."),
    ),
    Fault.HEIR_ENDED: ("heir", _("This organization has ended itself.")),
    Fault.DAY_WRONG: (
        "effective_on",
        _("The day lies ahead, or before the organization was registered."),
    ),
    Fault.NOTHING_CHOSEN: ("datasets", _("Select what follows.")),
}
REFUSALS: dict[str, Promise] = {
    succession.NOT_OPEN: _("Somebody else has decided this meanwhile."),
    succession.SAME_PERSON: _("You proposed this, so another person decides."),
    succession.MERGED_ALREADY: _("The organization was merged already."),
    succession.CHANGED_SINCE: _("The organization was changed since."),
    succession.MOVED_ON: _("Some of the records followed elsewhere since."),
    OUT_OF_ORDER: _("The state of the organization changed on a later day."),
}
DONE: dict[str, Promise] = {
    "propose": _("Proposed. Another person decides."),
    "decide": _("Decided."),
    "refuse": _("Not taken up. Nothing was changed."),
    "undo": _("Undone. Everything is as it was before."),
}


class Propose(forms.Form):
    """From one organization to another: which records, since when, by what document."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label=_("What happened"),
        choices=list(KINDS.items()),
        widget=Radios,
        error_messages=SELECT_ONE,
    )
    heir = forms.CharField(
        label=_("Unified code of the other organization"),
        help_text=_("It must be in the register."),
        max_length=40,
        error_messages={"required": _("Enter the code of another organization.")},
    )
    datasets = forms.MultipleChoiceField(
        label=_("What follows to the other organization"),
        required=False,
        widget=Boxes,
        error_messages=SELECT_ONE,
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

    def __init__(self, data: object, *, offered: list[tuple[str, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["datasets"].choices = offered  # type: ignore[attr-defined]

    def clean_evidence(self) -> str:
        """Refuse evidence that says nothing, or something about a person."""
        return required_evidence(self.cleaned_data["evidence"])

    def plan(self) -> Plan:
        """Return what is proposed; the form must be valid."""
        told = self.cleaned_data
        return Plan(Kind(told["kind"]), tuple(told["datasets"]), told["effective_on"])

    def refuse(self, error: PlanError) -> None:
        """Tell what the register does not allow, each at its field."""
        for fault in error.faults:
            name, text = PLAN_FAULTS[fault]
            self.add_error(name, str(text))


class Decide(Reason):
    """Take the proposal up or not, and why."""

    choice = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("decide", _("Decide as proposed")),
            ("refuse", _("Don't take it up")),
        ],
        widget=Radios,
        error_messages=SELECT_ONE,
    )
    field_order = ("choice", "reason")
