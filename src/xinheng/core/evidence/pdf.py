"""The text of a PDF, as far as it can be read without laying pages out.

A PDF is a row of objects; long ones are streams, mostly packed, and what pages say
stands in streams as strings of glyph numbers. So all streams are unpacked whatever the
cross references say (what an older version of the page said is searched as well), and
`pdf_strings` reads the strings under every table of glyphs that the file holds.

A file is refused where that would be no search: with a password, with glyphs that no
table explains, with packings that are not understood. So is one that holds scripts,
attachments, or forms that send, for nobody has looked into those.

Source: ISO 32000-1, sections 7.3 to 7.5 and 9.10.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xinheng.core.evidence import pdf_pictures, pdf_strings
from xinheng.core.evidence.faults import EvidenceError, Fault

BEGINNING = b"%PDF-"
MOST_TEXT_BYTES = 16 * 1024**2  # of all streams, unpacked, pictures and fonts left out
MOST_READ_BYTES = 256 * 1024**2  # the same, read under each table of glyphs
MOST_FILTERS = 4  # of one stream

_END = b"%%EOF"
_END_WITHIN_BYTES = 2048
_MOST_HEAD_BYTES = 64 * 1024  # of a stream's dictionary
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_LENGTH = re.compile(rb"/Length\s+(\d+)(?!\s+\d+\s+R)")
_STREAM_END = re.compile(rb"\s*endstream")
_FILTERS = re.compile(rb"/Filter\s*(\[[^\]]*\]|/\w+|\d+\s+\d+\s+R)")
_NAMES = re.compile(rb"/(\w+)")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
# Pictures, fonts and tables of places hold no text.
_TEXTLESS = re.compile(
    rb"/Subtype\s*/(?:Image|Type1C|CIDFontType0C|OpenType)\b|/Type\s*/XRef\b|/Length1\b"
)
_PICTURE_FILTERS = frozenset(
    {b"DCTDecode", b"JPXDecode", b"CCITTFaxDecode", b"JBIG2Decode"}
)
_PREDICTED = re.compile(rb"/Predictor\s+(?!1\b)\d")
_ENCRYPTED = re.compile(rb"/Encrypt\b")
_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)\b"
)
_DICTIONARY = re.compile(rb"<<[^<>]*+>>")
_XML = re.compile(rb"\s*(?:\xef\xbb\xbf)?<[?x]")


@dataclass(frozen=True, slots=True)
class _Stream:
    head: bytes
    body: bytes


def texts(content: bytes) -> Iterator[str]:
    """Yield what is to be searched, page by page and string by string.

    Raises:
        EvidenceError: DAMAGED, ENCRYPTED, ACTIVE, UNREADABLE or TOO_LARGE.
    """
    outside, streams = _parts(content)
    if _END not in content[-_END_WITHIN_BYTES:] or b"obj" not in outside:
        raise EvidenceError(Fault.DAMAGED)
    if _ENCRYPTED.search(outside):
        raise EvidenceError(Fault.ENCRYPTED)
    unpacked = list(_unpacked(streams))
    for part in (outside, *unpacked):
        _require_plain(part)
    tables = pdf_strings.tables(unpacked)
    if sum(map(len, unpacked)) * len(tables) > MOST_READ_BYTES:
        raise EvidenceError(Fault.TOO_LARGE)
    yield pdf_strings.stated(outside)
    for part in unpacked:
        yield pdf_strings.stated(part)
        if _XML.match(part):  # properties; elsewhere bare digits are places on a page
            yield part.decode("latin-1")
        yield from pdf_strings.shown(part, tables)


def scans(content: bytes) -> Iterator[bytes]:
    """Yield the pictures in the file, each as a JPEG or a PNG.

    Raises:
        EvidenceError: UNREADABLE, DAMAGED or TOO_LARGE.
    """
    _, streams = _parts(content)
    yield from pdf_pictures.files(
        (each.head, each.body, _filters(each.head))
        for each in streams
        if _TEXTLESS.search(each.head)
    )


def _parts(content: bytes) -> tuple[bytes, list[_Stream]]:
    """Return what stands outside of streams, and the streams."""
    outside, streams = [], []
    place = 0
    while match := _STREAM.search(content, place):
        before = content[place : match.start()]
        outside.append(before)
        head = before[-_MOST_HEAD_BYTES:].rpartition(b" obj")[2]
        end = _end_of_stream(content, match.end(), head)
        streams.append(_Stream(_unescaped(head), content[match.end() : end]))
        place = end
    outside.append(content[place:])
    return _unescaped(b"\n".join(outside)), streams


def _end_of_stream(content: bytes, start: int, head: bytes) -> int:
    if told := _LENGTH.search(head):
        end = start + int(told[1])
        if _STREAM_END.match(content, end):
            return end
    end = content.find(b"endstream", start)
    if end < 0:
        raise EvidenceError(Fault.DAMAGED)
    return end


def _unescaped(text: bytes) -> bytes:
    """Return names without their escapes: `/J#53` is `/JS`."""
    if b"#" not in text:
        return text
    return _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), text)


def _unpacked(streams: list[_Stream]) -> Iterator[bytes]:
    room = MOST_TEXT_BYTES
    for stream in streams:
        filters = _filters(stream.head)
        if _TEXTLESS.search(stream.head) or not _PICTURE_FILTERS.isdisjoint(filters):
            continue
        if _PREDICTED.search(stream.head) or len(filters) > MOST_FILTERS:
            raise EvidenceError(Fault.UNREADABLE)
        body = stream.body
        for name in filters:
            body = _undone(name, body, room)
            room -= len(body)
            if room <= 0:
                raise EvidenceError(Fault.TOO_LARGE)
        yield body


def _filters(head: bytes) -> list[bytes]:
    told = _FILTERS.search(head)
    if told is None:
        return []
    if told[1].endswith(b"R"):  # stands elsewhere
        raise EvidenceError(Fault.UNREADABLE)
    return _NAMES.findall(told[1])


def _undone(name: bytes, body: bytes, room: int) -> bytes:
    undo = _UNDO.get(name)
    if undo is None:
        raise EvidenceError(Fault.UNREADABLE)
    try:
        return undo(body, room)
    except (zlib.error, ValueError):
        raise EvidenceError(Fault.DAMAGED) from None


def _flate(body: bytes, room: int) -> bytes:
    return zlib.decompressobj().decompress(body, room)


def _hexadecimal(body: bytes, _room: int) -> bytes:
    digits = b"".join(body.partition(b">")[0].split())
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


def _base_85(body: bytes, _room: int) -> bytes:
    return base64.a85decode(body.strip().removeprefix(b"<~").partition(b"~")[0])


_UNDO: dict[bytes, Callable[[bytes, int], bytes]] = {
    b"FlateDecode": _flate,
    b"ASCIIHexDecode": _hexadecimal,
    b"ASCII85Decode": _base_85,
}


def _require_plain(part: bytes) -> None:
    """Refuse what nobody could look into: scripts, attachments, unexplained glyphs."""
    if _ACTIVE.search(part):
        raise EvidenceError(Fault.ACTIVE)
    for found in _DICTIONARY.findall(part):
        is_composed = b"/Type0" in found and b"/Identity-" in found
        if is_composed and b"/ToUnicode" not in found:
            raise EvidenceError(Fault.UNREADABLE)
