"""Two times: what a page is about, and what the register knew when it was asked.

`on` is the legal day that is asked about. `known_at` is a moment and `ledger_size` the
same place in the ledger: what was written after it was not known. Where records carry
their entry's number, that decides; clocks can run backwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class AsOf:
    """As known at a place of the ledger, about a day."""

    on: date
    known_at: datetime
    ledger_size: int
