"""The terms of a procedure: how long, counted how, and whether one has run out.

A term of working days ends on a working day by itself. A term of calendar days that
would end on a day off ends on the next working day (Civil Code, article 203). What
rests on a calendar that was not announced yet is provisional.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from xinheng.core.calendars.working_days import (
    DueDate,
    WorkCalendar,
    add_working_days,
)
from xinheng.core.catalog.datasets import Verification


class Counting(StrEnum):
    """Which days a term counts."""

    WORKING_DAYS = "working_days"
    DAYS = "days"


class Anchor(StrEnum):
    """What a term runs from: the begin of the state, or the day of application."""

    STATE = "state"
    APPLICATION = "application"


class Standing(StrEnum):
    """How a term stands on a day."""

    NONE = "none"  # no term runs, or none is known
    RUNNING = "running"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Clock:
    """A term; `amount` is null where no text gives its length: then no end is known."""

    name: str
    title: str
    title_en: str
    counting: Counting
    anchor: Anchor
    verification: Verification
    source: str
    amount: int | None = None


def due(
    clock: Clock, *, begun_on: date, applied_on: date, calendar: WorkCalendar
) -> DueDate | None:
    """Return the last day of a term, null where its length is not known.

    `begun_on` is the day on which the state began. Counting begins on the day after.
    """
    if clock.amount is None:
        return None
    start = applied_on if clock.anchor is Anchor.APPLICATION else begun_on
    if clock.counting is Counting.WORKING_DAYS:
        return add_working_days(start, clock.amount, calendar)
    return _next_working_day(start + timedelta(days=clock.amount), calendar)


def _next_working_day(day: date, calendar: WorkCalendar) -> DueDate:
    is_settled = calendar.is_settled(day)
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
        is_settled = is_settled and calendar.is_settled(day)
    return DueDate(day, provisional=not is_settled)


def standing(due_on: date | None, *, on: date) -> Standing:
    """Return how a term stands on a day; its last day still counts as in time."""
    if due_on is None:
        return Standing.NONE
    return Standing.RUNNING if on <= due_on else Standing.OVERDUE
