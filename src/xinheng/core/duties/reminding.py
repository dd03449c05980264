"""When a unit is reminded of a duty: once before its last day, once after it."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from xinheng.core.calendars.working_days import WorkCalendar, working_days_between
from xinheng.core.duties.standing import Standing, State


class Kind(StrEnum):
    """Which of the two reminders."""

    BEFORE = "BEFORE"
    AFTER = "AFTER"


def find_reminder(
    standing: Standing,
    *,
    on: date,
    before_working_days: int,
    after_at_most_days: int,
    calendar: WorkCalendar,
) -> Kind | None:
    """Return the reminder that is called for on a day, null where none is.

    None before a last day that is more than `before_working_days` working days away,
    none after one that is more than `after_at_most_days` calendar days ago.
    """
    due_on = standing.due.on
    if standing.state is State.OPEN:
        left = working_days_between(on, due_on, calendar)
        return Kind.BEFORE if left <= before_working_days else None
    if standing.state is State.OVERDUE:
        is_recent = on - due_on <= timedelta(days=after_at_most_days)
        return Kind.AFTER if is_recent else None
    return None
