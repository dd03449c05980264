"""The reason that a person gives for a decision.

There must be one, and no number of a natural person may stand in it: it is kept.
"""

from __future__ import annotations

from enum import StrEnum

from xinheng.core.screening import personal_id

LONGEST = 500


class Fault(StrEnum):
    """What is wrong with a reason; stable codes."""

    MISSING = "REASON_MISSING"
    TOO_LONG = "REASON_TOO_LONG"
    PERSONAL_ID = "PERSONAL_ID"


class ReasonError(ValueError):
    """The reason can't be kept; it is not in the error."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def require(text: str) -> str:
    """Return the reason without blanks around it.

    Raises:
        ReasonError: there is none, it is longer than `LONGEST` characters, or it holds
            a personal identity number.
    """
    reason = text.strip()
    if not reason:
        raise ReasonError(Fault.MISSING)
    if len(reason) > LONGEST:
        raise ReasonError(Fault.TOO_LONG)
    if personal_id.find(reason) is not None:
        raise ReasonError(Fault.PERSONAL_ID)
    return reason
