"""Public keys as verifiers exchange them: `name+key id in hex+base64(type, key)`.

| suite | type | key | signature |
|---|---|---|---|
| Ed25519 | `0x01` | 32 bytes (RFC 8032) | 64 bytes |
| SM2 with SM3 | `0xff`, then `xinheng/sm2-sm3/v1` | 65 bytes: 4, x, y | r, s |
| Ed25519 cosignature | `0x04` | 32 bytes | 8 bytes of time, 64 bytes |

C2SP assigns no type to SM2. It keeps `0xff` for types without a byte of their own and
recommends a longer name behind it; the name above is ours, and no other software knows
it. SM2 signs the note's text with the user id `1234567812345678` of GM/T 0009.

Source: C2SP signed-note v1.0.0 and tlog-cosignature v1.0.0; GB/T 32918.2, GB/T 32905.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from hashlib import sha256

from xinheng.core.merkle.spelling import (
    MalformedNoteError,
    base64,
    is_key_name,
    unbase64,
)

KEY_ID_BYTES = 4


class Suite(Enum):
    """How a key signs: the type that stands before it, the lengths in bytes."""

    ED25519 = (b"\x01", 32, 64)
    SM2 = (b"\xffxinheng/sm2-sm3/v1", 65, 64)
    COSIGNATURE = (b"\x04", 32, 72)

    @property
    def type(self) -> bytes:
        """The bytes that stand before the key."""
        return self.value[0]

    @property
    def key_bytes(self) -> int:
        """The length of a public key."""
        return self.value[1]

    @property
    def signature_bytes(self) -> int:
        """The length of a signature."""
        return self.value[2]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key under the name of its log or witness."""

    name: str
    key: bytes
    suite: Suite = Suite.ED25519

    @property
    def key_id(self) -> bytes:
        """The four bytes that name this key in a signature line."""
        preimage = self.name.encode() + b"\n" + self.suite.type + self.key
        return sha256(preimage).digest()[:KEY_ID_BYTES]

    def text(self) -> str:
        """Return the key as verifiers exchange it."""
        encoded = base64(self.suite.type + self.key)
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


def parse_public_key(text: str) -> PublicKey:
    """Read a public key in the form that `PublicKey.text` writes.

    Raises:
        MalformedNoteError: where the form, the type or the key id is wrong.
    """
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    typed = unbase64(encoded, None, "public key")
    for suite in Suite:
        length = len(suite.type) + suite.key_bytes
        if typed.startswith(suite.type) and len(typed) == length:
            key = PublicKey(name, typed[len(suite.type) :], suite)
            if is_key_name(name) and key.key_id.hex() == key_id:
                return key
    raise MalformedNoteError("public key")
