"""Reports that came too late, told from the day of the decision.

The working days are counted once for each day that occurs, not for each row.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from xinheng.core.calendars import working_days
from xinheng.core.catalog.datasets import Dataset, Frequency
from xinheng.pipeline.cells.columns import Flags
from xinheng.pipeline.context import Context

_LATE, _PROVISIONAL, _UNKNOWN = "LATE", "LATE_PROVISIONAL", "CALENDAR_UNKNOWN"
RULES = (_LATE, _PROVISIONAL, _UNKNOWN)


class Punctuality:
    """Knows for each day of decision whether a report on the day of intake is late."""

    def __init__(self, dataset: Dataset, context: Context) -> None:
        self._counts = dataset.frequency is Frequency.WORKING_DAYS
        self._within = dataset.report_within
        self._decided_on = dataset.decided_on
        self._context = context
        self._verdicts: dict[date, str | None] = {}

    def flags(self, frame: pl.DataFrame) -> Flags:
        """Return the flags of the rows that are late, or may turn out to be."""
        if not self._counts or self._within is None or self._decided_on is None:
            return {}
        days = frame[self._decided_on]
        distinct = days.unique()
        past = distinct.filter(distinct < self._context.on).to_list()
        verdicts = {day: self._verdict(day, self._within) for day in past}
        flags: Flags = {}
        for rule in RULES:
            late = pl.Series(
                [day for day, told in verdicts.items() if told == rule], dtype=pl.Date
            )
            if len(late):
                flag = days.is_in(late.implode()).fill_null(value=False)
                flags[rule, self._decided_on] = flag
        return flags

    def _verdict(self, decided_on: date, within: int) -> str | None:
        """Return what is told of a report today, counted once for each day."""
        if decided_on not in self._verdicts:
            self._verdicts[decided_on] = self._count(decided_on, within)
        return self._verdicts[decided_on]

    def _count(self, decided_on: date, within: int) -> str | None:
        calendar, on = self._context.calendar, self._context.on
        due = working_days.add_working_days(decided_on, within, calendar)
        if due.on < on:
            return _PROVISIONAL if due.provisional else _LATE
        earliest_on = working_days.earliest_due_on(decided_on, within, calendar)
        return _UNKNOWN if earliest_on < on else None
