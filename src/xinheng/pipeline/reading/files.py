"""A file that somebody hands in: what it is, and the table in it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from xinheng.pipeline import refusals
from xinheng.pipeline.reading import delimited, encodings, workbooks
from xinheng.pipeline.reading.table import Recognizer, Table

_TEXT_SUFFIXES = frozenset({".csv", ".txt", ".tsv"})
_WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm"})
_OLD_SUFFIX = ".xls"

_ZIP = b"PK\x03\x04"
_COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1")  # old workbooks, and encrypted new ones
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SIGNATURES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x7fELF",
)
_HEAD_BYTES = 4096


def readings(path: Path, *, file_name: str) -> tuple[encodings.Encoding | None, ...]:
    """Return the ways in which to read the file, in order; null stands for a workbook.

    Raises:
        UnreadableFileError: where the path holds no file that can be a table.
    """
    head = _head(path)
    suffix = Path(file_name).suffix.lower()
    if suffix not in _TEXT_SUFFIXES | _WORKBOOK_SUFFIXES | {_OLD_SUFFIX}:
        raise refusals.extension()
    if head.startswith(_COMPOUND):
        raise refusals.encrypted() if _is_encrypted(path) else refusals.old_workbook()
    if head.startswith(_SIGNATURES):
        raise refusals.binary()
    is_workbook = suffix in _WORKBOOK_SUFFIXES
    if suffix == _OLD_SUFFIX or head.startswith(_ZIP) is not is_workbook:
        raise refusals.wrong_content()
    return (None,) if is_workbook else encodings.candidates(head)


def open_table(
    path: Path,
    reading: encodings.Encoding | None,
    recognize: Recognizer,
    *,
    batch_rows: int,
) -> Table:
    """Return the table of a file, read in one of the ways that `readings` gave.

    Raises:
        WrongEncodingError: here or while the batches are read: try the next way.
        UnreadableFileError: where there is no table.
    """
    if reading is None:
        return workbooks.open_table(path, recognize, batch_rows=batch_rows)
    return delimited.open_table(path, reading, recognize)


def _head(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise refusals.directory()
        if not stat.S_ISREG(mode):  # to open a pipe may wait for ever
            raise refusals.special()
        with path.open("rb") as source:
            head = source.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise refusals.missing() from None
    except OSError:
        raise refusals.unopened() from None
    if not head:
        raise refusals.empty()
    return head


def _is_encrypted(path: Path) -> bool:
    """Tell whether a compound file holds a workbook with a password.

    The name stands in the directory of the compound file, which may lie anywhere.
    """
    overlap = len(_ENCRYPTED) - 1
    before = b""
    for block in _blocks(path):
        if _ENCRYPTED in before + block:
            return True
        before = block[-overlap:]
    return False


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        yield from iter(lambda: source.read(encodings.BLOCK_BYTES), b"")
