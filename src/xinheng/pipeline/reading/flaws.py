"""Cells whose text is not what a person wrote there.

A spreadsheet keeps 15 digits of a number, so a code of 18 digits that was taken for a
number has lost its end; a formula may have been saved without its value, or with an
error in its place. The text that a reader gives for such a cell looks like any other,
so the cells are named beside it. Nothing is repaired.

A batch with flawed cells has a column `flaws`: for each row null, or a list of
`column`, `flaw` (both String) and `may_be_personal` (Boolean: the digits that are left
could begin an identity number).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

import polars as pl

from xinheng.core.screening.personal_id import FIRST_YEAR, LAST_YEAR, PROVINCES
from xinheng.pipeline.reading.table import FLAWS

KEPT_DIGITS = 15  # of a number


class Flaw(StrEnum):
    """What is wrong with a cell; the values are codes of rules."""

    NUMBER = "EXCEL_NUMBER"  # more digits than a spreadsheet keeps
    ERROR = "CELL_ERROR"  # #N/A, #REF! and the like, or ##### for want of width
    FORMULA = "FORMULA_VALUE"  # a formula whose value was not saved


FLAW_TYPE = pl.List(
    pl.Struct({"column": pl.String, "flaw": pl.String, "may_be_personal": pl.Boolean})
)
Place = tuple[int, str, Flaw]  # index of the row in the frame, column, flaw

# An identity number, and a sole proprietor's tax number: the owner's with two digits.
_LENGTHS = (18, 20)
_ERROR_WORDS = r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|#+)"
_ERROR = rf"^\s*{_ERROR_WORDS}\s*$"
_EXPONENT = r"^\s*[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{2,3}\s*$"
_EITHER = rf"{_ERROR}|{_EXPONENT}"
_ERROR_BYTES = re.compile(_ERROR_WORDS.encode())
_EXPONENT_BYTES = re.compile(rb"[0-9][Ee]\+[0-9]{2}")
# The signs that both begin with or turn on, and how far before them to look.
_SIGNS = ((b"#", _ERROR_BYTES, 0), (b"+", _EXPONENT_BYTES, 2))


def columns_in(content: bytes, separator: bytes) -> frozenset[int] | None:
    """Return the places of the columns in which such cells may stand; null: in any.

    `content` is lines of delimited text. Nearly always this is a look at two signs;
    with a quote anywhere a line's separators say nothing, so any column may hold one.
    """
    if not any(_places(content, *sign, most=1) for sign in _SIGNS):
        return frozenset()
    if b'"' in content:
        return None
    found = [place for sign in _SIGNS for place in _places(content, *sign)]
    begins = ((content.rfind(b"\n", 0, place) + 1, place) for place in found)
    return frozenset(content.count(separator, *line) for line in begins)


def _places(
    content: bytes,
    sign: bytes,
    form: re.Pattern[bytes],
    before: int,
    *,
    most: int | None = None,
) -> list[int]:
    """Return where the signs stand that may turn a cell into one, the first ones."""
    found: list[int] = []
    place = content.find(sign)
    while place >= 0 and len(found) != most:
        if form.match(content, max(place - before, 0)):
            found.append(place)
        place = content.find(sign, place + 1)
    return found


def marked(
    frame: pl.DataFrame,
    places: Iterable[Place] = (),
    *,
    columns: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Return the frame with the flaws at these places, and those its texts show.

    Only the texts of `columns` are searched; null means of all.
    """
    searched = frame if columns is None else frame.select(columns)
    found = [*places, *_in_texts(searched)]
    if not found:
        return frame
    cells = {name: frame[name] for name in {column for _, column, _ in found}}
    rows: dict[int, list[dict[str, object]]] = {}
    for index, column, flaw in found:
        text = cells[column][index] if flaw is Flaw.NUMBER else None
        rows.setdefault(index, []).append(
            {
                "column": column,
                "flaw": flaw.value,
                "may_be_personal": may_begin_identity_number(text or ""),
            }
        )
    # Null for all rows but a few, so these alone are made and then put in their places.
    some = pl.Series(FLAWS, [None, *rows.values()], FLAW_TYPE)
    chosen = pl.repeat(0, frame.height, dtype=pl.UInt32, eager=True)
    chosen = chosen.scatter([*rows], range(1, len(rows) + 1))
    return frame.with_columns(some.gather(chosen))


def _in_texts(frame: pl.DataFrame) -> Iterator[Place]:
    # The form is anchored, so nearly every cell is done with at its first sign.
    for cells in frame.select(pl.all().str.contains(_EITHER)):
        for index in cells.arg_true():
            text = frame[cells.name][index]
            is_number = re.search(_EXPONENT, text) is not None
            yield index, cells.name, Flaw.NUMBER if is_number else Flaw.ERROR


def may_begin_identity_number(text: str) -> bool:
    """Tell whether a rounded number could have been a person's identity number.

    Its check character is lost, so place and date of birth decide: a division's first
    two digits and a day between 1900 and 2099 at their places. One other number of 18
    digits in three thousand has them, too; the row is refused for its lost digits
    anyway.

    >>> may_begin_identity_number("210802199001011000")
    True
    >>> may_begin_identity_number("2.10802199001011E+17")
    True
    >>> may_begin_identity_number("911100006000373000")
    False
    """
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return False
    if not number.is_finite() or number.adjusted() + 1 not in _LENGTHS:
        return False
    digits = f"{number:f}"
    return digits[:2] in PROVINCES and _is_day(digits[6:14])


def _is_day(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    try:
        date(year, month, day)
    except ValueError:
        return False
    return FIRST_YEAR <= year <= LAST_YEAR
