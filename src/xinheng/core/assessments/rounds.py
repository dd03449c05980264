"""A round of assessment: who may do what in which state.

| state | what happens | ends by |
|---|---|---|
| OPEN | units claim, the office scores what they claim | publish, by a second person |
| PUBLISHED | units see results and may appeal until `appeal_until` | close |
| CLOSED | the result stands, notices are issued | |

A round is published only when every claim has its score, and not by the person alone
who scored. It is closed only after the last day to appeal, with every appeal answered
by somebody who did not score the item.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """Where a round stands."""

    OPEN = "OPEN"
    PUBLISHED = "PUBLISHED"
    CLOSED = "CLOSED"


class Refusal(StrEnum):
    """Why an act in a round is refused; stable codes."""

    STATE = "ROUND_STATE"  # the round does not stand there
    PERIOD = "ROUND_PERIOD"  # months that run backward, or are not over
    UNSCORED = "ROUND_UNSCORED"  # a claim has no score yet
    SAME_PERSON = "ROUND_SAME_PERSON"  # a second person has to do it
    TOO_EARLY = "ROUND_TOO_EARLY"  # the window of appeal is open
    TOO_LATE = "ROUND_TOO_LATE"  # the window of appeal is closed
    UNANSWERED = "ROUND_UNANSWERED"  # an appeal waits
    TWICE = "ROUND_TWICE"  # the item was appealed before
    COUNTED = "ROUND_COUNTED"  # the register counts it; nobody enters it
    NUMBER = "ROUND_NUMBER"  # points or counts that the item can't have
    OVERLAP = "ROUND_OVERLAP"  # a round of the scheme covers the months
    VERDICT = "ROUND_VERDICT"  # nothing to commend or to criticize


@dataclass(frozen=True, slots=True)
class Round:
    """What decides about a round; `appeal_until` is the last day, null before."""

    state: State
    scorers: frozenset[str]
    unscored: int = 0
    appeal_until: date | None = None
    unanswered: int = 0


def may_publish(item: Round, *, person: str) -> Refusal | None:
    """Return why a person may not publish the results, null where it may."""
    if item.state is not State.OPEN:
        return Refusal.STATE
    if item.unscored:
        return Refusal.UNSCORED
    return Refusal.SAME_PERSON if person in item.scorers else None


def may_appeal(item: Round, *, on: date) -> Refusal | None:
    """Return why a unit may not appeal on a day, null where it may."""
    if item.state is not State.PUBLISHED or item.appeal_until is None:
        return Refusal.STATE
    return Refusal.TOO_LATE if on > item.appeal_until else None


def may_close(item: Round, *, on: date) -> Refusal | None:
    """Return why the round can't be closed on a day, null where it can."""
    if item.state is not State.PUBLISHED or item.appeal_until is None:
        return Refusal.STATE
    if on <= item.appeal_until:
        return Refusal.TOO_EARLY
    return Refusal.UNANSWERED if item.unanswered else None
