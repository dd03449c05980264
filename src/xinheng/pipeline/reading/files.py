"""A file that somebody hands in: what it is, and the table in it.

Text is read here, as it streams; workbooks and archives are decoded by a confined
process.
"""

from __future__ import annotations

import stat
from itertools import chain
from pathlib import Path, PurePosixPath

from xinheng.pipeline import refusals
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import (
    archives,
    assembly,
    confined,
    delimited,
    encodings,
    kinds,
)
from xinheng.pipeline.reading.decoded_books import BookReader
from xinheng.pipeline.reading.decoding import Job
from xinheng.pipeline.reading.encodings import WrongEncodingError
from xinheng.pipeline.reading.sheets import Contents
from xinheng.pipeline.reading.sources import FileSource, MemberSource
from xinheng.pipeline.reading.table import Recognizer, Table

MOST_COLUMNS = 1000  # with a header: each is screened, and shown to be assigned
# Null stands for what is no text: a workbook or an archive.
Reading = encodings.Encoding | None


def readings(path: Path, *, file_name: str) -> tuple[Reading, ...]:
    """Return the ways in which to read the file, in order.

    Raises:
        UnreadableFileError: where the path holds no file that can be a table.
    """
    head = _head(path)
    suffix = Path(file_name).suffix.lower()
    if suffix not in kinds.TABLE_SUFFIXES | {archives.SUFFIX}:
        raise refusals.extension()
    source = FileSource(path, file_name)
    if suffix == archives.SUFFIX:
        if not head.startswith((kinds.ZIP, kinds.EMPTY_ZIP)):
            raise refusals.wrong_content()
        return (None,)
    return (
        encodings.candidates(head) if kinds.is_text(source, head, suffix) else (None,)
    )


def open_table(
    path: Path,
    reading: Reading,
    recognize: Recognizer,
    *,
    batch_rows: int,
    file_name: str | None = None,
    is_form: bool = False,
) -> Table:
    """Return the table of a file, read in one of the ways that `readings` gave.

    With `is_form` the file is what a unit hands in for a catalog item: its header may
    take two rows, and the sheets of a workbook and the files of an archive run on if
    they have the same header. Without it the sheet with most headers is the table, and
    an archive is refused.

    Raises:
        WrongEncodingError: here or while the batches are read: try the next way.
        UnreadableFileError: where there is no table.
    """
    source = FileSource(path, file_name or path.name)
    if reading is None:
        contents = _contents(source, recognize, batch_rows=batch_rows, is_form=is_form)
    else:
        sheet = delimited.open_sheet(source, reading, recognize, is_form=is_form)
        contents = Contents((sheet,))
    if any(len(each.header.cells) > MOST_COLUMNS for each in contents.sheets):
        raise refusals.too_many_columns(MOST_COLUMNS)
    return assembly.assemble(contents, runs_on=is_form)


def _contents(
    source: FileSource, recognize: Recognizer, *, batch_rows: int, is_form: bool
) -> Contents:
    if PurePosixPath(source.name).suffix.lower() == archives.SUFFIX:
        if not is_form:
            raise refusals.extension()
        return _archive(source, recognize, batch_rows=batch_rows)
    job = Job.FORM if is_form else Job.WORKBOOK
    carried = confined.decoded(source.path, job)
    reader = BookReader(carried, recognize, batch_rows, is_form=is_form)
    (book,) = carried.contents["books"]
    return reader.contents(book, source.name)


def _archive(source: FileSource, recognize: Recognizer, *, batch_rows: int) -> Contents:
    carried = confined.decoded(source.path, Job.ARCHIVE)
    reader = BookReader(carried, recognize, batch_rows, is_form=True)
    found = {
        book["name"]: _filled(reader.contents(book, book["name"]))
        for book in carried.contents["books"]
    }
    for member, name in carried.contents["members"]:
        text = MemberSource(source.path, member, name)
        found[name] = _text_member(text, recognize)
    parts = [found[name] for name in sorted(found)]
    asides = (part.asides for part in parts)
    return Contents(
        sheets=tuple(sheet for part in parts for sheet in part.sheets),
        names=(*sorted(found), *chain.from_iterable(part.names for part in parts)),
        asides=chain(carried.frames([carried.contents["litter"]]), *asides),
        skipped=tuple(each for part in parts for each in part.skipped),
    )


def _filled(contents: Contents) -> Contents:
    if not contents.sheets:
        raise refusals.archive_header()
    return contents


def _text_member(member: MemberSource, recognize: Recognizer) -> Contents:
    """Open a text of an archive, which is unpacked here as it is read."""
    try:
        encoding = encodings.of(member)
        sheet = delimited.open_sheet(member, encoding, recognize, is_form=True)
    except WrongEncodingError:
        raise refusals.encoding() from None
    except UnreadableFileError as refused:
        if refused.code == refusals.no_columns().code:
            raise refusals.archive_header() from None
        raise
    except archives.NO_ARCHIVE:
        raise refusals.damaged() from None
    return Contents((sheet,))


def _head(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise refusals.directory()
        if not stat.S_ISREG(mode):  # to open a pipe may wait for ever
            raise refusals.special()
        with path.open("rb") as source:
            head = source.read(kinds.HEAD_BYTES)
    except FileNotFoundError:
        raise refusals.missing() from None
    except OSError:
        raise refusals.unopened() from None
    if not head:
        raise refusals.empty()
    return head
