"""XLS workbooks as Excel 97 wrote them: no package for Python writes comments in them.

The least of the format that Excel and every reader understand (MS-XLS, MS-CFB): a
compound file with a stream of records, each an id, a length and so many bytes. Up to
some 7 MB: what 109 sectors of the table of sectors can lead to.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

Cell = str | float | date | bool | None
ERROR_NA = object()

_SECTOR = 512
_LEAST_STREAM = 4096  # smaller ones would need a second kind of sectors
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_DATE_STYLE = 1
_NOT_AVAILABLE = 0x2A


@dataclass
class Sheet:
    """A sheet: rows of cells, comments by (row, column) from 0, a page header."""

    name: str
    rows: Sequence[Sequence[object]]
    comments: Mapping[tuple[int, int], str] = field(default_factory=dict)
    page_header: str = ""
    is_hidden: bool = False


def xls(sheets: Sequence[Sheet], *, is_1904: bool = False, title: str = "") -> bytes:
    """Return the bytes of a workbook; `title` is a property of the document."""
    streams = {"Workbook": _book(sheets, is_1904=is_1904)}
    if title:
        streams["\x05SummaryInformation"] = b"\0" * 48 + title.encode("gb18030")
    return _compound(streams)


def as_rows(rows: Sequence[Mapping[str, object]]) -> list[list[object]]:
    """Return a header and its rows."""
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def _record(number: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def _string(text: str, length: str) -> bytes:
    return struct.pack(f"<{length}B", len(text), 1) + text.encode("utf-16-le")


def _book(sheets: Sequence[Sheet], *, is_1904: bool) -> bytes:
    parts = [_sheet(sheet, is_1904=is_1904) for sheet in sheets]
    styles = (0, 14)  # general, and a date
    head = b"".join(
        [
            _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)),
            _record(0x0042, struct.pack("<H", 1200)),
            _record(0x0022, struct.pack("<H", is_1904)),
            *(_record(0x00E0, struct.pack("<HH16x", 0, form)) for form in styles),
        ]
    )
    names = [_string(sheet.name, "B") for sheet in sheets]
    place = len(head) + sum(4 + 6 + len(name) for name in names) + 4
    bounds = b""
    for sheet, name, part in zip(sheets, names, parts, strict=True):
        bounds += _record(0x0085, struct.pack("<IH", place, sheet.is_hidden) + name)
        place += len(part)
    return head + bounds + _record(0x000A) + b"".join(parts)


def _sheet(sheet: Sheet, *, is_1904: bool) -> bytes:
    cells = [
        _cell(row, column, cell, is_1904=is_1904)
        for row, line in enumerate(sheet.rows)
        for column, cell in enumerate(line)
        if cell is not None and cell != ""
    ]
    notes = [
        _note(number, place, text)
        for number, (place, text) in enumerate(sheet.comments.items(), start=1)
    ]
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0))
    header = sheet.page_header
    page = _record(0x0014, _string(header, "H")) if header else b""
    return begin + page + b"".join([*cells, *notes]) + _record(0x000A)


def _cell(row: int, column: int, cell: object, *, is_1904: bool) -> bytes:
    def place(style: int = 0) -> bytes:
        return struct.pack("<HHH", row, column, style)

    if cell is ERROR_NA:
        return _record(0x0205, place() + bytes([_NOT_AVAILABLE, 1]))
    if isinstance(cell, bool):
        return _record(0x0205, place() + bytes([cell, 0]))
    if isinstance(cell, date):
        zero = date(1904, 1, 1) if is_1904 else date(1899, 12, 30)
        days = float((cell - zero).days)
        return _record(0x0203, place(_DATE_STYLE) + struct.pack("<d", days))
    if isinstance(cell, (int, float)):
        return _record(0x0203, place() + struct.pack("<d", cell))
    return _record(0x0204, place() + _string(str(cell), "H"))


def _note(number: int, place: tuple[int, int], text: str) -> bytes:
    drawing = struct.pack("<HHHHH12x", 0x15, 0x12, 0x19, number, 0x4011) + bytes(4)
    runs = struct.pack("<HH4xHH4x", 0, 0, len(text), 0)
    return b"".join(
        [
            _record(0x005D, drawing),
            _record(0x01B6, struct.pack("<HH6xHH4x", 0, 0, len(text), 16)),
            _record(0x003C, b"\1" + text.encode("utf-16-le")),
            _record(0x003C, runs),
            _record(
                0x001C, struct.pack("<HHHH", *place, 0, number) + _string("x", "H")
            ),
        ]
    )


def _compound(streams: Mapping[str, bytes]) -> bytes:
    contents = [_padded(content) for content in streams.values()]
    counts = [len(content) // _SECTOR for content in contents]
    directory = -(-(1 + len(contents)) // 4)
    tables = 1
    while tables * (_SECTOR // 4) < tables + directory + sum(counts):
        tables += 1
    chain = [_FAT] * tables + _linked(tables, directory)
    starts = []
    for count in counts:
        starts.append(len(chain))
        chain += _linked(len(chain), count)
    chain += [_FREE] * (tables * (_SECTOR // 4) - len(chain))
    entries = [_entry("Root Entry", 5, _END, 0, child=1)]
    for number, (name, start, content) in enumerate(
        zip(streams, starts, contents, strict=True), start=1
    ):
        right = number + 1 if number < len(contents) else _FREE
        entries.append(_entry(name, 2, start, len(content), right=right))
    entries += [bytes(128)] * (directory * 4 - len(entries))
    table = struct.pack(f"<{len(chain)}I", *chain)
    return _header(tables) + table + b"".join(entries) + b"".join(contents)


def _padded(content: bytes) -> bytes:
    size = max(len(content), _LEAST_STREAM)
    return content.ljust(-(-size // _SECTOR) * _SECTOR, b"\0")


def _linked(first: int, count: int) -> list[int]:
    return [*range(first + 1, first + count), _END]


def _header(tables: int) -> bytes:
    begin = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16)
    versions = struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    counts = struct.pack("<IIIIIIIII", 0, tables, tables, 0, 4096, _END, 0, _END, 0)
    places = [*range(tables), *[_FREE] * (109 - tables)]
    return begin + versions + counts + struct.pack("<109I", *places)


def _entry(
    name: str,
    kind: int,
    start: int,
    size: int,
    *,
    child: int = _FREE,
    right: int = _FREE,
) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, _FREE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
