"""What is done in the confined process: a workbook or an archive into frames of text.

The table of contents that is carried back:

    refusal     code and two messages, null where the file can be taken; then also
    books       of each workbook: its name in the archive, `is_1904`, `asides` (a span
                of all text that is no cell), and `sheets`
    members     of an archive: the files that are text, to be read as they are unpacked
    litter      of an archive: a span of what operating systems left in it

A sheet has `name`, `is_visible`, `chunks` (spans of its cells from the first row),
`width`, `filled` (rows up to the last that is not blank), `places` (a span of flawed
cells: row, column, flaw) and `refusal`, which counts only if the sheet is the table.
"""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path, PurePosixPath
from typing import IO, Any

import polars as pl

from xinheng.pipeline import refusals
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import archives, books, kinds, old_workbooks, workbooks
from xinheng.pipeline.reading.beginning import Begun
from xinheng.pipeline.reading.books import Book, Cells
from xinheng.pipeline.reading.carrying import Writer
from xinheng.pipeline.reading.sources import (
    FileSource,
    HeldSource,
    MemberSource,
    Source,
)


class Job(Enum):
    """What the file is to be read as."""

    WORKBOOK = auto()
    FORM = auto()  # a workbook whose flawed cells are looked for
    ARCHIVE = auto()  # of forms


def decode(path: Path, target: IO[bytes], job: Job, begun: Begun | None = None) -> None:
    """Decode the file and write what is in it, or why it can't be taken.

    `begun` is the workbook where it is being read already.
    """
    writer = Writer(target)
    try:
        if job is Job.ARCHIVE:
            contents = _archive(path, writer)
        else:
            source = FileSource(path, "")
            book = _decoded(source, is_form=job is Job.FORM, begun=begun)
            contents = {"books": [_told_of(source, book, writer)]}
    except UnreadableFileError as refused:
        contents = {"refusal": _told(refused)}
    writer.finish(contents)


def _told(refused: UnreadableFileError) -> list[str]:
    return [refused.code, refused.message_zh, refused.message_en]


def _archive(path: Path, writer: Writer) -> dict[str, Any]:
    if not archives.is_archive(path):
        raise refusals.wrong_content()
    members = archives.members(path, suffixes=kinds.TABLE_SUFFIXES)
    if not members:
        raise refusals.archive_empty()
    found: list[dict[str, Any]] = []
    texts = []
    for member in members:
        held = _held(member)
        if held is None:
            texts.append([member.member, member.name])
        else:
            found.append(_told_of(held, _decoded(held, is_form=True), writer))
    litter = writer.put(books.texts(archives.litter(path)))
    return {"books": found, "members": texts, "litter": litter}


def _held(member: MemberSource) -> HeldSource | None:
    """Return a workbook of an archive, unpacked; null where the member is text."""
    try:
        if _is_text(member):
            return None
        return HeldSource(member.whole(), member.name)
    except UnreadableFileError:
        raise
    except archives.NO_ARCHIVE:
        raise refusals.damaged() from None


def _is_text(member: MemberSource) -> bool:
    with member.open() as content:
        head = content.read(kinds.HEAD_BYTES)
    if not head:
        raise refusals.empty()
    return kinds.is_text(member, head, PurePosixPath(member.name).suffix.lower())


def _decoded(source: Source, *, is_form: bool, begun: Begun | None = None) -> Book:
    if begun is None and kinds.is_old(source):
        return old_workbooks.decode(source, is_form=is_form)
    return workbooks.decode(source, is_form=is_form, begun=begun)


def _told_of(source: Source, book: Book, writer: Writer) -> dict[str, Any]:
    sheets = [_sheet(cells, writer) for cells in book.sheets]
    return {
        "name": source.name,
        "is_1904": book.is_1904,
        "asides": writer.put(book.asides()),
        "sheets": sheets,
    }


def _sheet(cells: Cells, writer: Writer) -> dict[str, Any]:
    frame = cells.frame
    return {
        "name": cells.name,
        "is_visible": cells.is_visible,
        "width": frame.width,
        "filled": _filled(frame),
        "chunks": writer.put_rows(frame),
        "places": writer.put(cells.places) if cells.places is not None else None,
        "refusal": _told(cells.refusal) if cells.refusal else None,
    }


def _filled(frame: pl.DataFrame) -> int:
    """Return the number of rows up to the last in which anything stands."""
    last = 0
    for column in frame:
        if column.null_count() < len(column):
            last = max(last, int(column.is_not_null().arg_true()[-1]) + 1)
    return last
