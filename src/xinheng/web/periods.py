"""Reporting months in addresses and forms: YYYY-MM, nothing else."""

from __future__ import annotations

from datetime import date


class PeriodConverter:
    """A reporting month as a part of a path."""

    regex = r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> str:
        """Return the period as the operations take it."""
        return value

    def to_url(self, value: str) -> str:
        """Return the period as the path shows it."""
        return value


def of(day: date) -> str:
    """Return the period that a day lies in."""
    return f"{day:%Y-%m}"


def before(period: str, months: int = 1) -> str:
    """Return the period so many months earlier (later where negative)."""
    year, month = map(int, period.split("-"))
    count = year * 12 + month - 1 - months
    return f"{count // 12:04d}-{count % 12 + 1:02d}"
