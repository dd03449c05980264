"""What the desk asks of whoever decides: which rows, what, and why."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xinheng.core.submissions import reasons
from xinheng.core.submissions.reasons import Fault, ReasonError

ACCEPT, SEND_BACK, TAKE_OVER = "accept", "send-back", "take-over"
DECISIONS: dict[str, Promise] = {
    ACCEPT: _("Accept: the row becomes a record"),
    SEND_BACK: _("Send back: the unit mends it and hands it in again"),
    TAKE_OVER: _("Take over: from now on the record is this unit's"),
}
ANSWERS: dict[str, Promise] = {
    "CONFIRMED": _("It is so"),
    "WRONG": _("It was reported wrongly"),
}
FAULTS: dict[Fault, Promise] = {
    Fault.MISSING: _("Say why."),
    Fault.TOO_LONG: _("Say it in at most 500 characters."),
    Fault.PERSONAL_ID: _("Leave out the personal identity number."),
}


class Radios(forms.RadioSelect):
    """Radio buttons that an error can lead to: the first one stands for all."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Return the id of one button."""
        return super().id_for_label(id_, index or "0")


class Boxes(forms.CheckboxSelectMultiple):
    """Check boxes that an error can lead to: the first one stands for all."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Return the id of one box."""
        return super().id_for_label(id_, index or "0")


class Reason(forms.Form):
    """Why; it is kept with the account and the time."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is kept in the ledger. Name no natural persons."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_reason(self) -> str:
        """Refuse a reason that says nothing, or something about a person."""
        try:
            return reasons.require(self.cleaned_data["reason"])
        except ReasonError as error:
            raise forms.ValidationError(str(FAULTS[error.fault])) from None


class Choice(Reason):
    """One of several, and why."""

    choice = forms.ChoiceField(
        label=_("Decision"),
        widget=Radios,
        error_messages={
            "required": _("Select one of them."),
            "invalid_choice": _("Select one of them."),
        },
    )
    field_order = ("choice", "reason")

    def __init__(
        self, data: object = None, *, choices: Iterable[tuple[str, object]]
    ) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["choice"].choices = list(choices)  # type: ignore[attr-defined]


class Rows(forms.Form):
    """Some of the rows that a page shows, or all of them."""

    use_required_attribute = False
    everything = forms.BooleanField(label=_("All rows of this page"), required=False)
    rows = forms.TypedMultipleChoiceField(
        label=_("Rows"), coerce=int, required=False, widget=Boxes
    )

    def __init__(self, data: object = None, *, shown: Iterable[int]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.shown = list(shown)
        offered = [(each, each) for each in self.shown]
        self.fields["rows"].choices = offered  # type: ignore[attr-defined]
        self.fields["rows"].error_messages["invalid_choice"] = _(
            "Some of these rows do not wait any more; look at the list again."
        )

    def clean(self) -> dict[str, object]:
        """Take every row of the page where that was ticked."""
        cleaned = dict(super().clean() or {})
        if cleaned.get("everything"):
            cleaned["rows"] = self.shown
        if not cleaned.get("rows") and "rows" not in self.errors:
            self.add_error("rows", _("Select at least one row."))
        return cleaned

    def is_ticked(self, row: int) -> bool:
        """Tell whether the row was ticked, so that a page shown again keeps it."""
        return self.is_bound and str(row) in (self["rows"].value() or ())


class Decision(Rows, Reason):
    """What becomes of some rows, and why."""

    choice = forms.ChoiceField(
        label=_("Decision"),
        choices=[(each, DECISIONS[each]) for each in (ACCEPT, SEND_BACK)],
        widget=Radios,
        error_messages={
            "required": _("Select one of them."),
            "invalid_choice": _("Select one of them."),
        },
    )
    field_order = ("everything", "rows", "choice", "reason")
