"""What the desk asks about campaigns, targets and activities."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from xinheng.apps.campaigns.activities import ActivityRefusedError
from xinheng.apps.campaigns.operations import CampaignRefusedError
from xinheng.apps.campaigns.queries import TargetView
from xinheng.apps.evidence.operations import Handed
from xinheng.core.campaigns.activities import Told
from xinheng.core.campaigns.campaigns import ActKind, Done, Plan
from xinheng.web import campaigns_words as words
from xinheng.web.desk.evidence import EvidenceField
from xinheng.web.desk.forms_queues import Radios, Reason
from xinheng.web.desk.workbench_forms import SELECT_ONE

Choices = Iterable[tuple[str, object]]
SETTLE, CONFIRM, WITHDRAW = "settle", "confirm", "withdraw"
APPROVE, SEND_BACK = "approve", "send-back"
LINES = {"rows": 4}


def day(label: object, *, required: bool = True) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(
        label=label,  # type: ignore[arg-type]
        help_text=_("For example 2019-06-04."),
        required=required,
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": _("Enter the day."),
            "invalid": _("Enter a day such as 2019-06-04."),
        },
    )


class Refusable(forms.Form):
    """A form that says at the field why core refuses what was entered."""

    use_required_attribute = False

    def refuse(self, refused: CampaignRefusedError | ActivityRefusedError) -> None:
        """Say why, at the field that it is about where there is one."""
        if isinstance(refused, CampaignRefusedError):
            text = words.REFUSALS[refused.fault]
            field = words.AT_FIELD.get(refused.fault)
        else:
            text = words.ACTIVITIES[refused.fault]
            field = words.ACTIVITY_FIELD.get(refused.fault)
        self.add_error(field if field in self.fields else None, str(text))


class Open(Refusable):
    """A campaign: its topic where it was announced, its title, basis, unit and days."""

    topic = forms.ChoiceField(label=_("Announced as"), required=False)
    title = forms.CharField(
        label=_("Title"),
        required=False,
        help_text=_("As its document says. Empty: the title of the announcement."),
    )
    basis = forms.CharField(label=_("Document that orders it"), required=False)
    lead = forms.ChoiceField(label=_("Unit that leads"), error_messages=SELECT_ONE)
    opened_on = day(_("First day"))
    ends_on = day(_("Last day, where one is set"), required=False)

    def __init__(self, data: object, *, topics: Choices, units: Choices) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        offered = [("", _("not among those announced")), *topics]
        self.fields["topic"].choices = offered  # type: ignore[attr-defined]
        self.fields["lead"].choices = [("", "–"), *units]  # type: ignore[attr-defined]

    def plan(self, announced: dict[str, str]) -> Plan:
        """Return what was entered; `announced` has the titles of the topics."""
        told = self.cleaned_data
        return Plan(
            title=told["title"] or announced.get(told["topic"], ""),
            basis=told["basis"],
            opened_on=told["opened_on"],
            ends_on=told["ends_on"],
        )


class AddTarget(Refusable):
    """Whom the campaign is to deal with."""

    uscc = forms.CharField(
        label=_("Unified code of the organization"),
        help_text=_("It must be in the register. No sole proprietors."),
        max_length=40,
        error_messages={"required": _("Enter the code.")},
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off"}),
    )
    unit = forms.ChoiceField(label=_("Unit in charge"), error_messages=SELECT_ONE)
    note = forms.CharField(
        label=_("What is to be settled"),
        help_text=_("At most 500 characters. Name no natural persons."),
        required=False,
        widget=forms.Textarea(attrs=LINES),
    )
    document_no = forms.CharField(
        label=_("Number of the document that found it"), required=False
    )

    def __init__(self, data: object, *, units: Choices) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["unit"].choices = [("", "–"), *units]  # type: ignore[attr-defined]


class OnTarget(Refusable):
    """What is done about a target: an act on a day, or its end."""

    choice = forms.ChoiceField(
        label=_("What do you do?"), widget=Radios, error_messages=SELECT_ONE
    )
    held_on = day(_("Day of the reminder, interview or progress"), required=False)
    document_no = forms.CharField(
        label=_("Number of the notice, or of the document that shows the end"),
        required=False,
    )
    note = forms.CharField(
        label=_("What was said or done, or why it is withdrawn"),
        help_text=_("At most 500 characters. Name no natural persons."),
        required=False,
        widget=forms.Textarea(attrs=LINES),
    )
    file = EvidenceField(
        most=1,
        label=_("File that shows the end"),
        help_text=_(
            "PDF, JPEG or PNG. A file with a personal identity number is refused."
        ),
    )

    def __init__(self, data: object, files: object, *, target: TargetView) -> None:
        super().__init__(data, files)  # type: ignore[arg-type]
        offered: list[tuple[str, object]] = [
            *((kind.value, title) for kind, title in words.ACTS.items()),
            (SETTLE, _("Propose that it is settled; another person confirms")),
        ]
        if target.may_confirm:
            offered.append((CONFIRM, _("Confirm that it is settled, as proposed")))
        if target.may_withdraw:
            offered.append((WITHDRAW, _("Withdraw it: it should not be a target")))
        self.fields["choice"].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """Ask for the day of an act."""
        told = dict(super().clean() or {})
        is_act = told.get("choice") in set(ActKind)
        if is_act and not told.get("held_on") and "held_on" not in self.errors:
            self.add_error("held_on", str(_("Enter the day.")))
        return told

    def done(self) -> Done:
        """Return the act that was entered."""
        told = self.cleaned_data
        kind = ActKind(told["choice"])
        return Done(kind, told["held_on"], told["document_no"], told["note"])

    def handed(self) -> Handed | None:
        """Return the file that was chosen, null for none."""
        for file in self.cleaned_data["file"]:
            return Handed(file.name or "", file.read())
        return None


class Close(Refusable):
    """The number of the report that closes a campaign."""

    document_no = forms.CharField(label=_("Number of the final report"), required=False)


class Activity(Refusable):
    """An activity: whose, what, when, and under which number."""

    unit = forms.ChoiceField(label=_("Unit"), error_messages=SELECT_ONE)
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[(kind.value, title) for kind, title in words.KINDS.items()],
        widget=Radios,
        error_messages=SELECT_ONE,
    )
    number = forms.CharField(
        label=_("Number of its document"),
        help_text=_(
            "What was also handed in as a record under this number counts once."
        ),
        required=False,
    )
    title = forms.CharField(
        label=_("Title"), help_text=_("At most 200 characters."), required=False
    )
    text = forms.CharField(
        label=_("What the unit did"),
        help_text=_("At most 4000 characters. Name no natural persons."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    held_on = day(_("Day"))

    def __init__(
        self, data: object, *, units: Choices, initial: dict[str, object] | None = None
    ) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        self.fields["unit"].choices = list(units)  # type: ignore[attr-defined]

    def told(self) -> Told:
        """Return what was entered; the form must be valid."""
        names = ("kind", "number", "title", "text", "held_on")
        return Told(**{name: self.cleaned_data[name] for name in names})


class Decision(Reason, Refusable):
    """Approve an activity, or send it back with a reason."""

    choice = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=[
            (APPROVE, _("Approve: it counts in the month of its day")),
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
