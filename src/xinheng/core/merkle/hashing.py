"""The two hashes of the tree, kept apart by their first byte.

    leaf  SHA-256(0x00 || entry)
    node  SHA-256(0x01 || left || right)

Source: RFC 9162, 2.1.1.
"""

from __future__ import annotations

from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf that holds this entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node above these two."""
    return sha256(b"\x01" + left + right).digest()
