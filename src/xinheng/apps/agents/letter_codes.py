"""The code of an activation letter: 20 signs that nobody mixes up, in groups of five.

    K7QXN-3MDRA-9TWHC-V2BEF

100 random bits need no slow hash: the SHA-256 of the code is what the register keeps.
"""

from __future__ import annotations

import hashlib
import secrets

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O, 1 I L
LENGTH, GROUP = 20, 5


def new_code() -> str:
    """Return a fresh code, to be printed once."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    return "-".join(signs[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def digest(code: str) -> str:
    """Return what the register keeps of a code, however it was typed."""
    plain = "".join(sign for sign in code.upper() if sign in SIGNS)
    return hashlib.sha256(plain.encode()).hexdigest()
