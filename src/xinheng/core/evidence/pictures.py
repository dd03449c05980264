"""What a picture says besides what it shows: comments, properties, the camera's notes.

    JPEG   FF D8, segments FF marker length data, coded data from FF DA on, FF D9
    PNG    8 bytes, chunks length type data CRC-32, the last of them IEND

Source: ISO/IEC 10918-1, annex B; ISO/IEC 15948, sections 5 and 11.3.4.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from xinheng.core.evidence.faults import EvidenceError, Fault

JPEG_BEGINNING = b"\xff\xd8\xff"
PNG_BEGINNING = b"\x89PNG\r\n\x1a\n"
MOST_TEXT_BYTES = 8 * 1024**2  # unpacked, of all texts in a PNG

_START_OF_SCAN = 0xDA
_FILLED = 0xFF  # any number of them may stand before a marker
_SEGMENTS_WITH_TEXT = frozenset({*range(0xE0, 0xF0), 0xFE})  # APP0 to APP15, comment
_END_OF_IMAGE = b"\xff\xd9"
_CHUNKS_WITH_TEXT = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf"})


def jpeg_texts(content: bytes) -> Iterator[str]:
    """Yield what is to be searched: all segments with text, and what follows the end.

    Raises:
        EvidenceError: DAMAGED, the segments don't lead to an image.
    """
    place = 2
    while content[place : place + 1] == b"\xff":
        marker = content[place + 1] if place + 1 < len(content) else 0
        if marker == _FILLED:
            place += 1
            continue
        if marker == _START_OF_SCAN:
            end = content.rfind(_END_OF_IMAGE)
            if end < place:
                break
            yield from _readings(content[end + 2 :])
            return
        length = int.from_bytes(content[place + 2 : place + 4])
        if length < 2:  # its own two bytes
            break
        if marker in _SEGMENTS_WITH_TEXT:
            yield from _readings(content[place + 4 : place + 2 + length])
        place += 2 + length
    raise EvidenceError(Fault.DAMAGED)


def png_texts(content: bytes) -> Iterator[str]:
    """Yield what is to be searched: all chunks with text.

    Raises:
        EvidenceError: DAMAGED, a check sum is wrong or something follows the end;
            TOO_LARGE, its texts unpack to more than `MOST_TEXT_BYTES`.
    """
    place, room = len(PNG_BEGINNING), MOST_TEXT_BYTES
    while place < len(content):
        length = int.from_bytes(content[place : place + 4])
        kind = content[place + 4 : place + 8]
        data = content[place + 8 : place + 8 + length]
        end = place + 12 + length
        check = int.from_bytes(content[end - 4 : end])
        if end > len(content) or zlib.crc32(kind + data) != check:
            break
        if kind in _CHUNKS_WITH_TEXT:
            yield from _readings(data)
            text = _unpacked(kind, data, room)
            room -= len(text)
            if room <= 0:
                raise EvidenceError(Fault.TOO_LARGE)
            yield from _readings(text)
        place = end
        if kind == b"IEND" and place == len(content):
            return
    raise EvidenceError(Fault.DAMAGED)


def _readings(data: bytes) -> Iterator[str]:
    """Yield the bytes as text, in encodings of one byte and of two, either order."""
    yield data.decode("latin-1")
    for start in (0, 1):
        for encoding in ("utf-16-le", "utf-16-be"):
            yield data[start:].decode(encoding, "replace")


def _unpacked(kind: bytes, data: bytes, room: int) -> bytes:
    """Return what a chunk holds behind its keyword where that is packed, else nothing.

    zTXt   keyword 0 method packed
    iTXt   keyword 0 flag method language 0 keyword 0 text, packed where the flag is 1
    """
    rest = data.partition(b"\0")[2]
    if kind == b"iTXt" and rest[:1] == b"\1":
        packed = rest[2:].split(b"\0", 2)[-1]
    elif kind == b"zTXt":
        packed = rest[1:]
    else:
        return b""
    try:
        return zlib.decompressobj().decompress(packed, room)
    except zlib.error:
        raise EvidenceError(Fault.DAMAGED) from None
