"""XLS workbooks (1997-2003) into sheets of cells.

One reader gives cells, their types, comments and names, so that a cell is seen once.
What it does not know of, such as headers, footers, text boxes and properties, is taken
from the records and streams of the file as they stand, to be screened.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
import xlrd
from xlrd.compdoc import CompDoc, CompDocError

from xinheng.pipeline import refusals
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import books
from xinheng.pipeline.reading.books import PLACES, Book, Cells
from xinheng.pipeline.reading.flaws import Flaw
from xinheng.pipeline.reading.marks import LONG
from xinheng.pipeline.reading.sources import Source
from xinheng.pipeline.reading.table import column_names

# What the reader raises on files that are no sound workbooks.
_BROKEN = (
    xlrd.XLRDError,
    CompDocError,
    struct.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    NotImplementedError,
    EOFError,
    RecursionError,
)
MOST_CELLS = 2**22  # of a sheet: its last row times its last column

_STREAMS = ("\x05SummaryInformation", "\x05DocumentSummaryInformation")
# Records that hold cells: the shared strings, and cells of every kind.
_CELL_RECORDS = frozenset(
    (0x00FC, 0x00FF, 0x00FD, 0x0204, 0x00D6, 0x0203, 0x027E, 0x00BD, 0x0006, 0x0207)
)
_CONTINUE = 0x003C
_LEAST_TEXT = 15
_EPOCHS = (datetime(1899, 12, 30), datetime(1904, 1, 1))  # noqa: DTZ001 - no zone
# A day that never was, which the program counts as 29 February 1900.
_LEAP_BUG = 60

Grid = list[list[str | None]]
FlawedCell = tuple[int, int, str]  # row, column, flaw


def decode(source: Source, *, is_form: bool) -> Book:
    """Return all cells; with `is_form` also which of them are flawed.

    Raises:
        UnreadableFileError: where the workbook can't be read.
    """
    whole = source.whole()
    content = whole if isinstance(whole, bytes) else whole.read_bytes()
    book = _open(content)
    others = _others(content)
    sheets = _sheets(book, others, is_form=is_form)
    return Book(sheets, book.datemode == 1, lambda: books.texts(others))


def _sheets(book: xlrd.Book, others: list[str], *, is_form: bool) -> Iterator[Cells]:
    """Yield the sheets, and put their comments to the other texts."""
    for number in range(book.nsheets):
        loaded = _load(book, number)
        others += loaded.notes
        places = None
        if is_form:
            places = pl.DataFrame(loaded.places, schema=PLACES, orient="row")
        frame = _frame(loaded.grid)
        yield Cells(loaded.name, frame, loaded.is_visible, places)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The cells of a sheet, where they are flawed, and its comments."""

    name: str
    grid: Grid
    places: list[FlawedCell]
    notes: list[str]
    is_visible: bool


def _open(content: bytes) -> xlrd.Book:
    try:
        return xlrd.open_workbook(
            file_contents=content,
            logfile=io.StringIO(),
            on_demand=True,
            ragged_rows=True,
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise refusals.encrypted() from None
        raise refusals.damaged() from None
    except _BROKEN:
        raise refusals.damaged() from None


def _load(book: xlrd.Book, number: int) -> _Loaded:
    try:
        sheet = book.sheet_by_index(number)
        if sheet.nrows * sheet.ncols > MOST_CELLS:
            raise refusals.stretched()
        grid, places = _read(sheet, book.datemode)
        notes = [f"{note.author or ''} {note.text}" for note in _notes(sheet)]
        is_visible = sheet.visibility == 0
        book.unload_sheet(number)
    except UnreadableFileError:
        raise
    except _BROKEN:
        raise refusals.damaged() from None
    return _Loaded(sheet.name, grid, places, notes, is_visible)


def _notes(sheet: xlrd.sheet.Sheet) -> Iterator[xlrd.sheet.Note]:
    yield from sheet.cell_note_map.values()


def _read(sheet: xlrd.sheet.Sheet, datemode: int) -> tuple[Grid, list[FlawedCell]]:
    grid: Grid = []
    places: list[FlawedCell] = []
    for row in range(sheet.nrows):
        kinds, values = sheet.row_types(row), sheet.row_values(row)
        cells: list[str | None] = []
        for column, (kind, value) in enumerate(zip(kinds, values, strict=True)):
            cells.append(_text(kind, value, datemode))
            if kind == xlrd.XL_CELL_ERROR:
                places.append((row, column, Flaw.ERROR.value))
            elif kind == xlrd.XL_CELL_NUMBER and abs(value) >= LONG:
                places.append((row, column, Flaw.NUMBER.value))
        grid.append(cells)
    return grid, places


def _text(kind: int, value: object, datemode: int) -> str | None:
    if kind == xlrd.XL_CELL_TEXT:
        return str(value) or None
    if kind == xlrd.XL_CELL_NUMBER and isinstance(value, float):
        return _number(value)
    if kind == xlrd.XL_CELL_DATE and isinstance(value, float):
        return _date(value, datemode)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return "true" if value else "false"
    return None


def _number(value: float) -> str:
    """Return a number as the reader of new workbooks does: 15 digits, no exponent."""
    return str(int(value)) if value.is_integer() else f"{value:.15g}"


def _date(value: float, datemode: int) -> str:
    """Return a day and time; what is none stays the number that it is."""
    if datemode == 0 and _LEAP_BUG <= value < _LEAP_BUG + 1:
        return _number(value)
    days = value + 1 if datemode == 0 and value < _LEAP_BUG else value
    try:
        moment = _EPOCHS[datemode] + timedelta(days=days)
    except (OverflowError, ValueError):
        return _number(value)
    return moment.isoformat(sep=" ", timespec="seconds")


def _frame(grid: Grid) -> pl.DataFrame:
    width = max(map(len, grid), default=0)
    padded = [row + [None] * (width - len(row)) for row in grid]
    schema = dict.fromkeys(column_names(width), pl.String)
    return pl.DataFrame(padded, schema=schema, orient="row")


def _others(content: bytes) -> list[str]:
    """Return what the file holds besides cells, read as text of one and two bytes."""
    texts: list[str] = []
    try:
        document = CompDoc(content, logfile=io.StringIO())
        book = document.get_named_stream("Workbook") or b""
        streams = [document.get_named_stream(name) or b"" for name in _STREAMS]
    except _BROKEN:
        raise refusals.damaged() from None
    for block in [*_besides_cells(book), *streams]:
        texts.append(block.decode("latin-1"))
        texts += [block[start:].decode("utf-16-le", "ignore") for start in (0, 1)]
    return texts


def _besides_cells(book: bytes) -> Iterator[bytes]:
    """Yield the contents of the records that hold no cells."""
    place, is_cell = 0, False
    while place + 4 <= len(book):
        record, length = struct.unpack_from("<HH", book, place)
        if record != _CONTINUE:
            is_cell = record in _CELL_RECORDS
        if not is_cell and length >= _LEAST_TEXT:
            yield book[place + 4 : place + 4 + length]
        place += 4 + length
