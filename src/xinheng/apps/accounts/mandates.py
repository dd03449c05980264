"""Which mandates an account may hold: rules without a database.

- An administrator runs the accounts and decides nothing in the credit matter, so one
  account never holds both that role and the credit office's on the same day.
- A deputy stands in for one mandate of another account: the same role and unit, within
  its period, and with an end. A deputy has no deputy.
- Nobody grants a mandate to themselves.
- Whoever lists organizations acts for one unit, and gives a second factor.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

CLERK = "CLERK"
LISTING_AUTHORITY = "LISTING_AUTHORITY"
CREDIT_OFFICE = "CREDIT_OFFICE"
ADMINISTRATOR = "ADMINISTRATOR"
# Whoever decides, publishes or administers: they see every unit, give a second factor,
# and never are both at once.
CITY_WIDE = frozenset({CREDIT_OFFICE, ADMINISTRATOR})
OF_A_UNIT = frozenset({CLERK, LISTING_AUTHORITY})
WITH_SECOND_FACTOR = CITY_WIDE | {LISTING_AUTHORITY}


class Reason(StrEnum):
    """Why a mandate is refused."""

    ROLE = "role"  # no such role
    UNIT = "unit"  # a unit's role without one, or the city's with one
    UNIT_NOT_ACTIVE = "unit_not_active"
    PERIOD = "period"  # ends before it begins
    OVERLAP = "overlap"  # the account holds the same on some of these days
    SEPARATION = "separation"
    SELF_GRANT = "self_grant"
    DEPUTY_WITHOUT_END = "deputy_without_end"
    DEPUTY_OF_SELF = "deputy_of_self"
    DEPUTY_EXCEEDS = "deputy_exceeds"  # more than the principal holds themselves


@dataclass(frozen=True, slots=True)
class Term:
    """A role, of a unit or of the city, on `[effective_on, expires_on)`."""

    role: str
    unit: str | None
    effective_on: date
    expires_on: date | None

    def overlaps(self, other: Term) -> bool:
        """Return whether the two share a day."""
        return _starts_in(self, other) or _starts_in(other, self)

    def covers(self, other: Term) -> bool:
        """Return whether every day of the other is a day of this one."""
        if other.effective_on < self.effective_on:
            return False
        if self.expires_on is None:
            return True
        return other.expires_on is not None and other.expires_on <= self.expires_on


def _starts_in(later: Term, earlier: Term) -> bool:
    begins, is_empty = later.effective_on, later.expires_on == later.effective_on
    ends = earlier.expires_on
    return (
        not is_empty
        and earlier.effective_on <= begins
        and (ends is None or begins < ends)
    )


def find_fault(wanted: Term, *, held: Iterable[Term]) -> Reason | None:
    """Return why who holds `held` can't have `wanted` too, null where they may."""
    if wanted.role not in OF_A_UNIT | CITY_WIDE:
        return Reason.ROLE
    if (wanted.role in OF_A_UNIT) != (wanted.unit is not None):
        return Reason.UNIT
    if wanted.expires_on is not None and wanted.expires_on <= wanted.effective_on:
        return Reason.PERIOD
    same_days = [term for term in held if term.overlaps(wanted)]
    if any((term.role, term.unit) == (wanted.role, wanted.unit) for term in same_days):
        return Reason.OVERLAP
    if any({term.role, wanted.role} == CITY_WIDE for term in same_days):
        return Reason.SEPARATION
    return None


def find_deputy_fault(wanted: Term, *, principal: Term) -> Reason | None:
    """Return why `wanted` can't stand in for the principal's term, null if it may."""
    if wanted.expires_on is None:
        return Reason.DEPUTY_WITHOUT_END
    if (wanted.role, wanted.unit) != (principal.role, principal.unit):
        return Reason.DEPUTY_EXCEEDS
    if not principal.covers(wanted):
        return Reason.DEPUTY_EXCEEDS
    return None
