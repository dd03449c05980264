"""What the desk asks about duties: who owes what, what was produced, where mails go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinheng.apps.duties.operations import MOST, DutyRefusedError, Reason
from xinheng.apps.duties.operations import Production as Declared
from xinheng.apps.duties.views import ProductionView
from xinheng.apps.units.queries import UnitView
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.submissions.reasons import ReasonError
from xinheng.web.desk.forms_queues import FAULTS, Radios
from xinheng.web.templatetags.xinheng import is_english
from xinheng.web.words_of_duties import FREQUENCIES

NUMBER = {
    "required": _("Write a number, 0 where there is none."),
    "invalid": _("Write a whole number."),
    "min_value": _("The number can't be below 0."),
    "max_value": _("The number is too large."),
}
REFUSALS: dict[Reason, tuple[str, Any]] = {
    Reason.NUMBER: ("published", _("It can't be more than was produced.")),
    Reason.REPORTED: ("reported", _("It can't be more than was produced.")),
    Reason.NO_REASON: (
        "reason",
        _("Say why some are not on your site or not reported."),
    ),
    Reason.PERIOD_FUTURE: ("produced", _("This month has not begun.")),
    Reason.OVERLAP: (
        "effective_on",
        _("The unit owes this dataset on some of these days already. End that first."),
    ),
    Reason.NO_TERM: (
        "frequency",
        _("The catalog knows no number of working days for this dataset."),
    ),
    Reason.NOT_OPEN: ("expires_on", _("Somebody else has ended this duty meanwhile.")),
    Reason.TOO_EARLY: (
        "expires_on",
        _("The day has to lie behind the first day of the duty."),
    ),
}


def _day(label: Any, help_text: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        input_formats=["%Y-%m-%d"],
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
        error_messages={
            "required": _("Enter the day."),
            "invalid": _("Enter a day such as 2019-06-04."),
        },
    )


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
    reported = _number(
        _("Of these, handed in to this register"),
        _("It is checked against what arrived; a difference is shown to everyone."),
    )
    reason = forms.CharField(
        label=_("Why some are not published or not reported"),
        help_text=_("Everyone can read it. Name no natural persons."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, data: object = None, *, declared: ProductionView | None = None
    ) -> None:
        initial = declared and {
            "produced": declared.produced,
            "published": declared.published,
            "reported": declared.reported,
            "reason": declared.reason,
        }
        super().__init__(data, initial=initial)  # type: ignore[arg-type]

    def production(self) -> Declared:
        """Return what was written."""
        return Declared(
            self.cleaned_data["produced"],
            self.cleaned_data["published"],
            self.cleaned_data["reason"],
            self.cleaned_data["reported"],
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


class _Refusable(forms.Form):
    """A form whose act the register may refuse."""

    use_required_attribute = False

    def add_refusal(self, refused: DutyRefusedError) -> None:
        """Say at its field what is wrong."""
        field, message = REFUSALS[refused.reason]
        self.add_error(field, message)


class Assign(_Refusable):
    """Which unit owes which dataset, how often, since when."""

    unit = forms.ChoiceField(
        label=_("Unit"),
        error_messages={"required": _("Select the unit.")},
    )
    dataset = forms.ChoiceField(
        label=_("Dataset"),
        error_messages={"required": _("Select the dataset.")},
    )
    frequency = forms.ChoiceField(
        label=_("How often"),
        choices=[("", _("as the catalog says")), *FREQUENCIES.items()],
        required=False,
        widget=Radios,
    )
    effective_on = _day(
        _("First day of the duty"),
        _("For example 2019-06-04. Whole months and quarters are owed from there."),
    )

    def __init__(
        self,
        data: object = None,
        *,
        units: Sequence[UnitView],
        offered: Sequence[Dataset],
        chosen: str = "",
    ) -> None:
        super().__init__(data, initial={"unit": chosen})  # type: ignore[arg-type]
        blank = ("", "")
        owners = [(each.code, _named(each.name, each.name_en)) for each in units]
        items = [(each.name, _named(each.title, each.title_en)) for each in offered]
        self.fields["unit"].choices = [blank, *owners]  # type: ignore[attr-defined]
        self.fields["dataset"].choices = [blank, *items]  # type: ignore[attr-defined]


def _named(name: str, name_en: str) -> str:
    return name_en if name_en and is_english() else name


class End(_Refusable):
    """Since when a unit does not owe a dataset any more."""

    expires_on = _day(
        _("First day without the duty"),
        _("For example 2019-07-01. What was owed before stays owed."),
    )
