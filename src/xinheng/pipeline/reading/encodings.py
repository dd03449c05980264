"""Bytes of a text file as UTF-8: encodings are tried in a strict order, none guessed.

A byte order mark decides alone. Without one the text is UTF-8 if every byte of it is
valid UTF-8, else GB18030 if every byte is valid there, else it is refused. A detector
that looks at frequencies takes two lines of GB18030 for Korean.
"""

from __future__ import annotations

import codecs
from collections.abc import Generator, Iterator
from enum import StrEnum

from xinheng.pipeline import refusals
from xinheng.pipeline.reading.sources import Source

BLOCK_BYTES = 16 * 1024 * 1024

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Encoding(StrEnum):
    """An encoding that is taken."""

    UTF_8 = "utf-8"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    GB18030 = "gb18030"


class WrongEncodingError(ValueError):
    """The bytes are not in the encoding that was tried."""


def candidates(head: bytes) -> tuple[Encoding, ...]:
    """Return the encodings to try for a file that begins with these bytes, in order."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return (Encoding(name),)
    return (Encoding.UTF_8, Encoding.GB18030)


def read_utf8(
    source: Source, encoding: Encoding, block_bytes: int = BLOCK_BYTES
) -> Generator[bytes]:
    """Yield the text of a file as UTF-8, without its mark and with line ends as `\\n`.

    A carriage return before a line feed stays, because CSV readers drop it. Bytes that
    claim to be UTF-8 are passed on as they are: the CSV reader examines them.

    Raises:
        WrongEncodingError: where the bytes are not in the encoding.
        UnreadableFileError: where the text holds NUL, so is no text.
    """
    with source.open() as content:
        raw = iter(lambda: content.read(block_bytes), b"")
        yield from _checked(_transcode(raw, encoding))


def of(source: Source) -> Encoding:
    """Return the encoding of a text by reading all of it.

    Raises:
        WrongEncodingError: the bytes are in none of the encodings.
        UnreadableFileError: where the text holds NUL, so is no text.
    """
    with source.open() as content:
        head = content.read(4)
    for encoding in candidates(head):
        try:
            _read_through(source, encoding)
        except (UnicodeDecodeError, WrongEncodingError):
            continue
        return encoding
    raise WrongEncodingError


def _read_through(source: Source, encoding: Encoding) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    for block in read_utf8(source, encoding):
        decoder.decode(block)
    decoder.decode(b"", final=True)


def _checked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    is_first, is_old = True, False
    for block in blocks:
        if b"\0" in block:
            raise refusals.binary()
        if is_first:
            block = block.removeprefix(codecs.BOM_UTF8)
            is_old = b"\r" in block and b"\n" not in block  # line ends of old Macs
            is_first = False
        yield block.replace(b"\r", b"\n") if is_old else block


def _transcode(blocks: Iterator[bytes], encoding: Encoding) -> Iterator[bytes]:
    if encoding is Encoding.UTF_8:
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(encoding.value)("strict")
    try:
        for block in blocks:
            yield decoder.decode(block).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        raise WrongEncodingError(encoding) from None
