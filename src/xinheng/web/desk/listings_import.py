"""Lists decided elsewhere, or before, at the desk: a file in, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.listings import importing_files, schemes
from xinheng.apps.listings.importing import Source
from xinheng.apps.listings.importing_files import FileTaken, UnreadRowsError, Whole
from xinheng.apps.listings.operations import By
from xinheng.core.listings.schemes import Scheme
from xinheng.core.submissions import reasons
from xinheng.core.submissions.reasons import ReasonError
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import listings_words
from xinheng.web.desk.forms import said
from xinheng.web.desk.forms_queues import FAULTS
from xinheng.web.desk.queues import GET_OR_POST
from xinheng.web.desk.workbench import unit_names
from xinheng.web.templatetags.xinheng import local

SELECT_ONE = {"required": _("Select one of them.")}
MOST_TOLD = 100


class ImportFile(forms.Form):
    """The file, which list it is of, who answers for it, and whether it is whole."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or workbook; columns 统一社会信用代码, 依据, 事实 and so on."),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.zip"}
        ),
        error_messages={"required": _("Choose a file.")},
    )
    scheme = forms.ChoiceField(label=_("List"), error_messages=SELECT_ONE)
    authority = forms.ChoiceField(
        label=_("Authority that answers for it here"), error_messages=SELECT_ONE
    )
    origin = forms.CharField(
        label=_("Who decided, if another authority did"), required=False, max_length=200
    )
    document = forms.CharField(
        label=_("If this is the whole list: its name or number"),
        help_text=_("Then whoever is no longer on it is taken off at once."),
        required=False,
        max_length=200,
    )
    as_of = forms.DateField(
        label=_("Day of the whole list"),
        help_text=_("Such as 2019-06-20; empty: today."),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.TextInput,
        error_messages={"invalid": _("Write the day as 2019-06-20.")},
    )

    def __init__(
        self, data: object, files: object, *, offered: Iterable[Scheme], units: Any
    ) -> None:
        super().__init__(data, files)  # type: ignore[arg-type]
        named = [(each.name, local(each, "title")) for each in offered]
        self.fields["scheme"].choices = named  # type: ignore[attr-defined]
        self.fields["authority"].choices = units  # type: ignore[attr-defined]

    def clean_file(self) -> TemporaryUploadedFile:
        """Refuse what is too large."""
        file: TemporaryUploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.MAX_UPLOAD_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        return file

    def clean_origin(self) -> str:
        """Refuse a text about a person."""
        return _checked(self.cleaned_data["origin"])

    def clean_document(self) -> str:
        """Refuse a text about a person."""
        return _checked(self.cleaned_data["document"])

    def whole(self, today: date) -> Whole | None:
        """Return that the list is whole, null where it is not said."""
        told = self.cleaned_data
        if not told["document"]:
            return None
        return Whole(told["document"], told["as_of"] or today)


@signed_in
@GET_OR_POST
def take(request: DeskRequest) -> HttpResponse:
    """Ask for the file, take it, and say what became of its rows."""
    offered = schemes.list_in_use(on=timezone.localdate())
    units = _units(request, offered)
    if not units:
        raise PermissionDenied
    is_sent = request.method == "POST"
    form = ImportFile(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        offered=offered,
        units=units,
    )
    done = _take(request, form) if form.is_valid() else None
    context: dict[str, object] = {"form": form, "done": done}
    if done is not None:
        context["refused"] = [
            (row, listings_words.REFUSALS.get(rule, ""), rule)
            for row, rule in done.taken.refused[:MOST_TOLD]
        ]
    return render(request, "desk/listings_import.html", context)


def _units(request: DeskRequest, offered: Iterable[Scheme]) -> list[tuple[str, str]]:
    names, actor = unit_names(), request.actor
    known = {unit for each in offered for unit in each.authorities}
    own = known if actor.may_decide else known & actor.lists_for
    return [(code, names.get(code, code)) for code in sorted(own)]


def _take(request: DeskRequest, form: ImportFile) -> FileTaken | None:
    told, by = form.cleaned_data, By(request.actor, timezone.now())
    try:
        return importing_files.take_file(
            path=Path(told["file"].temporary_file_path()),
            source=Source(told["scheme"], told["authority"], told["origin"]),
            by=by,
            whole=form.whole(timezone.localdate(by.at)),
        )
    except NotAllowedError:
        raise PermissionDenied from None
    except UnreadableFileError as why:
        form.add_error("file", said(why))
    except UnreadRowsError as unread:
        row, field, rule = unread.rows[0]
        form.add_error(
            "file",
            _(
                "Some rows of the whole list can't be read, the first is row %(row)s"
                " (%(field)s, %(rule)s). Nothing was changed."
            )
            % {"row": row, "field": field, "rule": rule},
        )
    return None


def _checked(text: str) -> str:
    try:
        return reasons.require(text) if text.strip() else ""
    except ReasonError as error:
        raise forms.ValidationError(str(FAULTS[error.fault])) from None
