"""Where a table's header stands: among the first rows, known by its own words.

Forms often carry a title above the header, so the row that holds the most known headers
is taken, the first one where several hold as many. In the forms of a catalog a header
may also take two rows, with groups of columns in merged cells above:

    行政相对人                      许可决定日期
    名称    统一社会信用代码

and below it may stand the national codes, or a row that says which columns are
required; such rows belong to the header.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from xinheng.core.catalog.headers import is_mark
from xinheng.pipeline import refusals
from xinheng.pipeline.reading.table import Recognizer

MOST_ROWS = 20  # a header stands among the first so many rows
SEPARATORS = (",", "\t", ";", "|")
LONGEST_HEAD = 1_000_000  # characters

Cells = tuple[str, ...]
_ROWS_LOOKED_AT = 20  # below the header, for another separator


@dataclass(frozen=True, slots=True)
class Header:
    """A header: its cells, the cells above it, and where the data begin.

    `end` counts rows (for cells) or characters (for text) up to the end of the header,
    `row` its last row from 1, as a spreadsheet counts. `titles` are the rows above it.
    """

    cells: Cells
    above: Cells
    separator: str
    end: int
    row: int
    known: int
    titles: tuple[Cells, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    cells: Cells
    end: int


def find_in_text(head: str, recognize: Recognizer, *, is_form: bool = False) -> Header:
    """Return the header of delimited text, of which `head` is the beginning.

    Raises:
        UnreadableFileError: where no row holds a known header, or where the text can be
            cut into columns in more than one way.
    """
    lines = head[:LONGEST_HEAD].split("\n")
    found = [
        _find(_rows(lines, separator), recognize, separator, is_form=is_form)
        for separator in SEPARATORS
    ]
    best = _known(max(found, key=lambda header: header.known))
    for other in found:
        if other.known == best.known and other.cells != best.cells:
            raise refusals.delimiter()
    if is_form and len(best.cells) > 1:
        _require_separator(head[best.end : LONGEST_HEAD], best.separator)
    return best


def find_in_rows(
    rows: Iterable[Sequence[str]], recognize: Recognizer, *, is_form: bool = False
) -> Header:
    """Return the header among rows of cells; its `known` is 0 where there is none."""
    numbered = [_Row(tuple(row), number) for number, row in enumerate(rows, start=1)]
    return _find(numbered, recognize, "", is_form=is_form)


def _known(header: Header) -> Header:
    if not header.known:
        raise refusals.no_columns()
    return header


def _require_separator(below: str, separator: str) -> None:
    """Refuse rows that are all separated by another sign than the header is."""
    lines = [line for line in below.split("\n")[:-1] if line.strip()][:_ROWS_LOOKED_AT]
    if not lines or any(separator in line for line in lines):
        return
    if any(all(other in line for line in lines) for other in SEPARATORS):
        raise refusals.delimiter()


def _rows(lines: list[str], separator: str) -> list[_Row]:
    """Return the first rows, each with the position in the text at which it ends."""
    reader = csv.reader((line + "\n" for line in lines), delimiter=separator)
    rows: list[_Row] = []
    end = read = 0
    try:
        for cells in reader:
            end += sum(len(line) + 1 for line in lines[read : reader.line_num])
            read = reader.line_num
            rows.append(_Row(tuple(cell.strip() for cell in cells), end))
            if len(rows) == MOST_ROWS:
                break
    except csv.Error:  # a cell beyond all bounds: no header stands there
        pass
    return rows


def _find(
    rows: list[_Row], recognize: Recognizer, separator: str, *, is_form: bool
) -> Header:
    rows = rows[:MOST_ROWS]
    best = Header((), (), separator, end=0, row=0, known=0)
    for first, last, cells in _candidates(rows, recognize, is_form=is_form):
        known = recognize(cells)
        if known > best.known:
            titles = tuple(row.cells for row in rows[:first])
            best = Header(
                _trimmed(cells),
                tuple(chain.from_iterable(titles)),
                separator,
                end=rows[last].end,
                row=last + 1,
                known=known,
                titles=titles,
            )
    return _with_rows_below(best, rows, recognize) if is_form else best


def _candidates(
    rows: list[_Row], recognize: Recognizer, *, is_form: bool
) -> Iterator[tuple[int, int, Cells]]:
    """Yield single rows, then pairs: (first row, last row, cells)."""
    for number, row in enumerate(rows):
        yield number, number, row.cells
    if not is_form:
        return
    for number in range(len(rows) - 1):
        upper, lower = rows[number].cells, rows[number + 1].cells
        # A group names several columns, so there is a blank to its right.
        if not all(_trimmed(upper)) and any(lower):
            yield number, number + 1, _joined(upper, lower, recognize)


def _joined(upper: Cells, lower: Cells, recognize: Recognizer) -> Cells:
    """Return the headers of two rows, of which the upper one may name groups."""
    group = ""
    joined = []
    for above, below in zip_longest(upper, lower, fillvalue=""):
        group = above.strip() or group
        names = [group + below.strip(), below.strip()] if below.strip() else []
        names += [above.strip()]
        known = (name for name in names if name and recognize([name]))
        joined.append(next(known, below.strip() or above.strip()))
    return tuple(joined)


def _with_rows_below(header: Header, rows: list[_Row], recognize: Recognizer) -> Header:
    """Take the rows below that are headers again, or marks, to the header."""
    if not header.known:
        return header
    for row in rows[header.row :]:
        is_header = recognize(row.cells) >= max(2, header.known // 2)
        filled = [cell for cell in row.cells if cell.strip()]
        if not is_header and not (filled and all(map(is_mark, filled))):
            break
        above = (*header.above, *row.cells)
        header = replace(header, above=above, end=row.end, row=header.row + 1)
    return header


def _trimmed(cells: Cells) -> Cells:
    """Leave out what is blank after the last header."""
    count = len(cells)
    while count and not cells[count - 1].strip():
        count -= 1
    return cells[:count]
