"""Activities that units report: supervision by sector, publicity, business environment.

    submitted -> approved     by another person of the credit office
              -> returned     with a reason; handed in again, it is submitted anew

An activity counts in the month of its day, in the column of its kind, once approved.

Source: the bulletin of June 2019, row 20 of the domain notes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.core.screening import personal_id

LONGEST_TITLE, LONGEST_TEXT, LONGEST_NUMBER = 200, 4000, 64


class Kind(StrEnum):
    """What it is; the value is the column of the monthly table, and the dataset."""

    SUPERVISION = "supervised_sector"
    PUBLICITY = "integrity_campaign"
    BUSINESS_ENVIRONMENT = "business_environment"


class State(StrEnum):
    """How far it is."""

    SUBMITTED = "SUBMITTED"
    RETURNED = "RETURNED"
    APPROVED = "APPROVED"


class Fault(StrEnum):
    """Why an activity is refused; stable codes."""

    TITLE = "ACTIVITY_TITLE"
    TEXT = "ACTIVITY_TEXT"
    NUMBER = "ACTIVITY_NUMBER"
    DAY = "ACTIVITY_DAY"  # it lies ahead
    PERSONAL_ID = "PERSONAL_ID"
    TWICE = "ACTIVITY_TWICE"  # the unit reported one under this number
    DECIDED = "ACTIVITY_DECIDED"  # it was approved, or waits to be handed in again
    SAME_PERSON = "ACTIVITY_SAME_PERSON"


@dataclass(frozen=True, slots=True)
class Told:
    """An activity as it is reported; `number` names its document within the unit."""

    kind: Kind
    number: str
    title: str
    text: str
    held_on: date


def find_fault(told: Told, *, on: date) -> Fault | None:
    """Return why an activity can't be taken on a day, null where it can."""
    title, text, number = told.title.strip(), told.text.strip(), told.number.strip()
    if not 0 < len(title) <= LONGEST_TITLE:
        return Fault.TITLE
    if not 0 < len(text) <= LONGEST_TEXT:
        return Fault.TEXT
    if not 0 < len(number) <= LONGEST_NUMBER:
        return Fault.NUMBER
    if personal_id.find("\n".join((title, text, number))) is not None:
        return Fault.PERSONAL_ID
    return Fault.DAY if told.held_on > on else None


def find_decision_fault(*, state: State, by: str, writers: set[str]) -> Fault | None:
    """Return why `by` can't decide on an activity that `writers` wrote."""
    if state is not State.SUBMITTED:
        return Fault.DECIDED
    return Fault.SAME_PERSON if by in writers else None
