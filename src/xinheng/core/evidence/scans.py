"""What a scan shows: which pictures have to be read, and whether a person is in it.

A picture with fewer pixels than eighteen digits take is read by nobody. A larger one on
which nothing at all could be read is refused: nobody knows what is on it. A reader of
scans takes one digit for another, so that the check character of a number proves
nothing here: whatever has the form of a personal number counts as one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from xinheng.core.evidence.faults import EvidenceError, Fault
from xinheng.core.screening import personal_id

# Reads a picture: what stands on it, null where it can't be read.
Read = Callable[[bytes], str | None]
SMALLEST_PIXELS = 1_000
PAGE_PIXELS = 250_000  # a page at 50 dots an inch; below it is a logo or a seal
MOST_PIXELS = 100_000_000
MOST_SCANS = 20

_PNG_HEADER = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ \u3000]{1,2}(?=[\dXx])")
_FORM = re.compile(
    r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
)


def require_no_person(pictures: Iterable[bytes], read: Read) -> None:
    """Let pass pictures on which no personal number stands.

    Raises:
        EvidenceError: PERSONAL_ID, UNREAD, TOO_LARGE, TOO_MANY_SCANS.
    """
    for number, picture in enumerate(pictures, start=1):
        if number > MOST_SCANS:
            raise EvidenceError(Fault.TOO_MANY_SCANS)
        pixels = count_pixels(picture)
        if pixels is not None and pixels > MOST_PIXELS:
            raise EvidenceError(Fault.TOO_LARGE)
        if pixels is None or pixels >= SMALLEST_PIXELS:
            _require_plain(
                read(picture), is_page=(pixels or PAGE_PIXELS) >= PAGE_PIXELS
            )


def _require_plain(text: str | None, *, is_page: bool) -> None:
    if text is None or (is_page and not text.strip()):
        raise EvidenceError(Fault.UNREAD)
    if shows_person(text):
        raise EvidenceError(Fault.PERSONAL_ID)


def shows_person(text: str) -> bool:
    """Tell whether something of the form of a personal number was read."""
    joined = _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text))
    if _FORM.search(joined):
        return True
    return personal_id.find_in_registration_number(joined) is not None


def count_pixels(picture: bytes) -> int | None:
    """Return width by height of a PNG or a JPEG, null where it does not say."""
    if picture.startswith(_PNG_HEADER) and len(picture) >= 24:
        return int.from_bytes(picture[16:20]) * int.from_bytes(picture[20:24])
    place = 2
    while picture[place : place + 1] == b"\xff" and len(picture) >= place + 9:
        marker = picture[place + 1]
        if marker in _FRAMES:
            height = int.from_bytes(picture[place + 5 : place + 7])
            return height * int.from_bytes(picture[place + 7 : place + 9])
        place += (
            1 if marker == 0xFF else 2 + int.from_bytes(picture[place + 2 : place + 4])
        )
    return None
