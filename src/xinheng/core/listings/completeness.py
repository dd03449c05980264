"""Listings decided before the register was in use, or elsewhere: what they lack.

The same is demanded of them as of our own: basis, proof of the notice, a window that
closed before the decision, a decision by number and day, a term. What is missing keeps
the listing questionable; it waits, and is never in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.core.listings.clocks import end_of_term


class Lack(StrEnum):
    """What an imported listing doesn't have; stable codes."""

    BASIS = "NO_LEGAL_BASIS"
    BASIS_OUTSIDE_SCHEME = "BASIS_OUTSIDE_SCHEME"
    FACTS = "NO_FACTS"
    NOTICE = "NO_NOTICE"
    PROOF = "NO_PROOF_OF_NOTICE"
    WINDOW = "NO_WINDOW"
    WINDOW_OPEN = "DECIDED_BEFORE_WINDOW"
    WINDOW_SHORT = "WINDOW_SHORT"
    DECISION = "NO_DECISION"
    TERM = "NO_TERM"
    TERM_TOO_LONG = "TERM_TOO_LONG"
    DAY_AHEAD = "DAY_AHEAD"
    DATE_ORDER = "DATE_ORDER"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a file says about a listing; empty or null where it says nothing."""

    basis: str = ""
    facts: str = ""
    notice_served_on: date | None = None
    notice_proof: str = ""
    window_closes_on: date | None = None
    decision_no: str = ""
    decided_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """What the scheme demands; null where it leaves it open.

    `bases` are the texts it rests on, empty where any may be named (decided elsewhere);
    `window_closes_on` is the day that follows from the notice by the scheme's clock.
    """

    term_months: int | None
    bases: frozenset[str] = frozenset()
    window_closes_on: date | None = None


def lacks(claim: Claim, demand: Demand, *, on: date) -> tuple[Lack, ...]:
    """Return what is missing or wrong, nothing where the listing may be accepted."""
    checks = (
        (not claim.basis, Lack.BASIS),
        (_is_foreign(claim, demand), Lack.BASIS_OUTSIDE_SCHEME),
        (not claim.facts, Lack.FACTS),
        (claim.notice_served_on is None, Lack.NOTICE),
        (not claim.notice_proof, Lack.PROOF),
        (claim.window_closes_on is None, Lack.WINDOW),
        (_is_early(claim), Lack.WINDOW_OPEN),
        (_is_short(claim, demand), Lack.WINDOW_SHORT),
        (not claim.decision_no or claim.decided_on is None, Lack.DECISION),
        (claim.expires_on is None, Lack.TERM),
        (_is_too_long(claim, demand), Lack.TERM_TOO_LONG),
        (_is_ahead(claim, on), Lack.DAY_AHEAD),
        (_is_disordered(claim), Lack.DATE_ORDER),
    )
    return tuple(lack for is_so, lack in checks if is_so)


def _is_foreign(claim: Claim, demand: Demand) -> bool:
    return bool(claim.basis and demand.bases) and claim.basis not in demand.bases


def _is_early(claim: Claim) -> bool:
    closes, decided = claim.window_closes_on, claim.decided_on
    return closes is not None and decided is not None and decided <= closes


def _is_short(claim: Claim, demand: Demand) -> bool:
    closes, least = claim.window_closes_on, demand.window_closes_on
    return closes is not None and least is not None and closes < least


def _is_too_long(claim: Claim, demand: Demand) -> bool:
    start, end, months = claim.decided_on, claim.expires_on, demand.term_months
    if start is None or end is None or months is None:
        return False
    return end > end_of_term(start, months)


def _is_ahead(claim: Claim, on: date) -> bool:
    days = (claim.notice_served_on, claim.decided_on)
    return any(day is not None and day > on for day in days)


def _is_disordered(claim: Claim) -> bool:
    days = (
        claim.notice_served_on,
        claim.window_closes_on,
        claim.decided_on,
        claim.expires_on,
    )
    known = [day for day in days if day is not None]
    is_empty = claim.decided_on is not None and claim.expires_on == claim.decided_on
    return is_empty or known != sorted(known)
