"""A file of evidence: what it is by its content, and that no personal number is in it.

    PDF     text, properties, form fields and annotations are searched (`pdf`)
    JPEG    comments and the camera's properties are searched (`pictures`)
    PNG     texts and properties are searched

What a picture shows, or a scan inside a PDF, is read by whatever reads scans (`scans`).
What is written by hand, or badly printed, it may miss: whoever hands a file in says
that no such number is to be seen on it, and whoever decides looks.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from xinheng.core.evidence import pdf, pictures, scans
from xinheng.core.evidence.faults import EvidenceError, Fault
from xinheng.core.screening import personal_id

LONGEST_NAME = 200


class MediaType(StrEnum):
    """What a file of evidence may be."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


SUFFIXES = {
    MediaType.PDF: (".pdf",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.PNG: (".png",),
}
_BEGINNINGS = {
    MediaType.PDF: pdf.BEGINNING,
    MediaType.JPEG: pictures.JPEG_BEGINNING,
    MediaType.PNG: pictures.PNG_BEGINNING,
}
_TEXTS: dict[MediaType, Callable[[bytes], Iterable[str]]] = {
    MediaType.PDF: pdf.texts,
    MediaType.JPEG: pictures.jpeg_texts,
    MediaType.PNG: pictures.png_texts,
}


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that may be kept; `digest` is the SHA-256 (hex) of its bytes."""

    digest: str
    name: str
    media_type: MediaType
    size_bytes: int


def examine(
    content: bytes, name: str, *, most_bytes: int, read: scans.Read
) -> Examined:
    """Return what a file is; `read` reads what a picture shows.

    A number that could be a company's old registration number as well as a person's is
    taken for the person's.

    Raises:
        EvidenceError: why it can't be kept.
    """
    plain = _require_name(name)
    if not content:
        raise EvidenceError(Fault.EMPTY)
    if len(content) > most_bytes:
        raise EvidenceError(Fault.TOO_LARGE)
    media_type = _media_type(content)
    if not plain.lower().endswith(SUFFIXES[media_type]):
        raise EvidenceError(Fault.SUFFIX)
    for text in _TEXTS[media_type](content):
        if personal_id.find_in_registration_number(text) is not None:
            raise EvidenceError(Fault.PERSONAL_ID)
    scans.require_no_person(_pictures(content, media_type), read)
    digest = hashlib.sha256(content).hexdigest()
    return Examined(digest, plain, media_type, len(content))


def _pictures(content: bytes, media_type: MediaType) -> Iterable[bytes]:
    return pdf.scans(content) if media_type is MediaType.PDF else (content,)


def _require_name(name: str) -> str:
    """Return the file's own name; what stands before a slash is somebody's folder."""
    plain = name.replace("\\", "/").rpartition("/")[2].strip()
    if personal_id.find(plain) is not None:
        raise EvidenceError(Fault.PERSONAL_ID)
    is_odd = any(unicodedata.category(each).startswith("C") for each in plain)
    if not plain or len(plain) > LONGEST_NAME or is_odd:
        raise EvidenceError(Fault.NAME)
    return plain


def _media_type(content: bytes) -> MediaType:
    for media_type, beginning in _BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    raise EvidenceError(Fault.TYPE)
