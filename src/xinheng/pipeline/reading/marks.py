"""The cells of one sheet of a workbook that are not what they seem, by a second look.

The reader of workbooks gives texts alone. Whether a cell is a number of too many
digits, an error or a formula without its value stands in the sheet's XML, which is only
read here where a first look (`packages`) found such signs.
"""

from __future__ import annotations

import math
import zipfile
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from xinheng.pipeline import refusals
from xinheng.pipeline.reading.archives import NO_ARCHIVE
from xinheng.pipeline.reading.flaws import KEPT_DIGITS, Flaw
from xinheng.pipeline.reading.sources import Source

MOST_FLAWS = 1_000_000  # of a sheet
LONG: int = 10**KEPT_DIGITS

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_KINDS = tuple(Flaw)
_LETTERS = 26
_SHORT = 400  # characters of a value that can be a number

Start = Callable[[str, dict[str, str]], None]


@dataclass(slots=True)
class Marks:
    """Flawed cells: rows and columns from 0; `first_column` is that of any content."""

    rows: array[int] = field(default_factory=lambda: array("I"))
    columns: array[int] = field(default_factory=lambda: array("I"))
    kinds: array[int] = field(default_factory=lambda: array("B"))
    first_column: int | None = None

    def add(self, row: int, column: int, flaw: Flaw) -> None:
        """Add a cell.

        Raises:
            UnreadableFileError: there are more than anyone can mend.
        """
        if len(self.rows) == MOST_FLAWS:
            raise refusals.flawed()
        self.rows.append(row)
        self.columns.append(column)
        self.kinds.append(_KINDS.index(flaw))

    def places(self) -> list[tuple[int, int, Flaw]]:
        """Return row, column and flaw of each."""
        kinds = [_KINDS[kind] for kind in self.kinds]
        return list(zip(self.rows, self.columns, kinds, strict=True))


def sheet_parts(source: Source) -> dict[str, str]:
    """Return the part in which each sheet of a workbook stands, by its name."""
    sheets: dict[str, str] = {}
    targets: dict[str, str] = {}

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "sheet":
            relation = {_local(key): value for key, value in attributes.items()}
            sheets[relation.get("name", "")] = relation.get("id", "")

    def relation(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            target = attributes.get("Target", "")
            is_absolute = target.startswith("/")
            path = target.lstrip("/") if is_absolute else f"xl/{target}"
            targets[attributes.get("Id", "")] = path

    _parse(source, _WORKBOOK, sheet)
    _parse(source, _RELATIONS, relation)
    return {name: targets.get(identifier, "") for name, identifier in sheets.items()}


def read(source: Source, part: str) -> Marks:
    """Return the flawed cells of a sheet.

    Raises:
        UnreadableFileError: the part is no sound XML, or too much of it is flawed.
    """
    cells = _Cells()
    _parse(source, part, cells.start, cells)
    return cells.marks


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Cells:
    """Follows the cells of a sheet."""

    def __init__(self) -> None:
        self.marks = Marks()
        self._row = self._column = -1
        self._kind = "n"
        self._value: list[str] = []
        self._is_value = self._is_formula = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        if local == "row":
            given = attributes.get("r", "")
            self._row = int(given) - 1 if given.isdecimal() else self._row + 1
            self._column = -1
        elif local == "c":
            self._begin(attributes)
        elif local == "f":
            self._is_formula = True
        elif local in ("v", "t"):
            self._is_value = True

    def text(self, text: str) -> None:
        if self._is_value and len(self._value) < _SHORT:
            self._value.append(text)

    def end(self, name: str) -> None:
        local = _local(name)
        if local in ("v", "t"):
            self._is_value = False
        elif local == "c":
            self._finish("".join(self._value).strip())

    def _begin(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r", "")
        letters = place.rstrip("0123456789")
        number = place[len(letters) :]
        self._column = _position(letters) if letters else self._column + 1
        if number:
            self._row = int(number) - 1
        self._kind = attributes.get("t", "n")
        self._value = []
        self._is_formula = False

    def _finish(self, value: str) -> None:
        flaw = self._flaw(value)
        is_filled = bool(value) or self._kind == "inlineStr"
        first = self.marks.first_column
        if is_filled and (first is None or self._column < first):
            self.marks.first_column = self._column
        if flaw is not None:
            self.marks.add(self._row, self._column, flaw)

    def _flaw(self, value: str) -> Flaw | None:
        if self._kind == "e":
            return Flaw.ERROR
        if self._is_formula and not value and self._kind not in ("str", "inlineStr"):
            return Flaw.FORMULA
        if self._kind == "n" and len(value) < _SHORT and _is_long(value):
            return Flaw.NUMBER
        return None


def _is_long(value: str) -> bool:
    try:
        return math.fabs(float(value)) >= LONG
    except ValueError:
        return False


def _position(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number - 1


def _parse(
    source: Source, part: str, start: Start, cells: _Cells | None = None
) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    if cells is not None:
        parser.EndElementHandler = cells.end
        parser.CharacterDataHandler = cells.text
    try:
        with (
            source.open() as content,
            zipfile.ZipFile(content) as archive,
            archive.open(part) as xml,
        ):
            parser.ParseFile(xml)
    except (expat.ExpatError, KeyError, OverflowError, *NO_ARCHIVE):
        raise refusals.damaged() from None
