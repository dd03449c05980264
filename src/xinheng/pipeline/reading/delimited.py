"""Delimited text into batches of cells."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import polars as pl

from xinheng.pipeline import refusals
from xinheng.pipeline.reading import encodings, headers, records
from xinheng.pipeline.reading.encodings import Encoding, WrongEncodingError
from xinheng.pipeline.reading.headers import Header
from xinheng.pipeline.reading.records import Block
from xinheng.pipeline.reading.table import (
    OVERFLOW,
    ROW,
    Recognizer,
    Table,
    column_names,
)

# Cells beyond the header that are looked for, step by step, where a row has too many.
_SPARE_COLUMNS = (1, 16, 256, 4096)


def open_table(path: Path, encoding: Encoding, recognize: Recognizer) -> Table:
    """Return the table of a text file.

    Raises:
        WrongEncodingError: here or while the batches are read, where the bytes are not
        in
            the encoding.
        UnreadableFileError: where there is no header, or the text is no table.
    """
    texts = encodings.read_utf8(path, encoding)
    first = next(texts, b"")
    header = headers.find_in_text(_decoded_head(first), recognize)
    end = len(_decoded_head(first)[: header.end].encode())
    blocks = records.split(chain([first[end:]], texts))
    return Table(
        header=header.cells,
        names=header.above,
        is_workbook=False,
        batches=_batches(blocks, header),
        asides=iter(()),
    )


def _decoded_head(block: bytes) -> str:
    head = block[: headers.LONGEST_HEAD]
    try:
        return head.decode()
    except UnicodeDecodeError as error:
        if len(head) - error.start > 3:  # more than a character cut in two
            raise WrongEncodingError from None
        return head[: error.start].decode()


def _batches(blocks: Iterator[Block], header: Header) -> Iterator[pl.DataFrame]:
    rows_before = 0
    for block in blocks:
        if not block.content:
            continue
        frame = _parse(block, header)
        yield frame.with_row_index(ROW, offset=rows_before + 1)
        rows_before += frame.height


def _parse(block: Block, header: Header) -> pl.DataFrame:
    """Read a block of records; where quotes are not sound, as they stand."""
    for is_quoted in (True, False) if block.is_sound else (False,):
        for spare in _SPARE_COLUMNS:
            frame = _try(block.content, header, spare, is_quoted=is_quoted)
            if frame is not None:
                return _folded(frame, len(header.cells))
    raise refusals.damaged()


def _try(
    content: bytes, header: Header, spare: int, *, is_quoted: bool
) -> pl.DataFrame | None:
    """Return the cells, null where there are more columns or quotes are wrong."""
    names = column_names(len(header.cells) + spare)
    try:
        return pl.read_csv(
            content,
            has_header=False,
            separator=header.separator,
            quote_char='"' if is_quoted else None,
            schema=dict.fromkeys(names, pl.String),
            null_values="",
            missing_columns="insert",
            raise_if_empty=False,
        )
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        # The message may quote a cell, so it is not passed on.
        _require_utf8(content)
        return None


def _require_utf8(content: bytes) -> None:
    try:
        content.decode()
    except UnicodeDecodeError:
        raise WrongEncodingError from None


def _folded(frame: pl.DataFrame, width: int) -> pl.DataFrame:
    """Put what stands beyond the header into one column."""
    spare = frame.columns[width:]
    beyond = pl.concat_str(spare, separator=" ", ignore_nulls=True)
    present = pl.any_horizontal(pl.col(spare).is_not_null())
    return frame.select(
        *column_names(width),
        pl.when(present).then(beyond).otherwise(None).alias(OVERFLOW),
    )
