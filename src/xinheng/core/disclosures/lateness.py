"""Double publicity (双公示): public within so many working days of the decision.

Measured for each record, not for each file: from the day of the decision to the day on
which the register made it public.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xinheng.core.calendars.working_days import (
    WorkCalendar,
    add_working_days,
    working_days_between,
)


@dataclass(frozen=True, slots=True)
class Lateness:
    """When a record was due and by how many working days it missed that, 0 for none.

    `is_provisional` where a calendar not yet announced may still move `due_on`.
    """

    due_on: date
    days_late: int
    is_provisional: bool

    @property
    def is_late(self) -> bool:
        """Tell whether the record came after its day."""
        return self.days_late > 0


def lateness(
    *, decided_on: date, public_on: date, within: int, calendar: WorkCalendar
) -> Lateness:
    """Return how late a record became public; `within` counts working days.

    For what is not public yet, `public_on` is the day that is asked about.
    """
    due = add_working_days(decided_on, within, calendar)
    late = working_days_between(due.on, public_on, calendar)
    return Lateness(due.on, late, due.provisional)
