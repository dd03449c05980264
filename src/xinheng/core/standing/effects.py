"""What a cause does to an organization: a list entry and its measures, as one value.

Both stand in the same value, so that nobody can see the one without the other. It is
in force on `[effective_on, expires_on)`, at most until `ended_on`, and the register
knows it from the entry `begun_seq` on, its end from `ended_seq` on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Effect:
    """A cause in effect; `measures` are (memorandum, measure) in their order."""

    cause: tuple[str, str]
    scheme: str
    measures: tuple[tuple[str, str], ...]
    effective_on: date
    expires_on: date
    begun_seq: int
    ended_on: date | None = None
    ended_seq: int | None = None

    def is_known_at(self, ledger_size: int) -> bool:
        """Tell whether a ledger of that size knew it."""
        return self.begun_seq < ledger_size

    def is_in_force(self, on: date, ledger_size: int) -> bool:
        """Tell whether it was in force on a day, as a ledger of that size knew it."""
        if not self.begun_seq < ledger_size:
            return False
        if not self.effective_on <= on < self.expires_on:
            return False
        is_end_known = self.ended_seq is not None and self.ended_seq < ledger_size
        return not is_end_known or self.ended_on is None or on < self.ended_on
