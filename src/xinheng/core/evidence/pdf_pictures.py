"""The pictures in a PDF, each as a file that can be read: a JPEG, or a PNG around it.

    DCTDecode     a JPEG as it stands
    FlateDecode   packed points, grey or RGB: the body of a PNG, with its filters or not

Any other packing (fax, JBIG2, JPEG 2000) can't be looked into, so a file with it is
refused.

Source: ISO 32000-1, 7.4 and 8.9.5; ISO/IEC 15948, section 11.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator

from xinheng.core.evidence.faults import EvidenceError, Fault
from xinheng.core.evidence.pictures import PNG_BEGINNING

MOST_BYTES = 256 * 1024**2  # of one picture, unpacked

_PICTURE = re.compile(rb"/Subtype\s*/Image\b")
_MASK = re.compile(rb"/ImageMask\s+true\b")
_NUMBER = rb"/%b\s+(\d+)\b(?!\s+\d+\s+R)"
_COLORS = re.compile(rb"/ColorSpace\s*/Device(Gray|RGB)\b")
_PREDICTOR = re.compile(rb"/Predictor\s+(\d+)")
_FEWEST_PIXELS = 1_000  # fewer show no number


def files(streams: Iterable[tuple[bytes, bytes, list[bytes]]]) -> Iterator[bytes]:
    """Yield the pictures of streams, given as head, body and names of filters.

    Raises:
        EvidenceError: UNREADABLE, a picture can't be looked into; DAMAGED, TOO_LARGE.
    """
    for head, body, filters in streams:
        if not _PICTURE.search(head):
            continue
        if filters == [b"DCTDecode"]:
            yield body
            continue
        width, height = (_number(head, name) for name in (b"Width", b"Height"))
        if width * height < _FEWEST_PIXELS:
            continue
        yield _png(head, body, filters, (width, height))


def _png(
    head: bytes, body: bytes, filters: list[bytes], size: tuple[int, int]
) -> bytes:
    bits = 1 if _MASK.search(head) else _number(head, b"BitsPerComponent")
    colors = _COLORS.search(head)
    is_grey = bool(_MASK.search(head)) or (colors is not None and colors[1] == b"Gray")
    if filters not in ([b"FlateDecode"], []) or not (is_grey or colors):
        raise EvidenceError(Fault.UNREADABLE)
    width, height = size
    line = (width * bits * (1 if is_grey else 3) + 7) // 8
    told = _PREDICTOR.search(head)
    is_filtered = told is not None and int(told[1]) >= 10
    if told is not None and int(told[1]) == 2:
        raise EvidenceError(Fault.UNREADABLE)
    points = _points(body, filters, (line + is_filtered) * height)
    if not is_filtered:
        rows = (points[n * line : (n + 1) * line] for n in range(height))
        points = b"".join(b"\0" + row for row in rows)
    header = width.to_bytes(4) + height.to_bytes(4)
    header += bytes([bits, 0 if is_grey else 2, 0, 0, 0])
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(points, 1)), (b"IEND", b""))
    return PNG_BEGINNING + b"".join(_chunk(kind, data) for kind, data in parts)


def _points(body: bytes, filters: list[bytes], size: int) -> bytes:
    if size > MOST_BYTES:
        raise EvidenceError(Fault.TOO_LARGE)
    try:
        found = zlib.decompressobj().decompress(body, size) if filters else body[:size]
    except zlib.error:
        raise EvidenceError(Fault.DAMAGED) from None
    if len(found) != size:
        raise EvidenceError(Fault.DAMAGED)
    return found


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return len(data).to_bytes(4) + kind + data + check.to_bytes(4)


def _number(head: bytes, name: bytes) -> int:
    told = re.search(_NUMBER % name, head)
    if told is None:
        raise EvidenceError(Fault.UNREADABLE)
    return int(told[1])
