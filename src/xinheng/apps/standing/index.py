"""All codes of the register in one sorted array, with the state of each.

18 bytes and one more for an organization; a look-up is a binary search. It is never
changed: whatever the register comes to know makes another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.bytes_]
States = npt.NDArray[np.uint8]
STATES = ("REGISTERED", "REVOKED", "DEREGISTERED", "MERGED", "CODE_WITHDRAWN")
_NUMBER = {state: number for number, state in enumerate(STATES)}


@dataclass(frozen=True, slots=True)
class CodeIndex:
    """Codes in their order and, beside them, states as places in `STATES`."""

    codes: Codes
    states: States

    def find(self, code: str) -> str | None:
        """Return the state of the organization under a code, null where none is."""
        if not code.isascii():
            return None
        wanted = np.bytes_(code.encode())
        place = int(self.codes.searchsorted(wanted))
        if place == len(self.codes) or self.codes[place] != wanted:
            return None
        return STATES[self.states[place]]

    def find_many(self, codes: Sequence[str]) -> list[str | None]:
        """Return the same for each of many codes, in their order."""
        if not len(self.codes):
            return [None] * len(codes)
        wanted = np.array([code.encode("ascii", "replace") for code in codes], "S18")
        places = np.minimum(self.codes.searchsorted(wanted), len(self.codes) - 1)
        is_there = (self.codes[places] == wanted).tolist()
        states = self.states[places].tolist()
        return [
            STATES[state] if there else None
            for there, state in zip(is_there, states, strict=True)
        ]


def build(rows: Iterable[tuple[str, str]]) -> CodeIndex:
    """Return the index of (code, state) pairs in any order."""
    pairs = sorted(rows)
    return CodeIndex(
        np.array([code.encode() for code, _ in pairs], "S18"),
        np.array([_NUMBER.get(state, 0) for _, state in pairs], np.uint8),
    )
