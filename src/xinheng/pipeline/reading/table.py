"""A table as it stands in a file: a header and rows of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from xinheng.pipeline.parts import Part, Skipped

ROW = "row"
OVERFLOW = "overflow"
FLAWS = "flaws"

# Tells how many of these cells are headers that somebody knows.
Recognizer = Callable[[Sequence[str]], int]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file, to be read once.

    `header` are the headers as written, by position. `names` is all other text around
    the table that may hold a person's number: titles above the header, names of sheets;
    `titles` are the rows above the header again, of the first sheet.
    `is_workbook` says that cells may be the numbers of a spreadsheet, `is_1904` that it
    counts days from 1904. `batches` yields frames with `row` (UInt32: 1 for the row
    below the header; blank rows keep their place and are yielded, too), a String column
    for each header named by its position (`"0"`, `"1"`, ...), null where the cell is
    empty, and `overflow` (String: what stands beyond the last header, null where
    nothing does). In a form, where a cell's text is not what a person wrote there,
    the frame also has `flaws` (see `reading.flaws`). `asides` yields String frames that
    hold no rows of the table but are part of the file, such as its other sheets.

    `parts` says where the rows came from; before its rows have been read a part has
    `first_row` and `rows` 0. `skipped` are the sheets that are no data.
    """

    header: tuple[str, ...]
    names: tuple[str, ...]
    is_workbook: bool
    batches: Iterator[pl.DataFrame]
    asides: Iterator[pl.DataFrame]
    is_1904: bool = False
    parts: Sequence[Part] = ()
    skipped: tuple[Skipped, ...] = ()
    titles: tuple[tuple[str, ...], ...] = ()


def column_names(count: int) -> list[str]:
    """Return the names of `count` columns by position."""
    return [str(position) for position in range(count)]
