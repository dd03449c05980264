"""The desk's forms about listings: their fields are what a step needs by the table."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from xinheng.apps.listings import texts
from xinheng.apps.listings.operations import RefusedError
from xinheng.core.identifiers import uscc
from xinheng.core.listings.advancing import Value
from xinheng.core.listings.procedure import Event, Need, step
from xinheng.web.desk.forms_queues import Radios
from xinheng.web.desk.listings_words import (
    AT_FIELD,
    HINTS,
    LABELS,
    REFUSALS,
    WAYS,
)
from xinheng.web.desk.workbench_forms import SELECT_ONE

Choices = Iterable[tuple[str, object]]
SHORT = (Need.NOTICE_PROOF, Need.DECISION_NO, Need.DOCUMENT)


class Step(forms.Form):
    """One step of the procedure: a field for each thing that it needs."""

    use_required_attribute = False

    def __init__(self, data: object, *, event: Event, bases: Choices = ()) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        for need in step(event).needs:
            self.fields[need.value] = _field(need, bases)

    def told(self) -> dict[Need, Value]:
        """Return what the step brings; the form must be valid."""
        needs = [need for need in Need if need.value in self.cleaned_data]
        return {need: self.cleaned_data[need.value] for need in needs}

    def refuse(self, error: RefusedError) -> None:
        """Tell why it can't be done, each rule at its field."""
        for rule in error.rules:
            text = str(REFUSALS.get(rule, rule))
            wanted = (*map(str, error.missing), *AT_FIELD.get(rule, ()))
            places = [name for name in wanted if name in self.fields]
            self.add_error(places[0] if places else None, f"{text} ({rule})")


class Propose(Step):
    """A proposal: whom, in whose name, on what basis, and the facts."""

    code = forms.CharField(
        label=_("Unified code of the organization"),
        help_text=_("It must be in the register."),
        max_length=40,
        error_messages={"required": _("Enter the code.")},
    )
    authority = forms.ChoiceField(
        label=_("Determining authority"), widget=Radios, error_messages=SELECT_ONE
    )

    def __init__(self, data: object, *, bases: Choices, authorities: Choices) -> None:
        super().__init__(data, event=Event.PROPOSE, bases=bases)
        offered = list(authorities)
        self.fields["authority"].choices = offered  # type: ignore[attr-defined]
        self.fields["authority"].initial = offered[0][0] if offered else None

    def clean_code(self) -> str:
        """Return the code without blanks, in capitals."""
        return uscc.normalize(self.cleaned_data["code"])


def _field(need: Need, bases: Choices) -> forms.Field:
    label, hint = LABELS[need], HINTS.get(need, "")
    if need is Need.NOTICE_WAY:
        return _choice(label, [(way.value, text) for way, text in WAYS.items()])
    if need is Need.BASIS:
        return _choice(label, list(bases))
    if need.value.endswith("_on"):
        return _day(label, hint or _("For example 2019-06-04."))
    widget = forms.TextInput() if need in SHORT else forms.Textarea(attrs={"rows": 4})
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        help_text=hint,  # type: ignore[arg-type]
        widget=widget,
        max_length=texts.longest(need),
        error_messages={"required": _("Fill this in.")},
    )


def _choice(label: object, choices: list[tuple[str, object]]) -> forms.Field:
    return forms.ChoiceField(
        label=label,  # type: ignore[arg-type]
        choices=choices,
        widget=Radios,
        error_messages=SELECT_ONE,
    )


def _day(label: object, hint: object) -> forms.Field:
    return forms.DateField(
        label=label,  # type: ignore[arg-type]
        help_text=hint,  # type: ignore[arg-type]
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": _("Enter the day."),
            "invalid": _("Enter a day such as 2019-06-04."),
        },
    )
