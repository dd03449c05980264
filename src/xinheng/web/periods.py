"""Reporting months in addresses: YYYY-MM, nothing else."""

from __future__ import annotations


class PeriodConverter:
    """A reporting month as a part of a path."""

    regex = r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> str:
        """Return the period as the operations take it."""
        return value

    def to_url(self, value: str) -> str:
        """Return the period as the path shows it."""
        return value
