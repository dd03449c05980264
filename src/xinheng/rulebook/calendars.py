"""The work calendar of mainland China, from a calendar library.

The library carries the State Council's notices; a year whose notice it doesn't carry is
not in the calendar, so that a due date in it is provisional.

Source: chinesecalendar, checked in tests against two other compilations.
"""

from __future__ import annotations

from functools import cache

from chinese_calendar.constants import holidays, workdays

from xinheng.core.calendars.working_days import WorkCalendar


@cache
def load() -> WorkCalendar:
    """Return the calendar of all years that the library knows."""
    # A make-up day of late December belongs to the notice of the next year, so only the
    # holidays tell which notices are there; every notice has New Year's Day.
    years = {day.year for day in holidays if (day.month, day.day) == (1, 1)}
    return WorkCalendar(frozenset(holidays), frozenset(workdays), frozenset(years))
