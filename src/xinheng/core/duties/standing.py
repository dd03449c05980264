"""Where a unit stands with a duty for a span: a function of what is known, no more.

| state | the unit |
|---|---|
| reported | has records of the span, and they came in time |
| late | has records, and they came after the last day |
| nil | has no records and stated so for every month of the span |
| open | did neither yet, and the last day is not over |
| overdue | did neither, and the last day is over |

An overdue unit that handed in no file at all is silent. One whose file brought no
record is overdue and not silent. Silence and nothing to report are different facts.

What came in time is told by the first landing of a record: a correction does not make
it late. Of decisions that are due one by one the worst tells; of a span the first does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from xinheng.core.calendars.working_days import DueDate, WorkCalendar
from xinheng.core.catalog.datasets import Frequency
from xinheng.core.duties.due_dates import Terms, due_of_record, due_of_span, span


class State(StrEnum):
    """Where a unit stands with a duty."""

    REPORTED = "reported"
    LATE = "late"
    NIL = "nil"
    OPEN = "open"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Landed:
    """Records of a month decided on one day that first came on one day.

    `decided_on` is null where the dataset has no date.
    """

    period: str
    decided_on: date | None
    received_on: date
    count: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a unit and a dataset, in the months of a span.

    `nil_filed_on` by month; `handed_in` says that some file was checked.
    """

    landed: Collection[Landed] = ()
    nil_filed_on: Mapping[str, date] = field(default_factory=dict)
    handed_in: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the unit stands: `days_late` are calendar days after the last day.

    It is 0 where nothing came late, and for an overdue span the days so far. `records`
    counts those of the span.
    """

    state: State
    due: DueDate
    days_late: int
    records: int
    is_silent: bool = False


def find_standing(
    *, period: str, terms: Terms, known: Known, on: date, calendar: WorkCalendar
) -> Standing:
    """Return where the unit stands on a day with the span that holds the period."""
    months = span(period, terms.frequency)
    due = due_of_span(period, terms, calendar)
    landed = [each for each in known.landed if each.period in months and each.count > 0]
    if landed:
        late = _days_late(landed, terms, calendar)
        state = State.LATE if late else State.REPORTED
        return Standing(state, due, late, sum(each.count for each in landed))
    if all(month in known.nil_filed_on for month in months):
        filed_on = max(known.nil_filed_on[month] for month in months)
        return Standing(State.NIL, due, _after(filed_on, due), 0)
    if on <= due.on:
        return Standing(State.OPEN, due, 0, 0)
    return Standing(
        State.OVERDUE, due, _after(on, due), 0, is_silent=not known.handed_in
    )


def _days_late(landed: list[Landed], terms: Terms, calendar: WorkCalendar) -> int:
    days = [
        _after(
            each.received_on,
            due_of_record(each.decided_on, each.period, terms, calendar),
        )
        for each in landed
    ]
    return max(days) if terms.frequency is Frequency.WORKING_DAYS else min(days)


def _after(day: date, due: DueDate) -> int:
    return max(0, (day - due.on).days)
