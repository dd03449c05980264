"""Outcomes: every row that is read ends in exactly one of six counts.

    new + changed + unchanged + rejected + questionable + unlinked = rows read

`accepted` is the sum of the first three; which of the three a row is shows only against
the register, so a check without a database knows `accepted` alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from xinheng.core.submissions.findings import Severity


class Outcome(StrEnum):
    """What the check makes of a row."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    QUESTIONABLE = "questionable"
    UNLINKED = "unlinked"


class FootingError(ValueError):
    """The six counts do not add up to the rows read: a defect of the intake."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The six counts of a submission, all at least 0.

    Raises:
        FootingError: where they do not add up to `rows_read`.
    """

    rows_read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    questionable: int
    unlinked: int

    def __post_init__(self) -> None:
        """Refuse counts that lose or invent a row."""
        kept_aside = self.rejected + self.questionable + self.unlinked
        if self.accepted + kept_aside != self.rows_read:
            raise FootingError(self)

    @property
    def accepted(self) -> int:
        """Rows that are in the register after the submission."""
        return self.new + self.changed + self.unchanged


def decide(severities: Collection[Severity], *, linked: bool | None) -> Outcome:
    """Return what becomes of a row with these findings.

    `linked` says whether the register knows the organization; null means that there is
    no register to ask or the row names no organization: then no row is unlinked.
    """
    if Severity.ERROR in severities:
        return Outcome.REJECTED
    if Severity.QUESTION in severities:
        return Outcome.QUESTIONABLE
    if linked is False:
        return Outcome.UNLINKED
    return Outcome.ACCEPTED
