"""What the desk asks: one thing at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xinheng.apps.intake.staging import FileTooLargeError
from xinheng.core.catalog import periods
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.web.templatetags.xinheng import bytes_size, is_english, month

OWN_DATES = "own"  # each record counts in the month of its own date
OTHER = "other"
MONTHS_OFFERED = 4


class Choice(forms.Form):
    """One of several, by radio buttons."""

    use_required_attribute = False
    choice = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Select one of them."),
            "invalid_choice": _("Select one of them."),
        },
    )

    def __init__(
        self, data: object = None, *, choices: Iterable[tuple[str, str]]
    ) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["choice"].choices = list(choices)  # type: ignore[attr-defined]


class Month(forms.Form):
    """A reporting month: one of the last, or another one written out."""

    use_required_attribute = False
    choice = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": _("Select a month.")},
    )
    other = forms.CharField(
        label=_("Another month"),
        help_text=_("Year and month, for example 2019-05"),
        required=False,
        max_length=7,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
    )

    def __init__(
        self, data: object = None, *, on: date, may_be_own: bool = False
    ) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        last = [periods.before(periods.of(on), n) for n in range(MONTHS_OFFERED)]
        offered = [(period, month(period)) for period in last]
        if may_be_own:
            offered.insert(
                0, (OWN_DATES, gettext("The month of each record's own date"))
            )
        offered.append((OTHER, gettext("Another month")))
        self.fields["choice"].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """Read the month that was written out."""
        cleaned = dict(super().clean() or {})
        if cleaned.get("choice") == OTHER:
            try:
                cleaned["choice"] = periods.parse(str(cleaned.get("other", "")))
            except periods.InvalidPeriodError:
                self.add_error("other", _("Write the month as in 2019-05."))
        return cleaned


class Upload(forms.Form):
    """The file."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(
            attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.zip"}
        ),
        error_messages={"required": _("Choose a file.")},
    )
    look = forms.BooleanField(label=_("Check the columns first"), required=False)

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse what is too large to be staged."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size is not None and file.size > settings.MAX_UPLOAD_BYTES:
            self.add_too_large(FileTooLargeError(settings.MAX_UPLOAD_BYTES))
        return file

    def add_too_large(self, error: FileTooLargeError) -> None:
        """Say that the file is too large, and how large it may be."""
        self.add_error(
            "file",
            _("The file is too large: at most %(limit)s.")
            % {"limit": bytes_size(error.limit_bytes)},
        )

    def add_unreadable(self, error: UnreadableFileError) -> None:
        """Say why the file can't be taken."""
        self.add_error("file", said(error))


def said(error: UnreadableFileError) -> str:
    """Return why a file can't be taken, in the reader's language."""
    return error.message_en if is_english() else error.message_zh


class Confirm(forms.Form):
    """Yes, on purpose."""

    use_required_attribute = False
    confirmed = forms.BooleanField(
        error_messages={"required": _("Tick the box to confirm.")},
    )
