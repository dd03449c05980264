"""A place in the change feed: an entry of the ledger and a row within it.

    "1024"      all of entry 1024 has been seen
    "1024.17"   entry 1024 up to its row 17
    ""          nothing has been seen

Entries are in the order of their commits, so whoever goes on from a cursor misses
nothing and meets nothing twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

WHOLE = 2**63 - 1  # as a row: the entry to its end
LONGEST_NUMBER = 18
_FORM = re.compile(
    rf"([0-9]{{1,{LONGEST_NUMBER}}})(?:\.([0-9]{{1,{LONGEST_NUMBER}}}))?"
)


class MalformedCursorError(ValueError):
    """The text is no cursor."""


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """Everything up to and including row `row` of entry `seq` has been seen."""

    seq: int
    row: int = WHOLE

    def __str__(self) -> str:
        """Return the text that `parse` reads."""
        if self.seq < 0:
            return ""
        return str(self.seq) if self.row == WHOLE else f"{self.seq}.{self.row}"


BEGINNING = Cursor(-1)


def parse(text: str) -> Cursor:
    """Return the place that a text names; empty is the beginning.

    Raises:
        MalformedCursorError: it is of none of the three forms.
    """
    if not text:
        return BEGINNING
    found = _FORM.fullmatch(text)
    if found is None:
        raise MalformedCursorError
    seq, row = found.groups()
    return Cursor(int(seq), WHOLE if row is None else int(row))
