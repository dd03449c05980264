"""Checkpoints: the tree's size and root in a few signed lines that anyone can keep.

    xinheng.local/ledger                            origin: which log this is
    7                                               tree size
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=    root, base64
                                                    (blank)
    — xinheng.local/ledger Az3grlgtzPICa5OS8n...    key name, base64(id, signature)

The signature is made outside core, over the text up to and including the line end
before the blank line. What kinds there are stands in `public_keys`.

Source: C2SP tlog-checkpoint and signed-note v1.0.0.
"""

from __future__ import annotations

from dataclasses import dataclass

from xinheng.core.merkle.hashing import HASH_BYTES
from xinheng.core.merkle.public_keys import (
    KEY_ID_BYTES,
    PublicKey,
    Suite,
    parse_public_key,
)
from xinheng.core.merkle.spelling import (
    MalformedNoteError,
    base64,
    is_key_name,
    unbase64,
)

__all__ = [
    "Checkpoint",
    "MalformedNoteError",
    "Note",
    "PublicKey",
    "Signature",
    "Suite",
    "is_key_name",
    "parse",
    "parse_public_key",
]

MOST_SIGNATURES = 100


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says: a log, its size in leaves, its root."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """Return the text that is signed, three lines.

        Raises:
            ValueError: where the origin can't stand in a note.
        """
        if not is_key_name(self.origin):
            raise ValueError("an origin has no blanks, no plus sign and is not empty")
        return f"{self.origin}\n{self.size}\n{base64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line: who signed (`name`, `key_id`) and the bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Return the line as it stands below the text."""
        return f"— {self.name} {base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A signed text, not yet believed: parsing checks the form only."""

    body: str
    signatures: tuple[Signature, ...]

    def text(self) -> str:
        """Return the note as it is stored and sent."""
        return self.body + "\n" + "".join(each.line() for each in self.signatures)

    def checkpoint(self) -> Checkpoint:
        """Return what the text says.

        Raises:
            MalformedNoteError: where the text is not a checkpoint.
        """
        origin, size, root, *extensions = [*self.body.split("\n")[:-1], "", "", ""]
        if not is_key_name(origin):
            raise MalformedNoteError("origin")
        # isdecimal() takes any script's digits, so ASCII is asked for on its own.
        if not (size.isascii() and size.isdecimal() and str(int(size)) == size):
            raise MalformedNoteError("size")
        if "" in extensions[:-3]:
            raise MalformedNoteError("extension")
        return Checkpoint(origin, int(size), unbase64(root, HASH_BYTES, "root"))


def parse(text: str) -> Note:
    """Read a signed note.

    Raises:
        MalformedNoteError: where the text does not have the form of one.
    """
    if any(character < " " and character != "\n" for character in text):
        raise MalformedNoteError("control character")
    above, blank, below = text.rpartition("\n\n")
    if not (above and blank and below.endswith("\n")):
        raise MalformedNoteError("layout")
    lines = below[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise MalformedNoteError("signatures")
    return Note(above + "\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != "—" or not is_key_name(name):
        raise MalformedNoteError("signature line")
    raw = unbase64(encoded, None, "signature line")
    if len(raw) <= KEY_ID_BYTES:
        raise MalformedNoteError("signature line")
    return Signature(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])
