"""The parts of a workbook, looked at before anything of it is held in memory.

The reader lays a sheet out from its first cell to its last, filled or not, so one stray
cell in the last row and column makes a few kilobytes take half a terabyte. Such a sheet
is refused by the places of its cells, which stand in order in every file that a
spreadsheet writes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from xinheng.pipeline import refusals
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading.archives import NO_ARCHIVE
from xinheng.pipeline.reading.sources import Source

MOST_BYTES = 2 * 1024**3  # unpacked: a small file may hold a very large one
MOST_CELLS = 2**25  # of a workbook: a sheet's last row times 32 columns
MOST_TEXT_BYTES = 64 * 1024**2  # of comments, properties, drawings and the like

_MOST_BYTES_TEXT = "2 GB"
_WORKBOOK = "xl/workbook.xml"
_SHEETS = "xl/worksheets/"
_STRINGS = "xl/sharedStrings.xml"  # the cells show them
_TEXT_PARTS = (".xml", ".rels", ".vml")

_CHUNK_BYTES = 1024**2
_LETTERS = 26
_FAR_COLUMN = re.compile(rb' r="([A-Z]{2,3})[0-9]')
_PLACE = re.compile(rb' r="[A-Z]{0,3}([0-9]{1,7})"')
# Names may carry a prefix, `<x:row>`; where no colon stands, that is soon seen.
_ROW_TAGS = (b"<row", b":row")
_CELL_TAGS = (b"<c", b":c")  # some other tags begin so, too few to matter
_DATA_TAG = re.compile(rb"</?(?:\w+:)?sheetData\b[^>]*>")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*>([^<]{15,})<")
_LONG_NUMBER = re.compile(rb"v>[0-9]{16}")
_POWER = re.compile(rb"[0-9][Ee]\+[0-9]")
_DATE_1904 = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904=[\"'](?:1|true)")


@dataclass(frozen=True, slots=True)
class Examined:
    """What a look at all parts found.

    `texts` is what the parts hold besides the texts of cells: comments, properties,
    headers and footers, defined names, formulas. `flawed` are the parts of sheets in
    which some cell may be flawed (see `reading.flaws`).
    """

    texts: tuple[str, ...]
    flawed: frozenset[str]
    is_1904: bool


def size(source: Source) -> int:
    """Return the bytes that all parts unpack to, by what they say themselves.

    Raises:
        UnreadableFileError: it is no package.
    """
    try:
        with source.open() as content, zipfile.ZipFile(content) as archive:
            return sum(part.file_size for part in archive.infolist())
    except NO_ARCHIVE:
        raise refusals.damaged() from None


def examine(source: Source) -> Examined:
    """Refuse a package that is no workbook or too large to be read.

    Raises:
        UnreadableFileError: what is wrong with it.
    """
    try:
        with source.open() as content, zipfile.ZipFile(content) as archive:
            _examine_parts(archive.infolist())
            return _examine_contents(archive)
    except UnreadableFileError:
        raise
    except NO_ARCHIVE:
        raise refusals.damaged() from None


def _is_sheet(name: str) -> bool:
    return name.startswith(_SHEETS) and name.endswith(".xml")


def _is_other_text(name: str) -> bool:
    return name.endswith(_TEXT_PARTS) and name != _STRINGS and not _is_sheet(name)


def _examine_parts(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise refusals.encrypted()
    if _WORKBOOK not in {part.filename for part in parts}:
        raise refusals.wrong_content()
    texts = sum(part.file_size for part in parts if _is_other_text(part.filename))
    if sum(part.file_size for part in parts) > MOST_BYTES:
        raise refusals.too_large(_MOST_BYTES_TEXT)
    if texts > MOST_TEXT_BYTES:
        raise refusals.too_much_beside()


def _examine_contents(archive: zipfile.ZipFile) -> Examined:
    """Read every part once, which also finds those that are larger than they say."""
    cells = 0
    texts: list[str] = []
    flawed = set()
    for name in archive.namelist():
        if not name.endswith(_TEXT_PARTS):
            continue
        look = _Look(is_sheet=_is_sheet(name))
        with archive.open(name) as part:
            cells += look.at(part)
        if cells > MOST_CELLS:
            raise refusals.stretched()
        if look.is_flawed:
            flawed.add(name)
        if look.is_sheet:
            texts += [text.decode("utf-8", "replace") for text in look.texts]
        elif _is_other_text(name):
            texts.append(archive.read(name).decode("utf-8", "replace"))
    workbook = archive.read(_WORKBOOK)
    is_1904 = _DATE_1904.search(workbook) is not None
    return Examined(tuple(texts), frozenset(flawed), is_1904)


@dataclass(slots=True)
class _Look:
    """One look at a part: how far its cells reach, and what it holds besides them."""

    is_sheet: bool
    last_row: int = 0
    rows: int = 0
    cells: int = 0
    columns: set[bytes] = field(default_factory=set)
    texts: list[bytes] = field(default_factory=list)
    is_flawed: bool = False
    _is_among_cells: bool = False
    _text_bytes: int = 0

    def at(self, part: IO[bytes]) -> int:
        """Return how many places a reader lays out for the part."""
        for number, text in enumerate(_whole_tags(part)):
            if number == 0 and b"<!DOCTYPE" in text:
                raise refusals.damaged()  # no spreadsheet writes one: a bomb
            self._take(text)
        if not self.rows:  # another part
            return 0
        width = max(map(_number, self.columns), default=_LETTERS)
        return max(self.cells, max(self.last_row, self.rows) * width)

    def _take(self, text: bytes) -> None:
        forms = 2 if b":" in text else 1
        self.rows += sum(map(text.count, _ROW_TAGS[:forms]))
        self.cells += sum(map(text.count, _CELL_TAGS[:forms]))
        self.columns.update(_FAR_COLUMN.findall(text))
        if place := _PLACE.match(text, max(text.rfind(b' r="'), 0)):
            self.last_row = max(self.last_row, int(place[1]))
        if self.is_sheet:
            has_formulas = b"f>" in text
            self._read_besides_cells(text, has_formulas=has_formulas)
            self.is_flawed = self.is_flawed or has_formulas or _may_be_flawed(text)

    def _read_besides_cells(self, text: bytes, *, has_formulas: bool) -> None:
        """Keep what stands before and after the cells, and the formulas among them."""
        start = 0
        for tag in _data_tags(text):
            self._read(text[start : tag.start()], has_formulas=has_formulas)
            is_closed = tag[0].startswith(b"</") or tag[0].endswith(b"/>")
            self._is_among_cells = not is_closed
            start = tag.end()
        self._read(text[start:], has_formulas=has_formulas)

    def _read(self, text: bytes, *, has_formulas: bool) -> None:
        if not self._is_among_cells:
            self._keep(text)
        elif has_formulas:
            self._keep(b"<".join(_FORMULA.findall(text)))

    def _keep(self, text: bytes) -> None:
        if text:
            self.texts.append(text)
        self._text_bytes += len(text)
        if self._text_bytes > MOST_TEXT_BYTES:
            raise refusals.too_much_beside()


def _data_tags(text: bytes) -> list[re.Match[bytes]]:
    return list(_DATA_TAG.finditer(text)) if b"sheetData" in text else []


def _may_be_flawed(text: bytes) -> bool:
    """Tell cheaply whether some cell may be an error or a long number."""
    return (
        b't="e"' in text
        or _LONG_NUMBER.search(text) is not None
        or (b"+" in text and _POWER.search(text) is not None)
    )


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
