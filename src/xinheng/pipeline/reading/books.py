"""A workbook as the confined process decodes it: all cells as text, nothing judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from xinheng.pipeline.failures import UnreadableFileError

PLACES = {"row": pl.UInt32, "column": pl.UInt32, "flaw": pl.String}


@dataclass(frozen=True, slots=True)
class Cells:
    """One sheet: its cells from the first row and the first column that is filled.

    Columns are String, named by position, null where a cell is empty. `places` are the
    flawed cells (PLACES: index of row and column in the frame, flaw; a column may lie
    beyond the frame), null where none were looked for. `refusal` says why they could
    not be found.
    """

    name: str
    frame: pl.DataFrame
    is_visible: bool
    places: pl.DataFrame | None = None
    refusal: UnreadableFileError | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook; `asides` is called after the sheets and gives all other text."""

    sheets: Iterable[Cells]
    is_1904: bool
    asides: Callable[[], pl.DataFrame]


def texts(lines: Iterable[str | None]) -> pl.DataFrame:
    """Return texts as a frame, to be screened."""
    return pl.DataFrame({"text": list(lines)}, schema={"text": pl.String})
