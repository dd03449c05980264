"""XLSX workbooks into cells; macros of XLSM are never looked at.

Every cell comes as text: a date as `2019-05-31 00:00:00`, a number in full, a formula
as the value that was saved with it. This is done in the confined process, see
`decoding`.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

import polars as pl

from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import beginning, marks, packages
from xinheng.pipeline.reading.beginning import Begun
from xinheng.pipeline.reading.books import PLACES, Book, Cells
from xinheng.pipeline.reading.packages import Examined
from xinheng.pipeline.reading.sheets import with_names_by_position
from xinheng.pipeline.reading.sources import HeldSource, Source

_VISIBLE = "visible"
# From one run of a text to the next one: what is half bold is one text all the same.
_RUN_ON = re.compile(
    r"</(?:\w+:)?t>\s*</(?:\w+:)?r>\s*<(?:\w+:)?r\b[^>]*>"
    r"(?:\s*<(?!/?(?:\w+:)?t\b)[^>]*>)*\s*<(?:\w+:)?t\b[^>]*>"
)


def decode(source: Source, *, is_form: bool, begun: Begun | None = None) -> Book:
    """Return all cells; with `is_form` also which of them are flawed.

    `begun` is the same workbook where it is being read already.

    Raises:
        UnreadableFileError: where the workbook can't be read.
    """
    held = _held(source, begun)
    if begun is None and beginning.is_large(held.content):
        begun = Begun(held.content)
    examined = packages.examine(held)
    sheets = [_cells(sheet) for sheet in (begun or Begun(held.content)).sheets()]
    if is_form and examined.flawed:
        sheets = _with_places(held, examined, sheets)
    return Book(sheets, examined.is_1904, lambda: _texts(examined.texts))


def _held(source: Source, begun: Begun | None) -> HeldSource:
    if begun is not None:
        return HeldSource(begun.content, source.name)
    whole = source.whole()
    content = whole if isinstance(whole, bytes) else whole.read_bytes()
    return HeldSource(content, source.name)


def _cells(sheet: Any) -> Cells:
    """Return the cells of a sheet from its first row, blank ones included."""
    frame = with_names_by_position(sheet.to_polars())
    return Cells(sheet.name, frame, sheet.visible == _VISIBLE)


def _with_places(
    source: Source, examined: Examined, sheets: list[Cells]
) -> list[Cells]:
    parts = marks.sheet_parts(source)
    return [
        _Marked(source, parts.get(cells.name, "")).cells(cells)
        if cells.is_visible and parts.get(cells.name) in examined.flawed
        else cells
        for cells in sheets
    ]


@dataclass(frozen=True, slots=True)
class _Marked:
    """A sheet in which some cell is flawed."""

    source: Source
    part: str

    def cells(self, cells: Cells) -> Cells:
        """Return the cells with the places of the flawed ones."""
        try:
            places = self._places()
        except UnreadableFileError as refused:
            return Cells(cells.name, cells.frame, is_visible=True, refusal=refused)
        frame = _as_far_as(cells.frame, places)
        return Cells(cells.name, frame, is_visible=True, places=places)

    def _places(self) -> pl.DataFrame:
        found = marks.read(self.source, self.part)
        first = found.first_column or 0
        beside = [
            (row, column - first, flaw.value)
            for row, column, flaw in found.places()
            if row >= 0 and column >= first
        ]
        return pl.DataFrame(beside, schema=PLACES, orient="row")


def _as_far_as(frame: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with the rows that hold nothing but flawed ones at the end."""
    last = places["row"].max()
    missing = 0 if last is None else int(str(last)) + 1 - frame.height
    if missing <= 0 or not frame.width:
        return frame
    return pl.concat([frame, frame.clear(missing)])


def _texts(parts: tuple[str, ...]) -> pl.DataFrame:
    """Return the texts of comments, drawings, properties and other parts."""
    whole = [_RUN_ON.sub("", html.unescape(part)) for part in parts]
    texts = pl.Series("part", whole, dtype=pl.String)
    # What stands behind a tag, and the tag itself with its attributes.
    return texts.str.split("<").explode().str.split_exact(">", 1).struct.unnest()
