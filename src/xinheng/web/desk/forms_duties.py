"""What the desk asks about duties: what was produced, where reminders go."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinheng.apps.duties.operations import MOST, DutyRefusedError, Reason
from xinheng.apps.duties.operations import Production as Declared
from xinheng.apps.duties.views import ProductionView
from xinheng.core.submissions.reasons import ReasonError
from xinheng.web.desk.forms_queues import FAULTS

NUMBER = {
    "required": _("Write a number, 0 where there is none."),
    "invalid": _("Write a whole number."),
    "min_value": _("The number can't be below 0."),
    "max_value": _("The number is too large."),
}
REFUSALS: dict[Reason, tuple[str, Any]] = {
    Reason.NUMBER: ("published", _("It can't be more than was produced.")),
    Reason.NO_REASON: (
        "reason",
        _("Say why some are not on your site or not reported."),
    ),
    Reason.PERIOD_FUTURE: ("produced", _("This month has not begun.")),
}


def _number(label: Any, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=MOST,
        widget=forms.TextInput(
            attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}
        ),
        error_messages=NUMBER,
    )


class Production(forms.Form):
    """What a unit produced in a month; what it declared before stands there."""

    use_required_attribute = False
    produced = _number(
        _("Decisions made in the month"),
        _("All that are to be reported, reported or not."),
    )
    published = _number(
        _("Of these, published on your own site"), _("0 where there is none.")
    )
    reason = forms.CharField(
        label=_("Why some are not published or not reported"),
        help_text=_("It is kept in the ledger. Name no natural persons."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, data: object = None, *, declared: ProductionView | None = None
    ) -> None:
        initial = declared and {
            "produced": declared.produced,
            "published": declared.published,
            "reason": declared.reason,
        }
        super().__init__(data, initial=initial)  # type: ignore[arg-type]

    def production(self) -> Declared:
        """Return what was written."""
        return Declared(
            self.cleaned_data["produced"],
            self.cleaned_data["published"],
            self.cleaned_data["reason"],
        )

    def add_refusal(self, refused: DutyRefusedError) -> None:
        """Say at its field what is wrong."""
        field, message = REFUSALS[refused.reason]
        self.add_error(field, message)

    def add_reason_fault(self, refused: ReasonError) -> None:
        """Say what is wrong with the reason, without the reason."""
        self.add_error("reason", str(FAULTS[refused.fault]))


class Address(forms.Form):
    """The office address of a unit; empty ends the mails."""

    use_required_attribute = False
    address = forms.EmailField(
        label=_("E-mail address of the unit's office"),
        help_text=_("An address of the office, not of a person. Empty means no mails."),
        required=False,
        error_messages={"invalid": _("Write an address as in office@example.org.")},
    )
