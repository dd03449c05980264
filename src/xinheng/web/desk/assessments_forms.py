"""What the desk asks in an assessment: months, numbers, what shows them, why."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinheng.apps.assessments.operations import Number, RoundRefusedError
from xinheng.apps.assessments.views import SchemeView
from xinheng.core.assessments.rounds import Refusal
from xinheng.core.assessments.schemes import Item, Kind
from xinheng.core.catalog import periods
from xinheng.core.submissions.reasons import Fault, ReasonError
from xinheng.web.desk.assessments_words import REFUSALS
from xinheng.web.desk.forms_queues import FAULTS
from xinheng.web.templatetags.xinheng import local

NUMBER_ERRORS = {
    "required": _("Write a number, 0 where there is none."),
    "invalid": _("Write a number."),
    "min_value": _("The number can't be below 0."),
    "max_value": _("The number is too large."),
    "max_decimal_places": _("Write at most two places."),
    "max_digits": _("The number is too large."),
    "max_whole_digits": _("The number is too large."),
}


def _month(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=_("Year and month, for example 2019-05"),
        max_length=7,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
        error_messages={"required": _("Select a month.")},
    )


class Months(forms.Form):
    """The months that are assessed, both included."""

    use_required_attribute = False
    first = _month(_("First month"))
    last = _month(_("Last month"))

    def clean_first(self) -> str:
        """Refuse what is no month."""
        return _parsed(self.cleaned_data["first"])

    def clean_last(self) -> str:
        """Refuse what is no month."""
        return _parsed(self.cleaned_data["last"])

    def add_refusal(self, refused: Refusal) -> None:
        """Say at its field what is wrong."""
        self.add_error("last", str(REFUSALS[refused]))


def _parsed(text: str) -> str:
    try:
        return periods.parse(text)
    except periods.InvalidPeriodError:
        raise forms.ValidationError(str(_("Write the month as in 2019-05."))) from None


class Open(Months):
    """A round: by which scheme, for which months."""

    scheme = forms.ChoiceField(
        label=_("Scheme"), error_messages={"required": _("Select the scheme.")}
    )
    field_order = ("scheme", "first", "last")

    def __init__(self, data: object, *, adopted: Sequence[SchemeView]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["scheme"].choices = [  # type: ignore[attr-defined]
            (each.id, f"{local(each.scheme, 'title')} ({each.scheme.edition})")
            for each in adopted
        ]


class Text(forms.Form):
    """What is said with an act."""

    use_required_attribute = False
    text = forms.CharField(
        label=_("What shows it, or why"),
        help_text=_("It is kept in the ledger. Name no natural persons."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def add_refusal(self, refused: RoundRefusedError) -> None:
        """Say what stands against the act."""
        at = "number" if "number" in self.fields else "text"
        self.add_error(at, str(REFUSALS[refused.reason]))

    def add_reason_fault(self, refused: ReasonError) -> None:
        """Say what is wrong with the text, and don't show a refused one again."""
        self.add_error("text", str(FAULTS[refused.fault]))
        if refused.fault is Fault.PERSONAL_ID:
            self.data = {**self.data.dict(), "text": ""}  # type: ignore[attr-defined]


class Entry(Text):
    """Points, a count, or a share's two numbers, with what shows them."""

    number = forms.DecimalField(
        label=_("Number"),
        min_value=0,
        max_digits=9,
        decimal_places=2,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "decimal"}),
        error_messages=NUMBER_ERRORS,
    )
    of = forms.IntegerField(
        label=_("Out of"),
        min_value=0,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
        error_messages=NUMBER_ERRORS,
    )
    field_order = ("number", "of", "text")

    def __init__(self, data: object, *, item: Item) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        if item.kind is not Kind.RATIO:
            del self.fields["of"]
        label = _("Points") if item.kind is Kind.MANUAL else _("How many")
        self.fields["number"].label = label

    def entered(self) -> Number:
        """Return what was written."""
        told = self.cleaned_data
        return Number(Decimal(told["number"]), told.get("of"))


class Answer(Text):
    """The answer to an appeal: other points, or none where it is refused."""

    number = forms.DecimalField(
        label=_("Points after the appeal"),
        help_text=_("Empty where the appeal is refused."),
        required=False,
        min_value=0,
        max_digits=9,
        decimal_places=2,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "decimal"}),
        error_messages=NUMBER_ERRORS,
    )
    field_order = ("number", "text")
