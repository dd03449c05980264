"""Where a table's header stands: among the first rows, known by its own words.

Forms often carry a title above the header, so the row that holds the most known headers
is taken, the first one where several hold as many.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xinheng.pipeline import refusals
from xinheng.pipeline.reading.table import Recognizer

MOST_ROWS = 20  # a header stands among the first so many rows
SEPARATORS = (",", "\t", ";", "|")
LONGEST_HEAD = 1_000_000  # characters


@dataclass(frozen=True, slots=True)
class Header:
    """A header row: its cells, the cells above it, and where the data begin.

    `end` counts rows (for cells) or characters (for text) up to the end of the header.
    """

    cells: tuple[str, ...]
    above: tuple[str, ...]
    separator: str
    end: int
    known: int


def find_in_text(head: str, recognize: Recognizer) -> Header:
    """Return the header of delimited text, of which `head` is the beginning.

    Raises:
        UnreadableFileError: where no row holds a known header.
    """
    lines = head[:LONGEST_HEAD].split("\n")
    found = [
        _best(_rows(lines, separator), recognize, separator) for separator in SEPARATORS
    ]
    best = max(found, key=lambda header: header.known)
    return _known(best)


def find_in_rows(rows: Iterable[Sequence[str]], recognize: Recognizer) -> Header:
    """Return the header among rows of cells.

    Raises:
        UnreadableFileError: where no row holds a known header.
    """
    numbered = [(tuple(row), number) for number, row in enumerate(rows, start=1)]
    return _known(_best(numbered, recognize, ""))


def _known(header: Header) -> Header:
    if not header.known:
        raise refusals.no_columns()
    return header


def _rows(lines: list[str], separator: str) -> list[tuple[tuple[str, ...], int]]:
    """Return the first rows, each with the position in the text at which it ends."""
    reader = csv.reader((line + "\n" for line in lines), delimiter=separator)
    rows: list[tuple[tuple[str, ...], int]] = []
    end = read = 0
    try:
        for cells in reader:
            end += sum(len(line) + 1 for line in lines[read : reader.line_num])
            read = reader.line_num
            rows.append((tuple(cell.strip() for cell in cells), end))
            if len(rows) == MOST_ROWS:
                break
    except csv.Error:  # a cell beyond all bounds: no header stands there
        pass
    return rows


def _best(
    rows: list[tuple[tuple[str, ...], int]], recognize: Recognizer, separator: str
) -> Header:
    best = Header((), (), separator, end=0, known=0)
    above: list[str] = []
    for cells, end in rows[:MOST_ROWS]:
        known = recognize(cells)
        if known > best.known:
            best = Header(_trimmed(cells), tuple(above), separator, end, known)
        above += cells
    return best


def _trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out what is blank after the last header."""
    count = len(cells)
    while count and not cells[count - 1].strip():
        count -= 1
    return cells[:count]
