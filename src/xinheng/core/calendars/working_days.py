"""Working days: the days that a legal period of working days counts.

A working day is Monday to Friday without the public holidays that the State Council's
yearly notice names, and the weekend days that the same notice turns into working days
(调休). Counting begins on the day after (Civil Code, article 201).

The notice for a year comes out in November of the year before, and it also settles the
last days of that year: the bridge to New Year's Day 2019 took 31 December 2018 off and
made 29 December a working day. A day that no notice settles counts by the week alone,
and a due date that rests on such a day is provisional.

Source: Administrative Permission Law, article 82; vectors in the domain notes, 8.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)
# From this day of December on, the notice of the next year may say otherwise. No notice
# from 2007 to 2026 reached further back than the 29th.
_TURN_OF_THE_YEAR = (12, 28)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """What the notices of some years say.

    `off_days` are the holidays, weekends among them or not; `makeup_days` the weekend
    days to work on; `years` those whose notice is known.
    """

    off_days: frozenset[date]
    makeup_days: frozenset[date]
    years: frozenset[int]

    def is_working_day(self, day: date) -> bool:
        """Tell whether the day counts, by the week alone where no notice is known."""
        if day in self.makeup_days:
            return True
        return day.weekday() < _SATURDAY and day not in self.off_days

    def is_settled(self, day: date) -> bool:
        """Tell whether every notice that can move the day is known."""
        if day.year not in self.years:
            return False
        is_last = (day.month, day.day) >= _TURN_OF_THE_YEAR
        return not is_last or day.year + 1 in self.years


@dataclass(frozen=True, slots=True)
class DueDate:
    """The last day of a period, `provisional` until every notice it needs is known."""

    on: date
    provisional: bool


def add_working_days(start: date, days: int, calendar: WorkCalendar) -> DueDate:
    """Return the last day of a period of `days` working days that follow `start`.

    With 0 days it is `start` itself, working day or not.

    Raises:
        ValueError: where `days` is negative.
    """
    if days < 0:
        raise ValueError("a period can't be shorter than no day")
    day, left, is_settled = start, days, True
    while left:
        day += _ONE_DAY
        is_settled = is_settled and calendar.is_settled(day)
        left -= calendar.is_working_day(day)
    return DueDate(day, provisional=not is_settled)


def earliest_due_on(start: date, days: int, calendar: WorkCalendar) -> date:
    """Return the day before which no notice still to come can end the same period.

    Every day that no notice settles is taken for a working day.

    Raises:
        ValueError: where `days` is negative.
    """
    if days < 0:
        raise ValueError("a period can't be shorter than no day")
    day, left = start, days
    while left:
        day += _ONE_DAY
        left -= calendar.is_working_day(day) or not calendar.is_settled(day)
    return day


def working_days_between(start: date, end: date, calendar: WorkCalendar) -> int:
    """Return the working days after `start`, up to and including `end`.

    It is 0 where `end` is not after `start`, so that a period of n working days is kept
    where the result is at most n.
    """
    elapsed = range(1, (end - start).days + 1)
    return sum(calendar.is_working_day(start + timedelta(days=n)) for n in elapsed)
