"""How long a failed delivery waits before it is tried again, and when it is given up.

Each wait is four times the one before: half a minute first, most of a day at the end,
so that a receiver has about 46 hours to come back before a person has to look.
"""

from __future__ import annotations

from datetime import timedelta

RETRY_AFTER_SECONDS = (30, 120, 480, 1_920, 7_680, 30_720, 122_880)
MOST_ATTEMPTS = len(RETRY_AFTER_SECONDS) + 1


def is_exhausted(attempts: int) -> bool:
    """Return whether a delivery that failed this often is given up."""
    return attempts >= MOST_ATTEMPTS


def wait(attempts: int) -> timedelta:
    """Return the wait after the given number of failures, at least 1."""
    return timedelta(seconds=RETRY_AFTER_SECONDS[attempts - 1])
