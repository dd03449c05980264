"""XLSX workbooks into batches of cells.

Every cell comes as text: a date as `2019-05-31 00:00:00`, a number in full. The sheet
with the most known headers is the table; all others are read only to be screened.
"""

from __future__ import annotations

import logging  # noqa: TID251  (only to silence the reader)
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import polars as pl

from xinheng.pipeline import refusals
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import headers, packages
from xinheng.pipeline.reading.headers import Header
from xinheng.pipeline.reading.table import (
    OVERFLOW,
    ROW,
    Recognizer,
    Table,
    column_names,
)

# What the reader remarks on a workbook may quote it, so it is logged nowhere.
logging.getLogger("calamine").setLevel(logging.CRITICAL)


def open_table(path: Path, recognize: Recognizer, *, batch_rows: int) -> Table:
    """Return the table of a workbook.

    Raises:
        UnreadableFileError: where the workbook can't be read or no sheet has a header.
    """
    packages.examine(path)
    book = _open(path)
    name, header = _find_sheet(book, recognize)
    return Table(
        header=header.cells,
        names=(*header.above, *book.sheet_names),
        is_workbook=True,
        batches=_batches(book, name, header, batch_rows),
        asides=_asides(path, book, name),
    )


def _open(path: Path) -> fastexcel.ExcelReader:
    try:
        return fastexcel.read_excel(path)
    except fastexcel.FastExcelError:
        raise refusals.damaged() from None


def _find_sheet(
    book: fastexcel.ExcelReader, recognize: Recognizer
) -> tuple[str, Header]:
    found = {}
    for name in book.sheet_names:
        cells = _load(book, name, skip_rows=0, n_rows=headers.MOST_ROWS)
        rows = ([cell or "" for cell in row] for row in cells.iter_rows())
        try:
            found[name] = headers.find_in_rows(rows, recognize)
        except UnreadableFileError:
            continue
    if not found:
        raise refusals.no_columns()
    return max(found.items(), key=lambda sheet: sheet[1].known)


def _load(
    book: fastexcel.ExcelReader, name: str, *, skip_rows: int, n_rows: int | None = None
) -> pl.DataFrame:
    """Return the cells of a sheet as text; the columns are named by position."""
    try:
        sheet = book.load_sheet(
            name,
            header_row=None,
            skip_rows=skip_rows,
            n_rows=n_rows,
            dtypes="string",
        )
        frame = sheet.to_polars()
    except fastexcel.FastExcelError:
        raise refusals.damaged() from None
    return frame.rename(
        dict(zip(frame.columns, column_names(frame.width), strict=True))
    )


def _batches(
    book: fastexcel.ExcelReader, name: str, header: Header, batch_rows: int
) -> Iterator[pl.DataFrame]:
    frame = _load(book, name, skip_rows=header.end)
    cells = _folded(frame, len(header.cells)).with_row_index(ROW, offset=1)
    yield from cells.iter_slices(batch_rows)


def _folded(frame: pl.DataFrame, width: int) -> pl.DataFrame:
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


def _asides(
    path: Path, book: fastexcel.ExcelReader, table: str
) -> Iterator[pl.DataFrame]:
    for name in book.sheet_names:
        if name != table:
            yield _load(book, name, skip_rows=0)
    yield _other_texts(path)


def _other_texts(path: Path) -> pl.DataFrame:
    """Return the texts of comments, drawings, properties and other parts."""
    texts = pl.Series("part", packages.other_texts(path), dtype=pl.String)
    # What stands behind a tag, and the tag itself with its attributes.
    return texts.str.split("<").explode().str.split_exact(">", 1).struct.unnest()
