"""Training sessions for credit repair: organizations come, no person is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import transaction

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.cases.operations import By
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.organizations import mergers as organizations
from xinheng.apps.repairs.models import Attendance, TrainingSession
from xinheng.core.screening import personal_id

LONGEST_TITLE = 200
MOST_ATTENDEES = 1000


class Fault(StrEnum):
    """Why a session can't be recorded; stable codes."""

    TITLE = "TRAINING_TITLE"
    DAY = "TRAINING_DAY"
    NOBODY = "TRAINING_NOBODY"
    NUMBER = "TRAINING_NUMBER"
    PERSONAL_ID = "PERSONAL_ID"


class TrainingRefusedError(ValueError):
    """The session can't be recorded; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it is recorded; `attended` counts the attendees of each code."""

    unit: str
    title: str
    held_on: date
    attended: Mapping[str, int]


@transaction.atomic
def record(*, session: Session, by: By) -> int:
    """Record a session that was held, and return its number.

    Raises:
        NotAllowedError: neither the unit nor the credit office.
        TrainingRefusedError: why it can't be recorded.
        UnknownOrganizationError: the register does not hold one of the codes.
    """
    if not (by.actor.may_submit_for(session.unit) or by.actor.may_decide):
        raise NotAllowedError("record a training session")
    fault = find_fault(session, on=by.on)
    if fault is not None:
        raise TrainingRefusedError(fault)
    found = organizations.lock(*session.attended)
    row = TrainingSession.objects.create(
        unit_id=session.unit,
        title=session.title.strip(),
        held_on=session.held_on,
        recorded_by=by.actor.account_id,
        recorded_at=by.at,
    )
    Attendance.objects.bulk_create(
        Attendance(session=row, organization_id=found[code][0], attendees=count)
        for code, count in session.attended.items()
    )
    body = {
        "unit": session.unit,
        "title": row.title,
        "held_on": str(session.held_on),
        "attended": dict(session.attended),
    }
    ledger.append(
        kind="training.recorded",
        subject=f"training:{row.id}",
        actor=by.actor.account_id,
        body=body,
        at=by.at,
    )
    return row.id


def find_fault(session: Session, *, on: date) -> Fault | None:
    """Return why a session can't be recorded on a day, null where it can."""
    if not 0 < len(session.title.strip()) <= LONGEST_TITLE:
        return Fault.TITLE
    if personal_id.find(session.title) is not None:
        return Fault.PERSONAL_ID
    if session.held_on > on:
        return Fault.DAY
    if not session.attended:
        return Fault.NOBODY
    counts = session.attended.values()
    return None if all(0 < n <= MOST_ATTENDEES for n in counts) else Fault.NUMBER
