"""What the organization's pages ask: from a letter, about an entry, for a promise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from xinheng.core.catalog.fields import Field
from xinheng.core.objections.corrections import Change
from xinheng.core.objections.filing import Kind
from xinheng.web.desk.evidence import EvidenceField
from xinheng.web.desk.forms_queues import Radios
from xinheng.web.desk.workbench_forms import SELECT_ONE
from xinheng.web.redress_words import KINDS, ROLES
from xinheng.web.templatetags.xinheng import is_english

MOST_FILES = 5
PREFIX = "value_"


class Activate(forms.Form):
    """What stands in the letter, and the account that is wanted."""

    use_required_attribute = False
    uscc = forms.CharField(
        label=_("Unified code of the organization"),
        max_length=40,
        error_messages={"required": _("Enter the code of the organization.")},
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off"}),
    )
    code = forms.CharField(
        label=_("Activation code"),
        help_text=_("20 signs in groups of five, as in the letter."),
        max_length=60,
        error_messages={"required": _("Enter the activation code.")},
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("As whom do you act?"),
        choices=list(ROLES.items()),
        widget=Radios,
        error_messages=SELECT_ONE,
    )
    username = forms.CharField(
        label=_("Sign-in name of your choice"),
        help_text=_(
            "3 to 64 of a-z, 0-9, dot, hyphen and underscore. Not the name of a person:"
            " no name is kept."
        ),
        max_length=64,
        error_messages={"required": _("Choose a sign-in name.")},
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters."),
        max_length=256,
        strip=False,
        error_messages={"required": _("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ChooseKind(forms.Form):
    """What an objection contests."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label=_("What is wrong?"), widget=Radios, error_messages=SELECT_ONE
    )

    def __init__(self, data: object, *, kinds: Iterable[Kind]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        offered = [(kind.value, KINDS[kind][0]) for kind in kinds]
        self.fields["kind"].choices = offered  # type: ignore[attr-defined]


class Contest(forms.Form):
    """Why, what it should say instead, and what shows it.

    `fields` are those that can be corrected, `body` what they say now.
    """

    use_required_attribute = False
    ground = forms.CharField(
        label=_("Why is it wrong?"),
        help_text=_(
            "Say what is wrong and how you know. Name no natural persons. At most 2,000"
            " characters."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    documents = EvidenceField(
        most=MOST_FILES,
        label=_("Documents that show it"),
        help_text=_(
            "PDF, JPEG or PNG, at most five. Files with a personal identity number are"
            " refused."
        ),
    )

    def __init__(
        self,
        data: object = None,
        files: object = None,
        *,
        fields: Sequence[Field] = (),
        body: dict[str, str] | None = None,
    ) -> None:
        super().__init__(data, files)  # type: ignore[arg-type]
        self.body = body or {}
        for field in fields:
            self.fields[PREFIX + field.name] = forms.CharField(
                label=field.title_en if is_english() else field.title,
                help_text=self.body.get(field.name, "") or _("nothing"),
                required=False,
                max_length=field.max_length or 4000,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    @property
    def value_fields(self) -> list[forms.BoundField]:
        """The fields for values, in the catalog's order."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    def changes(self) -> tuple[Change, ...]:
        """Return the values that were filled in; the form must be valid."""
        asked = {
            name.removeprefix(PREFIX): text
            for name, text in self.cleaned_data.items()
            if name.startswith(PREFIX) and text
        }
        return tuple(
            Change(name, self.body.get(name, ""), text) for name, text in asked.items()
        )


class Apply(forms.Form):
    """What an application for repair states, and what shows it."""

    use_required_attribute = False
    conduct_corrected = forms.BooleanField(
        label=_("The conduct was corrected."), required=False
    )
    duties_done = forms.BooleanField(
        label=_("What the decision ordered was done, fines are paid."), required=False
    )
    statement = forms.CharField(
        label=_("What was done, and when"),
        help_text=_("Name no natural persons."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    duties = EvidenceField(
        most=MOST_FILES, label=_("Documents that show that duties were done")
    )
    third_party = EvidenceField(
        most=1, label=_("Credit report of a third party, if you have one")
    )
    commits = forms.BooleanField(
        label=_("The organization makes this commitment, in public."), required=False
    )


class Commit(forms.Form):
    """A commitment of one's own words."""

    use_required_attribute = False
    matter = forms.CharField(
        label=_("What is promised, in a few words"),
        max_length=200,
        error_messages={"required": _("Say what is promised.")},
    )
    text = forms.CharField(
        label=_("Text of the commitment"),
        help_text=_("You may change the words. Name no natural persons."),
        max_length=4000,
        error_messages={"required": _("The text is missing.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    unit = forms.ChoiceField(label=_("Unit that receives it"), required=False)
    valid_to = forms.DateField(
        label=_("Last day, if it has one"),
        help_text=_("For example 2019-12-31."),
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Enter a day such as 2019-06-04.")},
    )
    is_public = forms.BooleanField(
        label=_("Show it on the public page of commitments"),
        required=False,
        initial=True,
    )

    def __init__(
        self, data: object, *, units: Iterable[tuple[str, str]], initial: object
    ) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        offered = [("", _("the public alone")), *units]
        self.fields["unit"].choices = offered  # type: ignore[attr-defined]


class Answer(forms.Form):
    """A step of the organization's in its own case, and why."""

    use_required_attribute = False
    act = forms.ChoiceField(
        label=_("What do you want to do?"), widget=Radios, error_messages=SELECT_ONE
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Needed for a second instance. Name no natural persons."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: object, *, acts: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["act"].choices = list(acts)  # type: ignore[attr-defined]
