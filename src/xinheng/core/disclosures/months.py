"""Calendar months: periods of publication run by the calendar, not by working days.

A period of months ends on the day of the same number; where the month has no such day,
on its last (30 November and three months are the last day of February).

Source: Civil Code, articles 201 and 202; domain notes 8.1.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int) -> date:
    """Return the day `months` later (earlier where negative), clamped to the month.

    Raises:
        ValueError: where the year lies outside 1 to 9999.
    """
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    if not date.min.year <= year <= date.max.year:
        raise ValueError(f"no date {months} months from {day}")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
