"""Reporting periods: calendar months, written YYYY-MM."""

from __future__ import annotations

import re
from datetime import date

_FORM = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


class InvalidPeriodError(ValueError):
    """The text is no month between 2000-01 and 2099-12."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is not a month (YYYY-MM)")
        self.text = text


def parse(text: str) -> str:
    """Return the period that the text names.

    Raises:
        InvalidPeriodError: for anything but YYYY-MM within this century.
    """
    found = _FORM.fullmatch(text.strip())
    if not found or not 2000 <= int(found[1]) <= 2099:
        raise InvalidPeriodError(text)
    return found[0]


def of(day: date) -> str:
    """Return the period of a day."""
    return f"{day:%Y-%m}"


def first_day(period: str) -> date:
    """Return the first day of a period."""
    return date.fromisoformat(f"{period}-01")


def before(period: str, months: int = 1) -> str:
    """Return the period so many months earlier, later where negative."""
    day = first_day(period)
    count = day.year * 12 + day.month - 1 - months
    return f"{count // 12:04d}-{count % 12 + 1:02d}"
