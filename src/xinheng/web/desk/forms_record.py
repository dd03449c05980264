"""The questions of a form for one record, made from the catalog item.

The form asks and does not judge: whether an answer is right the rules of the intake
say, the same ones as for a file.
"""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Iterable

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext

from xinheng.apps.intake.queries import FindingView
from xinheng.core.catalog.datasets import CodeList, Dataset
from xinheng.core.catalog.fields import Field, FieldType
from xinheng.core.screening import personal_id
from xinheng.rulebook import catalog as rulebook
from xinheng.web.desk.forms_queues import Boxes, Radios
from xinheng.web.templatetags.xinheng import is_english, local

MOST_RADIOS = 6
LONG_TEXT = 200  # characters; what may be longer gets more than one line
REMARK = "-remark"
_NUMBERS = ("PERSONAL_ID", "PERSONAL_ID_SUSPECTED")
_TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)
_LINES = re.compile(r"\s*[\r\n]+\s*")


class Record(forms.Form):
    """One record of a dataset; columns about persons are not asked for."""

    use_required_attribute = False
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: object = None, *, item: Dataset) -> None:
        super().__init__(data, initial={"token": uuid.uuid4().hex})  # type: ignore[arg-type]
        self._item = item
        for field in item.stored_fields:
            self.fields[field.name] = _question(field)
            remark = _with_remark(field)
            if remark:
                self.fields[field.name + REMARK] = _remark(remark)

    def clean_token(self) -> str:
        """Refuse a token that no page of ours made."""
        token: str = self.cleaned_data["token"]
        if not _TOKEN.fullmatch(token):
            raise forms.ValidationError(gettext("Load the page again."))
        return token

    def as_csv(self) -> bytes:
        """Return the answers as a file of one row."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        fields = self._item.stored_fields
        writer.writerow([field.title for field in fields])
        writer.writerow([self._answer(field) for field in fields])
        return text.getvalue().encode(errors="replace")

    def _answer(self, field: Field) -> str:
        given = self.cleaned_data.get(field.name) or ""
        values = [given] if isinstance(given, str) else list(given)
        remark = self.cleaned_data.get(field.name + REMARK) or ""
        noted = _with_remark(field)
        if remark and noted:
            values = [f"{each}-{remark}" if each in noted else each for each in values]
        return _LINES.sub(" ", "；".join(values)).replace("\x00", "")

    def add_findings(self, findings: Iterable[FindingView]) -> None:
        """Put each finding beside its question, with the advice."""
        for found in findings:
            name = found.field if found.field in self.fields else None
            self.add_error(name, f"{found.message}{_gap()}{found.advice}")
            if name and found.rule in _NUMBERS:
                self._blank(name)

    def require_answers(self) -> bool:
        """Tell whether anything was filled in; where nothing was, say so."""
        names = [field.name for field in self._item.stored_fields]
        is_filled = any(self.cleaned_data.get(name) for name in names)
        if not is_filled:
            self.add_error(None, gettext("Nothing was filled in."))
        return is_filled

    def forget_numbers(self) -> None:
        """Blank the answers with a person's number: they are not shown again."""
        for name in self.fields:
            if any(map(personal_id.find, self._typed(name))):
                self._blank(name)

    def _typed(self, name: str) -> list[str]:
        data = self.data
        return data.getlist(name) if isinstance(data, QueryDict) else []

    def _blank(self, name: str) -> None:
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data[name] = ""  # type: ignore[index]

    def questions(self) -> list[forms.BoundField]:
        """Return the questions that are shown, in the catalog's order."""
        return [field for field in self if not field.is_hidden]


def _gap() -> str:
    return " " if is_english() else ""


def _question(field: Field) -> forms.Field:
    label, hint = _label(field), _hint(field)
    if field.code_list is not None:
        return _choice(field, rulebook.code_lists()[field.code_list], label, hint)
    attrs = {"autocomplete": "off"}
    if field.type is FieldType.TEXT and (field.max_length or 0) > LONG_TEXT:
        widget: forms.Widget = forms.Textarea(attrs={"rows": 3})
    else:
        widget = forms.TextInput(attrs=attrs | _shape(field))
    return forms.CharField(label=label, help_text=hint, required=False, widget=widget)


def _choice(field: Field, known: CodeList, label: str, hint: str) -> forms.Field:
    choices = [(value, value) for value in known.values]
    if field.multiple:
        return forms.MultipleChoiceField(
            label=label, help_text=hint, choices=choices, required=False, widget=Boxes
        )
    few = len(choices) <= MOST_RADIOS
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        choices=choices if few else [("", gettext("Select")), *choices],
        required=False,
        widget=Radios if few else forms.Select,
    )


def _with_remark(field: Field) -> tuple[str, ...]:
    known = rulebook.code_lists().get(field.code_list or "")
    return known.with_remark if known else ()


def _remark(values: tuple[str, ...]) -> forms.Field:
    label = gettext("If “%(value)s”: what is it?") % {"value": "、".join(values)}
    return forms.CharField(label=label, required=False)


def _shape(field: Field) -> dict[str, str]:
    if field.type in (FieldType.DATE, FieldType.PERIOD):
        return {"class": "short", "inputmode": "numeric"}
    if field.type in (FieldType.DECIMAL, FieldType.INTEGER):
        return {"class": "short", "inputmode": "decimal"}
    if field.type in (FieldType.USCC, FieldType.ORGANIZATION_CODE):
        return {"spellcheck": "false", "autocapitalize": "characters"}
    return {}


def _label(field: Field) -> str:
    title = local(field, "title")
    if field.required:
        return title
    return gettext("%(title)s (optional)") % {"title": title}


def _hint(field: Field) -> str:
    hints = {
        FieldType.DATE: gettext("Year, month and day, for example 2019-05-31."),
        FieldType.PERIOD: gettext("Year and month, for example 2019-05"),
        FieldType.USCC: gettext("18 digits and capital letters."),
    }
    parts = [hints.get(field.type, "")]
    if field.unit == "万元":
        parts.append(gettext("In units of 10,000 yuan: write 2,000 yuan as 0.2."))
    if field.required_for is not None:
        other, value = field.required_for
        parts.append(
            gettext("Required where “%(title)s” is “%(value)s”.")
            % {"title": other, "value": value}
        )
    if field.note and not is_english():
        parts.append(field.note)
    return _gap().join(part for part in parts if part)
