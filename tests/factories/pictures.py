"""The smallest pictures: one grey point as PNG, and the frame of a JPEG."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.core.files.uploadedfile import SimpleUploadedFile

PNG = b"\x89PNG\r\n\x1a\n"
_HEADER = b"\0\0\0\1\0\0\0\1\x08\0\0\0\0"


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    check = zlib.crc32(kind + data).to_bytes(4)
    return len(data).to_bytes(4) + kind + data + check


def png(*chunks: bytes) -> bytes:
    """Return a PNG with these chunks besides its image."""
    image = chunk(b"IDAT", zlib.compress(b"\0\x80"))
    ends = chunk(b"IEND", b"")
    return PNG + chunk(b"IHDR", _HEADER) + b"".join(chunks) + image + ends


def segment(marker: int, data: bytes) -> bytes:
    """Return a segment of a JPEG."""
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2) + data


def jpeg(*segments: bytes) -> bytes:
    """Return a JPEG with these segments before its coded data."""
    scan = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x7f"
    return (
        b"\xff\xd8" + segment(0xE0, b"JFIF\0") + b"".join(segments) + scan + b"\xff\xd9"
    )


def upload(name: str) -> SimpleUploadedFile:
    """Return a PNG as a browser sends it."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, png())
