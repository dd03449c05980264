"""Which field each column of a file holds: one select for each column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.headers import numbered
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.matching import LEFT_OUT, Why
from xinheng.pipeline.preview import Column, Preview
from xinheng.web.templatetags.xinheng import is_english, local

WHYS: dict[Why | None, Promise] = {
    Why.TITLE: _("the catalog's title"),
    Why.CODE: _("the national code"),
    Why.ENGLISH: _("the English name"),
    Why.ALIAS: _("another name of the field"),
    Why.REMEMBERED: _("remembered from an earlier file"),
    Why.CHOSEN: _("chosen by you"),
    None: _("not known to the catalog"),
}


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column of the file beside its question; `question` is null without a header."""

    column: Column
    why: Promise
    question: forms.BoundField | None


class Columns(forms.Form):
    """One question for each column that has a header."""

    use_required_attribute = False

    def __init__(self, data: object = None, *, shown: Preview, item: Dataset) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self._columns = {
            f"column-{place}": column
            for place, column in enumerate(shown.columns)
            if column.header.strip()
        }
        self._shown = shown
        self._item = item
        fields = [(each.name, local(each, "title")) for each in item.fields]
        for name, column in self._columns.items():
            self.fields[name] = forms.ChoiceField(
                label=column.header,
                choices=[(LEFT_OUT, gettext("Leave out")), *fields],
                initial=column.field or LEFT_OUT,
                required=False,
            )

    def clean(self) -> dict[str, object]:
        """Refuse two columns for one field, unless they are numbered parts of it."""
        cleaned = dict(super().clean() or {})
        counted = Counter(field for field in cleaned.values() if field)
        first: dict[object, str] = {}
        for name, field in cleaned.items():
            if counted[field] < 2 or not field:
                continue
            header = self._columns[name].header
            if field not in first:
                first[field] = header
            elif not self._goes_on(str(field), first[field], header):
                self._add_double(name, str(field))
        return cleaned

    def _goes_on(self, field: str, one: str, other: str) -> bool:
        both = (numbered(one), numbered(other))
        return self._item.field(field).multiple and None not in both

    def _add_double(self, name: str, field: str) -> None:
        title = local(self._item.field(field), "title")
        message = _("Two columns stand for “%(title)s”; leave one of them out.")
        self.add_error(name, message % {"title": title})

    def chosen(self) -> dict[str, str]:
        """Return header to field, of what differs from the catalog or is unknown."""
        return {
            column.header: self.cleaned_data[name]
            for name, column in self._columns.items()
            if column.why is None or self.cleaned_data[name] != (column.field or "")
        }

    def add_refusal(self, error: UnreadableFileError) -> None:
        """Say why the file can't be taken with these columns."""
        self.add_error(None, error.message_en if is_english() else error.message_zh)

    def rows(self) -> Iterator[ShownColumn]:
        """Yield the columns of the file in their order."""
        for place, column in enumerate(self._shown.columns):
            name = f"column-{place}"
            question = self[name] if name in self.fields else None
            yield ShownColumn(column, WHYS[column.why], question)
