"""Delimited text into batches of cells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import chain

import polars as pl

from xinheng.pipeline import refusals
from xinheng.pipeline.reading import encodings, flaws, headers, records
from xinheng.pipeline.reading.encodings import Encoding, WrongEncodingError
from xinheng.pipeline.reading.headers import Header
from xinheng.pipeline.reading.records import Block
from xinheng.pipeline.reading.sheets import Sheet
from xinheng.pipeline.reading.sources import Source
from xinheng.pipeline.reading.table import OVERFLOW, Recognizer, column_names

_HEAD_BYTES = 2 * 1024 * 1024  # more than a header and what may stand above it
# Cells beyond the header that are looked for, step by step, where a row has too many.
_SPARE_COLUMNS = (0, 1, 16, 256, 4096)


def open_sheet(
    source: Source, encoding: Encoding, recognize: Recognizer, *, is_form: bool
) -> Sheet:
    """Return the table of a text file; `is_form` is as `files.open_table` says.

    The file is open only while its rows are read: who refuses it by its header has
    nothing to close.

    Raises:
        WrongEncodingError: here or while the rows are read, where the bytes are not in
            the encoding.
        UnreadableFileError: where there is no header, or the text is no table.
    """
    with closing(encodings.read_utf8(source, encoding, _HEAD_BYTES)) as texts:
        head = _decoded_head(next(texts, b""))
    header = headers.find_in_text(head, recognize, is_form=is_form)
    end = len(head[: header.end].encode())
    blocks = _blocks(source, encoding, end)
    return Sheet(source.name, "", header, _frames(blocks, header, is_form=is_form))


def _blocks(source: Source, encoding: Encoding, end: int) -> Iterator[Block]:
    """Yield the records behind the first `end` bytes of the text."""
    with closing(encodings.read_utf8(source, encoding)) as texts:
        first = next(texts, b"")
        yield from records.split(chain([first[end:]], texts))


def _decoded_head(block: bytes) -> str:
    head = block[: headers.LONGEST_HEAD]
    try:
        return head.decode()
    except UnicodeDecodeError as error:
        if len(head) - error.start > 3:  # more than a character cut in two
            raise WrongEncodingError from None
        return head[: error.start].decode()


def _frames(
    blocks: Iterator[Block], header: Header, *, is_form: bool
) -> Iterator[pl.DataFrame]:
    for block in blocks:
        if block.content:
            frame = _parse(block, header)
            yield _marked(frame, block, header) if is_form else frame


def _marked(frame: pl.DataFrame, block: Block, header: Header) -> pl.DataFrame:
    """Return the frame with its flawed cells named, searching no more than it must."""
    places = flaws.columns_in(block.content, header.separator.encode())
    if places is None:
        return flaws.marked(frame)
    width = len(header.cells)
    names = {str(place) if place < width else OVERFLOW for place in places}
    return flaws.marked(frame, columns=sorted(names)) if names else frame


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
    if not spare:
        return frame.with_columns(pl.lit(None, dtype=pl.String).alias(OVERFLOW))
    beyond = pl.concat_str(spare, separator=" ", ignore_nulls=True)
    present = pl.any_horizontal(pl.col(spare).is_not_null())
    return frame.select(
        *column_names(width),
        pl.when(present).then(beyond).otherwise(None).alias(OVERFLOW),
    )
