"""Cosignatures: a witness's word that a checkpoint continues all it saw before.

What is signed is two lines and the checkpoint's text; the signature carries the time:

    cosignature/v1
    time 1679315147                 seconds since 1970
    xinheng.local/ledger            the checkpoint's own lines
    ...

Source: C2SP tlog-cosignature v1.0.0 (Ed25519).
"""

from __future__ import annotations

from xinheng.core.merkle.public_keys import Suite
from xinheng.core.merkle.spelling import MalformedNoteError

TIME_BYTES = 8
LATEST_SECONDS = 2**63 - 1


def statement(body: str, *, seconds: int) -> bytes:
    """Return what a witness signs about a checkpoint's text at a time."""
    return f"cosignature/v1\ntime {seconds}\n{body}".encode()


def pack(seconds: int, signature: bytes) -> bytes:
    """Return the bytes that stand in a signature line, after the key id."""
    return seconds.to_bytes(TIME_BYTES, "big") + signature


def unpack(raw: bytes) -> tuple[int, bytes]:
    """Return the time in seconds and the signature.

    Raises:
        MalformedNoteError: where the length or the time can't be one.
    """
    seconds = int.from_bytes(raw[:TIME_BYTES], "big")
    if len(raw) != Suite.COSIGNATURE.signature_bytes or seconds > LATEST_SECONDS:
        raise MalformedNoteError("cosignature")
    return seconds, raw[TIME_BYTES:]
