"""Columns of a file matched to the fields of a dataset by their headers.

A header is known by the catalog's title, national code, English name or an alias. What
a person has assigned stands over the catalog: `chosen` maps a header as written to the
English name of a field, or to nothing where the column is to be left out.

A field that may hold several values may come in several columns whose headers are
numbered: `CF_CFLB1` and `CF_CFLB2` of 2016 are one `CF_CFLB` since 2018.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import Field
from xinheng.core.catalog.headers import fold, numbered
from xinheng.pipeline import refusals
from xinheng.pipeline.failures import UnreadableFileError

LEFT_OUT = ""


class Why(StrEnum):
    """By what a column was matched."""

    TITLE = "title"
    CODE = "code"
    ENGLISH = "english"
    ALIAS = "alias"
    REMEMBERED = "remembered"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Match:
    """Which field each column holds.

    `fields` maps a column's position to its field, `headers` the header as written to
    the field's name, `ignored` are headers that no field knows. `joined` maps the
    position of a column to that of the column, further left, whose values it goes on.
    """

    fields: Mapping[int, Field]
    headers: Mapping[str, str]
    ignored: tuple[str, ...]
    joined: Mapping[int, int]

    @property
    def names(self) -> frozenset[str]:
        """Names of the fields that the file has."""
        return frozenset(field.name for field in self.fields.values())


class Matcher:
    """Knows the headers of one dataset, and what people have assigned.

    What is `chosen` for this file stands over what is `remembered` from earlier ones. A
    remembered field that the dataset no longer has is forgotten.

    Raises:
        UnreadableFileError: a field that was chosen is not in the dataset.
    """

    def __init__(
        self,
        dataset: Dataset,
        chosen: Mapping[str, str] | None = None,
        remembered: Mapping[str, str] | None = None,
    ) -> None:
        self._dataset = dataset
        self._known = {
            fold(header): field for field in dataset.fields for header in field.headers
        }
        self._assigned: dict[str, tuple[Field | None, Why]] = {}
        names = {LEFT_OUT, *(field.name for field in dataset.fields)}
        for header, name in (remembered or {}).items():
            if name in names:
                self._assigned[fold(header)] = (self._field(name), Why.REMEMBERED)
        for header, name in (chosen or {}).items():
            self._assigned[fold(header)] = (self._field(name), Why.CHOSEN)
        self._headers = self._known.keys() | self._assigned.keys()

    def count(self, cells: Sequence[str]) -> int:
        """Return how many of the cells are headers of the dataset, or were assigned."""
        return len({fold(cell) for cell in cells} & self._headers)

    def find(self, header: str) -> tuple[Field | None, Why | None]:
        """Return a header's field and why it is that one.

        Both are null where nobody knows the header, the field alone where a person left
        the column out.
        """
        folded = fold(header)
        if folded in self._assigned:
            return self._assigned[folded]
        field = self._known.get(folded)
        return (field, _why(field, folded)) if field else (None, None)

    def assigned(self, header: Sequence[str]) -> Mapping[str, str]:
        """Return the headers that people assigned, each with its field's name."""
        found = {text: self._assigned.get(fold(text)) for text in header}
        return {
            text: each[0].name if each[0] else LEFT_OUT
            for text, each in found.items()
            if each is not None
        }

    def match(self, header: Sequence[str]) -> Match:
        """Return the field of each column.

        Raises:
            UnreadableFileError: where two columns mean one field, or the file lacks a
                column that identifies a record.
        """
        match, refusal = self.try_match(header)
        if refusal is not None:
            raise refusal
        return match

    def try_match(
        self, header: Sequence[str]
    ) -> tuple[Match, UnreadableFileError | None]:
        """Return the field of each column, and why the file is refused if it is.

        Of two columns that mean one field the left one has it in the match.
        """
        fields: dict[int, Field] = {}
        joined: dict[int, int] = {}
        refusal = None
        for position, text in enumerate(header):
            field, _ = self.find(text)
            if field is None:
                continue
            before = [place for place, other in fields.items() if other is field]
            if not before:
                fields[position] = field
            elif _goes_on(field, header[before[0]], text):
                joined[position] = before[0]
            else:
                refusal = refusals.duplicate_column(field.title, field.title_en)
        refusal = refusal or self._lacks_key(fields)
        return _match(header, fields, joined), refusal

    def _field(self, name: str) -> Field | None:
        if name == LEFT_OUT:
            return None
        try:
            return self._dataset.field(name)
        except KeyError:
            raise refusals.unknown_field(name) from None

    def _lacks_key(self, fields: Mapping[int, Field]) -> UnreadableFileError | None:
        present = {field.name for field in fields.values()}
        missing = [
            self._dataset.field(name)
            for name in self._dataset.natural_key
            if name not in present
        ]
        if not missing:
            return None
        return refusals.no_key_columns(
            [field.title for field in missing], [field.title_en for field in missing]
        )


def _match(
    header: Sequence[str], fields: Mapping[int, Field], joined: Mapping[int, int]
) -> Match:
    ignored = [
        text
        for position, text in enumerate(header)
        if position not in fields and position not in joined and text.strip()
    ]
    places = {place: place for place in fields} | dict(joined)
    named = {header[place]: fields[first].name for place, first in places.items()}
    return Match(fields, named, tuple(ignored), joined)


def _why(field: Field, folded: str) -> Why:
    named = {
        Why.TITLE: field.title,
        Why.CODE: field.code or "",
        Why.ENGLISH: field.name,
    }
    found = (why for why, name in named.items() if name and fold(name) == folded)
    return next(found, Why.ALIAS)


def _goes_on(field: Field, first: str, other: str) -> bool:
    """Tell whether two headers are numbered columns of one list of values."""
    one, two = numbered(first), numbered(other)
    if not field.multiple or one is None or two is None:
        return False
    return one[0] == two[0] and one[1] != two[1]
