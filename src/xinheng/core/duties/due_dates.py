"""By when a duty to report falls due.

| frequency | what is due | last day |
|---|---|---|
| working days | every decision of the month | so many working days after the decision |
| any other | the records of the span, or a nil return | a day of the next month |

A span is named by its last month: the second quarter of 2019 is `2019-06`. A last day
that rests on a holiday notice not yet known is provisional.

Source: the domain notes, 1.4 and 1.5; the days themselves stand in the rulebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from xinheng.core.calendars.working_days import (
    DueDate,
    WorkCalendar,
    add_working_days,
)
from xinheng.core.catalog import periods
from xinheng.core.catalog.datasets import Frequency

MONTHS = {
    Frequency.WORKING_DAYS: 1,
    Frequency.MONTHLY: 1,
    Frequency.QUARTERLY: 3,
    Frequency.YEARLY: 12,
}


@dataclass(frozen=True, slots=True)
class Terms:
    """How a duty falls due.

    With `frequency` working days, `within` counts them; with any other, `due_day` is
    the day of the month that follows the span.

    Raises:
        ValueError: where the number that the frequency needs is missing or no day.
    """

    frequency: Frequency
    within: int | None = None
    due_day: int | None = None

    def __post_init__(self) -> None:
        """Refuse terms under which nothing could fall due."""
        if self.frequency is Frequency.WORKING_DAYS:
            if self.within is None or self.within < 0:
                raise ValueError("working days need a number of days")
        elif self.due_day is None or not 1 <= self.due_day <= 28:
            raise ValueError("the day of the month is 1 to 28")


def span(period: str, frequency: Frequency) -> tuple[str, ...]:
    """Return the months of the span that the period belongs to, in their order."""
    length = MONTHS[frequency]
    month = int(period[5:])
    last = periods.before(period, -((-month) % length))
    return tuple(periods.before(last, back) for back in range(length - 1, -1, -1))


def last_day(period: str) -> date:
    """Return the last day of a month."""
    return periods.first_day(periods.before(period, -1)) - timedelta(days=1)


def due_of_span(period: str, terms: Terms, calendar: WorkCalendar) -> DueDate:
    """Return the last day for the span that the period belongs to.

    For working days it is that of a decision made on the month's last day: before it,
    a unit without records may still be in time.
    """
    last = span(period, terms.frequency)[-1]
    if terms.within is not None and terms.frequency is Frequency.WORKING_DAYS:
        return add_working_days(last_day(last), terms.within, calendar)
    after = periods.first_day(periods.before(last, -1))
    return DueDate(after.replace(day=terms.due_day or 1), provisional=False)


def due_of_record(
    decided_on: date | None, period: str, terms: Terms, calendar: WorkCalendar
) -> DueDate:
    """Return the last day for one record of the period; undated ones go by the span."""
    if (
        decided_on is None
        or terms.within is None
        or terms.frequency is not Frequency.WORKING_DAYS
    ):
        return due_of_span(period, terms, calendar)
    return add_working_days(decided_on, terms.within, calendar)
