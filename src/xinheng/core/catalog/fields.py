"""Fields of a dataset: the columns that a unit may hand in.

A field has three names, all of which are accepted as the header of a column: the
Chinese title, the national code (`XK_WSH`) and the English name (`decision_no`), each
with aliases of older editions.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class FieldType(StrEnum):
    """How the text of a cell is read."""

    TEXT = "text"
    DATE = "date"
    DECIMAL = "decimal"
    INTEGER = "integer"
    USCC = "uscc"
    ORGANIZATION_CODE = "organization_code"
    PERIOD = "period"  # a month, YYYY-MM


class Personal(StrEnum):
    """What happens to a column that is about a natural person.

    Such a column is always screened and never stored, archived or sent.
    """

    DROP = "drop"  # the value is left out, the row goes on
    REFUSE = "refuse"  # any value means that the row is about a person: row refused


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a dataset.

    `max_length` counts characters; null means that the source gives none. `minimum` and
    `maximum` are inclusive and apply to DECIMAL and INTEGER. `code_list` names a
    `CodeList`; with `multiple`, several of its values may stand in one cell, separated
    by `、`, `;`, `；` or `,`. `required_for` demands the field in rows whose code list
    field holds a value (`("penalty_types", "罚款")`). `unit` is the unit of measure of
    a number as the form states it (`万元`). `stated_in` names a text field and the word
    beside which that text states the same sum (`("penalty_content", "罚款")`), so that
    the two can be compared. `example` is a fictional value for
    templates and samples; it may hold the placeholders of `rulebook/samples.py`.
    """

    name: str
    title: str
    title_en: str
    type: FieldType = FieldType.TEXT
    code: str | None = None
    aliases: tuple[str, ...] = ()
    required: bool = False
    required_for: tuple[str, str] | None = None
    max_length: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimal_places: int | None = None
    code_list: str | None = None
    multiple: bool = False
    unit: str | None = None
    stated_in: tuple[str, str] | None = None
    personal: Personal | None = None
    public: bool = True
    note: str | None = None
    example: str | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """Every text that is accepted as this column's header."""
        own = (self.title, self.code, self.name, *self.aliases)
        return tuple(header for header in own if header)
