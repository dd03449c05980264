"""Columns of a file matched to the fields of a dataset by their headers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xinheng.core.catalog import headers
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import Field
from xinheng.pipeline import refusals

# What templates add to a header to say that the column is required.
_REQUIRED_MARK = re.compile(r"[*＊]|[（(\[【]\s*(?:必填|必填项|选填|可选)\s*[)）\]】]")


@dataclass(frozen=True, slots=True)
class Match:
    """Which field each column holds.

    `fields` maps a column's position to its field, `headers` the header as written to
    the field's name, `ignored` are headers that no field knows.
    """

    fields: Mapping[int, Field]
    headers: Mapping[str, str]
    ignored: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        """Names of the fields that the file has."""
        return frozenset(field.name for field in self.fields.values())


class Matcher:
    """Knows the headers of one dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._fields = {
            fold(header): field for field in dataset.fields for header in field.headers
        }

    def count(self, cells: Sequence[str]) -> int:
        """Return how many of the cells are headers of the dataset."""
        return len({fold(cell) for cell in cells} & self._fields.keys())

    def match(self, header: Sequence[str]) -> Match:
        """Return the field of each column.

        Raises:
            UnreadableFileError: where two columns mean one field, or the file lacks a
                column that identifies a record.
        """
        fields: dict[int, Field] = {}
        for position, text in enumerate(header):
            field = self._fields.get(fold(text))
            if field is None:
                continue
            if field in fields.values():
                raise refusals.duplicate_column(field.title, field.title_en)
            fields[position] = field
        self._require_key(fields)
        ignored = [
            text
            for position, text in enumerate(header)
            if position not in fields and text.strip()
        ]
        named = {header[position]: field.name for position, field in fields.items()}
        return Match(fields, named, tuple(ignored))

    def _require_key(self, fields: Mapping[int, Field]) -> None:
        present = {field.name for field in fields.values()}
        missing = [
            self._dataset.field(name)
            for name in self._dataset.natural_key
            if name not in present
        ]
        if missing:
            raise refusals.no_key_columns(
                [field.title for field in missing],
                [field.title_en for field in missing],
            )


def fold(header: str) -> str:
    """Return the header without marks, blanks, case, width and punctuation."""
    return headers.normalize(_REQUIRED_MARK.sub("", header))
