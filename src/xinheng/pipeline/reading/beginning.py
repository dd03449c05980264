"""The cells of a large workbook, read while everything else is still being prepared.

The reader in Rust needs nothing of this package, and others may run while it reads. So
the confined process lets it begin before the decoder is imported, and the look at all
parts is done beside it. If the workbook turns out to be a bomb meanwhile, the limits of
the process hold. A small workbook is looked at before, so that the sentence which
refuses it can tell the reason.
"""

from __future__ import annotations

import logging  # noqa: TID251  (only to silence the reader)
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fastexcel

from xinheng.pipeline import refusals
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import packages
from xinheng.pipeline.reading.sources import HeldSource

# What the reader remarks on a workbook may quote it, so it is logged nowhere.
logging.getLogger("calamine").setLevel(logging.CRITICAL)

# From here on it pays to look at the parts beside the reading, not before it.
MANY_BYTES = 16 * 1024**2
_PACKAGE = b"PK\x03\x04"


class Begun:
    """A workbook that is being read; `content` is all of its bytes."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        pool = ThreadPoolExecutor(max_workers=1)
        self._reading = pool.submit(read, content)
        # Nobody waits for it where the workbook is refused meanwhile.
        pool.shutdown(wait=False)

    def sheets(self) -> list[Any]:
        """Return the reader's sheets, cells as text from the first row.

        Raises:
            UnreadableFileError: the reader can't read it.
        """
        try:
            return self._reading.result()
        except fastexcel.FastExcelError:
            raise refusals.damaged() from None


def read(content: bytes) -> list[Any]:
    """Return the sheets of a workbook as the reader has them.

    Raises:
        FastExcelError: it can't be read.
    """
    book = fastexcel.read_excel(content)
    return [
        book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        for name in book.sheet_names
    ]


def begin(path: Path) -> Begun | None:
    """Begin to read a workbook of some size; null for any other file."""
    with path.open("rb") as file:
        if file.read(len(_PACKAGE)) != _PACKAGE:
            return None
        content = _PACKAGE + file.read()
    return Begun(content) if is_large(content) else None


def is_large(content: bytes) -> bool:
    """Tell whether the parts unpack to so much that it pays to begin early."""
    try:
        return packages.size(HeldSource(content, "")) >= MANY_BYTES
    except UnreadableFileError:
        return False
