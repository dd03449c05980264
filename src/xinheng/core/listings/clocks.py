"""The clocks of the procedure: when a notice counts as served, when the window closes.

| way of service | proof | counts as served |
|---|---|---|
| DELIVERY | signed receipt | on the day of the signature |
| POST | return slip of the post | on the day that the slip names |
| PUBLIC_NOTICE | copy of the notice, with its day | so many days after that day |

The window runs in working days from the day after; statements on its last day are in
time. Source: Civil Code article 201 for the first day; lengths are rule data.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from xinheng.core.calendars.working_days import WorkCalendar, add_working_days
from xinheng.core.catalog.datasets import Verification

MONTHS = 12


class Way(StrEnum):
    """How a notice was served."""

    DELIVERY = "DELIVERY"
    POST = "POST"
    PUBLIC_NOTICE = "PUBLIC_NOTICE"


@dataclass(frozen=True, slots=True)
class ServiceRule:
    """When a notice counts as served, and the proof that this needs."""

    way: Way
    title: str
    title_en: str
    proof: str
    proof_en: str
    deemed_after_days: int
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class Window:
    """A notice's days; `is_provisional` until every holiday notice is known."""

    served_on: date
    closes_on: date
    hearing_until: date
    is_provisional: bool


def window(
    acted_on: date,
    rule: ServiceRule,
    *,
    days: int,
    hearing_days: int,
    calendar: WorkCalendar,
) -> Window:
    """Return when a notice counts as served, and until when it may be answered.

    `acted_on` is the day of the signature, of the return slip, or of the public notice;
    `days` and `hearing_days` are working days.
    """
    served_on = acted_on + timedelta(days=rule.deemed_after_days)
    closes = add_working_days(served_on, days, calendar)
    hearing = add_working_days(served_on, hearing_days, calendar)
    is_provisional = closes.provisional or hearing.provisional
    return Window(served_on, closes.on, hearing.on, is_provisional)


def end_of_term(start: date, months: int) -> date:
    """Return the first day after `months` calendar months, clamped to the month's end.

    From 30 November three months run to the end of February.
    """
    year, month = divmod(start.year * MONTHS + start.month - 1 + months, MONTHS)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


Services = Mapping[Way, ServiceRule]
