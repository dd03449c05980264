"""How names, hashes and signatures are spelled in a signed note: in one way only.

Source: C2SP signed-note v1.0.0.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode


class MalformedNoteError(ValueError):
    """The text is not a signed checkpoint; `reason` says in a word what is wrong."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"not a signed checkpoint: {reason}")
        self.reason = reason


def is_key_name(text: str) -> bool:
    """Return whether a text may name a log and its key."""
    printable = all(character >= " " and not character.isspace() for character in text)
    return bool(text) and printable and "+" not in text


def base64(raw: bytes) -> str:
    """Return standard base64."""
    return b64encode(raw).decode()


def unbase64(text: str, length: int | None, part: str) -> bytes:
    """Decode strictly: only the one text that `base64` would write is taken.

    Raises:
        MalformedNoteError: with `part`, for another text or another length.
    """
    try:
        raw = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedNoteError(part) from None
    if base64(raw) != text or length not in (None, len(raw)):
        raise MalformedNoteError(part)
    return raw
