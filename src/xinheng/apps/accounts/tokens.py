"""The text of a service key: a public prefix, a dot, 256 random bits.

    xhk_1f2e3d4c.Vv0vXl...(43 characters)

The prefix tells keys apart in a list and lets a scanner find one that leaked. A random
key of this length needs no slow hash: its SHA-256 is what the register keeps.
"""

from __future__ import annotations

import hashlib
import re
import secrets

SHAPE = re.compile(r"(xhk_[0-9a-f]{8})\.[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """Return a fresh key, to be shown once."""
    return f"xhk_{secrets.token_hex(4)}.{secrets.token_urlsafe(32)}"


def find_prefix(token: str) -> str | None:
    """Return the public part, null where the text isn't a service key."""
    matched = SHAPE.fullmatch(token)
    return matched[1] if matched else None


def digest(token: str) -> str:
    """Return what the register keeps of the key."""
    return hashlib.sha256(token.encode()).hexdigest()


def matches(token: str, *, digest_kept: str) -> bool:
    """Return whether it is the key of that digest, in time that tells nothing."""
    return secrets.compare_digest(digest(token), digest_kept)
