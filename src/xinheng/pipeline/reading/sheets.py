"""What the readers of the formats give: sheets with their headers, not yet one table.

A text file is a sheet without a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from xinheng.pipeline.parts import Skipped
from xinheng.pipeline.reading.headers import Header
from xinheng.pipeline.reading.table import OVERFLOW, column_names


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet in which some header is known.

    `frames` yields the rows below the header as `Table.batches` does, without `row`.
    `is_filled` says whether anything stands there; null where nobody has looked yet.
    """

    file: str
    name: str
    header: Header
    frames: Iterator[pl.DataFrame]
    is_filled: bool | None = None
    is_workbook: bool = False
    is_1904: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """All that is in a file.

    `names` are texts around the tables, `asides` frames that are screened and no data.
    """

    sheets: tuple[Sheet, ...]
    names: tuple[str, ...] = ()
    asides: Iterable[pl.DataFrame] = ()
    skipped: tuple[Skipped, ...] = ()


def folded(frame: pl.DataFrame, width: int) -> pl.DataFrame:
    """Return as many columns as the header has, and what stands beyond them in one."""
    missing = [
        pl.lit(None, dtype=pl.String).alias(name)
        for name in column_names(width)[frame.width :]
    ]
    spare = frame.columns[width:]
    if not spare:
        nothing = pl.lit(None, dtype=pl.String).alias(OVERFLOW)
        return frame.with_columns(*missing, nothing)
    beyond = pl.concat_str(spare, separator=" ", ignore_nulls=True)
    present = pl.any_horizontal(pl.col(spare).str.strip_chars() != "")
    overflow = pl.when(present).then(beyond).otherwise(None).alias(OVERFLOW)
    return frame.with_columns(*missing, overflow).drop(spare)


def with_names_by_position(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the same columns, named `"0"`, `"1"`, ..."""
    return frame.rename(
        dict(zip(frame.columns, column_names(frame.width), strict=True))
    )
