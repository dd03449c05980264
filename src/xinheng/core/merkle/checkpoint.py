"""Checkpoints: the tree's size and root in a few signed lines that anyone can keep.

    xinheng.local/ledger                            origin: which log this is
    7                                               tree size
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=    root, base64
                                                    (blank)
    — xinheng.local/ledger Az3grlgtzPICa5OS8n...    key name, base64(id, signature)

The signature is made outside core, over the text up to and including the line end
before the blank line. A public key travels as `name+key id in hex+base64(0x01, key)`.

Source: C2SP tlog-checkpoint and signed-note v1.0.0 (Ed25519, signature type 0x01).
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from xinheng.core.merkle.hashing import HASH_BYTES

ED25519 = b"\x01"
KEY_ID_BYTES = 4
PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64
MOST_SIGNATURES = 100


class MalformedNoteError(ValueError):
    """The text is not a signed checkpoint; `reason` says in a word what is wrong."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"not a signed checkpoint: {reason}")
        self.reason = reason


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
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line: who signed (`name`, `key_id`) and the bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Return the line as it stands below the text."""
        return f"— {self.name} {_base64(self.key_id + self.signature)}\n"


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
        return Checkpoint(origin, int(size), _unbase64(root, HASH_BYTES, "root"))


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A log's Ed25519 public key (32 bytes) under its name."""

    name: str
    key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that name this key in a signature line."""
        preimage = self.name.encode() + b"\n" + ED25519 + self.key
        return sha256(preimage).digest()[:KEY_ID_BYTES]

    def text(self) -> str:
        """Return the key as verifiers exchange it."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(ED25519 + self.key)}"


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


def parse_public_key(text: str) -> PublicKey:
    """Read a public key in the form that `PublicKey.text` writes.

    Raises:
        MalformedNoteError: where the form, the type or the key id is wrong.
    """
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    typed = _unbase64(encoded, 1 + PUBLIC_KEY_BYTES, "public key")
    key = PublicKey(name, typed[1:])
    if not is_key_name(name) or typed[:1] != ED25519 or key.key_id.hex() != key_id:
        raise MalformedNoteError("public key")
    return key


def is_key_name(text: str) -> bool:
    """Return whether a text may name a log and its key."""
    printable = all(character >= " " and not character.isspace() for character in text)
    return bool(text) and printable and "+" not in text


def _signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != "—" or not is_key_name(name):
        raise MalformedNoteError("signature line")
    raw = _unbase64(encoded, None, "signature line")
    if len(raw) <= KEY_ID_BYTES:
        raise MalformedNoteError("signature line")
    return Signature(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()


def _unbase64(text: str, length: int | None, part: str) -> bytes:
    """Decode strictly: only the one text that `_base64` would write is taken."""
    try:
        raw = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedNoteError(part) from None
    if _base64(raw) != text or length not in (None, len(raw)):
        raise MalformedNoteError(part)
    return raw
