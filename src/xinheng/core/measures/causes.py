"""Why a measure is in force: an act elsewhere, known by its kind and its id alone.

Measures never look behind it, so that whatever lists organizations may change its own
tables, and one function ends what it began.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_KIND = re.compile(r"[a-z][a-z_]{0,31}")
LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Cause:
    """What a measure follows from, such as `Cause("listing", "42")`.

    Raises:
        ValueError: where the kind is no short word, or the id is empty or longer than
            64 characters.
    """

    kind: str
    id: str

    def __post_init__(self) -> None:
        """Refuse what no database could find again."""
        if not _KIND.fullmatch(self.kind):
            raise ValueError("a kind is 1 to 32 of a-z and _")
        if not 0 < len(self.id) <= LONGEST_ID:
            raise ValueError(f"an id has 1 to {LONGEST_ID} characters")
