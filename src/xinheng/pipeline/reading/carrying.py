"""Decoded workbooks on their way from the process that decodes to the one that checks.

They go through one file without a name: frames in Arrow's IPC format, one after the
other, then a table of contents in JSON, and its length in the last eight bytes. What
the child was killed over is never a whole file, so it is never taken for one.
"""

from __future__ import annotations

import io
import json
import mmap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import polars as pl

CHUNK_ROWS = 65_536
_LENGTH_BYTES = 8

Span = Sequence[int]  # where a frame begins, and its bytes
Contents = Mapping[str, Any]


class CutShortError(ValueError):
    """The file ends before its table of contents does."""


class Writer:
    """Puts frames into the file."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._end = 0

    def put(self, frame: pl.DataFrame) -> Span:
        """Write a frame and return where it is."""
        content = io.BytesIO()
        frame.write_ipc(content)
        return self._put(content.getbuffer())

    def put_rows(self, frame: pl.DataFrame) -> list[Span]:
        """Write a frame in pieces of CHUNK_ROWS and return where they are."""
        return [self.put(piece) for piece in frame.iter_slices(CHUNK_ROWS)]

    def finish(self, contents: Contents) -> None:
        """Write the table of contents."""
        _, length = self._put(json.dumps(contents).encode())
        self._put(length.to_bytes(_LENGTH_BYTES, "little"))
        self._target.flush()

    def _put(self, content: bytes | memoryview) -> tuple[int, int]:
        start, length = self._end, len(content)
        self._target.write(content)
        self._end += length
        return start, length


@dataclass(frozen=True, slots=True)
class Carried:
    """A whole file; frames are read when they are asked for, as often as needed."""

    contents: Contents
    _content: mmap.mmap

    def frame(self, span: Span) -> pl.DataFrame:
        """Return a frame."""
        start, length = span
        return pl.read_ipc(self._content[start : start + length])

    def frames(self, spans: Sequence[Span]) -> Iterator[pl.DataFrame]:
        """Yield frames one after the other."""
        return (self.frame(span) for span in spans)


def opened(source: IO[bytes]) -> Carried:
    """Return what is in the file, which may be closed afterwards.

    Raises:
        CutShortError: the file was not finished.
    """
    try:
        content = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError:  # no bytes at all
        raise CutShortError from None
    length = int.from_bytes(content[-_LENGTH_BYTES:], "little")
    start = len(content) - _LENGTH_BYTES - length
    if start < 0:
        raise CutShortError
    try:
        return Carried(json.loads(content[start:-_LENGTH_BYTES]), content)
    except ValueError:
        raise CutShortError from None
