"""The parts of a workbook, looked at before anything of it is held in memory.

The reader lays a sheet out from its first cell to its last, filled or not, so one stray
cell in the last row and column makes a few kilobytes take half a terabyte. Such a sheet
is refused by the places of its cells, which stand in order in every file that a
spreadsheet writes.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from xinheng.pipeline import refusals
from xinheng.pipeline.failures import UnreadableFileError

MOST_BYTES = 2 * 1024**3  # unpacked: a small file may hold a very large one
MOST_CELLS = 2**25  # of a workbook: a sheet's last row times 32 columns
MOST_TEXT_BYTES = 64 * 1024**2  # of comments, properties, drawings and the like

_MOST_BYTES_TEXT = "2 GB"
_WORKBOOK = "xl/workbook.xml"
# Parts that hold no text of their own, and those whose text the sheets show.
_READ_AS_CELLS = ("xl/worksheets/sheet", "xl/sharedStrings.xml", "xl/styles.xml")
_TEXT_PARTS = (".xml", ".rels", ".vml")

_CHUNK_BYTES = 1024**2
_LETTERS = 26
_FAR_COLUMN = re.compile(rb' r="([A-Z]{2,3})[0-9]')
_PLACE = re.compile(rb' r="[A-Z]{0,3}([0-9]{1,7})"')
_NO_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)


def examine(path: Path) -> None:
    """Refuse a package that is no workbook or too large to be read.

    Raises:
        UnreadableFileError: what is wrong with it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _examine_parts(archive.infolist())
            _examine_sheets(archive)
    except UnreadableFileError:
        raise
    except _NO_ARCHIVE:
        raise refusals.damaged() from None


def other_texts(path: Path) -> list[str]:
    """Return the parts that are text and no cells, once `examine` let them pass."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [
                archive.read(part).decode("utf-8", "replace")
                for part in archive.namelist()
                if _is_other_text(part)
            ]
    except _NO_ARCHIVE:
        raise refusals.damaged() from None


def _is_other_text(name: str) -> bool:
    return name.endswith(_TEXT_PARTS) and not name.startswith(_READ_AS_CELLS)


def _examine_parts(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise refusals.encrypted()
    if _WORKBOOK not in {part.filename for part in parts}:
        raise refusals.wrong_content()
    texts = sum(part.file_size for part in parts if _is_other_text(part.filename))
    if sum(part.file_size for part in parts) > MOST_BYTES or texts > MOST_TEXT_BYTES:
        raise refusals.too_large(_MOST_BYTES_TEXT)


def _examine_sheets(archive: zipfile.ZipFile) -> None:
    """Read every part once, which also finds those that are larger than they say."""
    cells = 0
    for name in archive.namelist():
        if name.endswith(".xml"):
            with archive.open(name) as part:
                cells += _Extent().of(part)
        if cells > MOST_CELLS:
            raise refusals.stretched()


@dataclass(slots=True)
class _Extent:
    """How far the cells of a sheet reach."""

    last_row: int = 0
    rows: int = 0
    cells: int = 0
    columns: set[bytes] = field(default_factory=set)

    def of(self, part: IO[bytes]) -> int:
        """Return how many places a reader lays out for the sheet."""
        for text in _whole_tags(part):
            self._take(text)
        if not self.rows:  # another part
            return 0
        width = max(map(_number, self.columns), default=_LETTERS)
        return max(self.cells, max(self.last_row, self.rows) * width)

    def _take(self, text: bytes) -> None:
        self.rows += text.count(b"<row")
        self.cells += text.count(b"<c ") + text.count(b"<c>")
        self.columns.update(_FAR_COLUMN.findall(text))
        if place := _PLACE.match(text, max(text.rfind(b' r="'), 0)):
            self.last_row = max(self.last_row, int(place[1]))


def _whole_tags(part: IO[bytes]) -> Iterator[bytes]:
    """Yield the part in pieces that end before a tag, as far as tags are near."""
    rest = b""
    while chunk := part.read(_CHUNK_BYTES):
        text = rest + chunk
        end = text.rfind(b"<")
        if end <= 0 or len(text) - end > _CHUNK_BYTES:
            end = len(text)
        yield text[:end]
        rest = text[end:]
    yield rest


def _number(letters: bytes) -> int:
    """Return the number of a column: AA is 27."""
    number = 0
    for letter in letters:
        number = number * _LETTERS + letter - ord("A") + 1
    return number
