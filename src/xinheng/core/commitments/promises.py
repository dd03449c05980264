"""Credit commitments (信用承诺): six types, and how one comes to be kept or broken.

    pending -> kept      the receiving unit says so
            -> broken    only by a decision with a number, by a second person

A commitment that nobody decided about stays pending, also after its last day: silence
is no breach.

Source: domain notes, 5.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.core.catalog.datasets import Verification
from xinheng.core.screening import personal_id

LONGEST_TEXT = 4000


class Type(StrEnum):
    """The six types."""

    APPROVAL_SUBSTITUTE = "approval_substitute"
    PROOF_SUBSTITUTE = "proof_substitute"
    DEFERRED_MATERIAL = "deferred_material"
    PROACTIVE = "proactive"
    INDUSTRY = "industry"
    REPAIR = "repair"


class Fulfilment(StrEnum):
    """Whether it was kept."""

    PENDING = "PENDING"
    KEPT = "KEPT"
    BROKEN = "BROKEN"


class Fault(StrEnum):
    """Why a commitment can't be taken, or not be judged; stable codes."""

    MATTER = "COMMITMENT_MATTER"
    TEXT = "COMMITMENT_TEXT"
    TOO_LONG = "COMMITMENT_TOO_LONG"
    PERIOD = "COMMITMENT_PERIOD"  # ends before it is made, or is made in the future
    PERSONAL_ID = "PERSONAL_ID"
    JUDGED = "COMMITMENT_JUDGED"  # it was said already whether it was kept
    NO_DECISION = "COMMITMENT_NO_DECISION"
    SAME_PERSON = "REDRESS_SAME_PERSON"


@dataclass(frozen=True, slots=True)
class TypeRule:
    """A type with the text that an organization may start from."""

    type: Type
    title: str
    title_en: str
    when: str
    when_en: str
    template: str
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised: `valid_to` is the last day, null where it has none."""

    type: Type
    matter: str
    text: str
    made_on: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Breach:
    """The decision that a commitment was broken; two persons stand behind it."""

    decision_no: str
    proposed_by: str
    decided_by: str


def find_faults(promise: Promise, *, on: date) -> tuple[Fault, ...]:
    """Return why a commitment can't be taken on a day; nothing where it can."""
    faults = []
    if not promise.matter.strip():
        faults.append(Fault.MATTER)
    if not promise.text.strip():
        faults.append(Fault.TEXT)
    if len(promise.text) > LONGEST_TEXT or len(promise.matter) > LONGEST_TEXT // 20:
        faults.append(Fault.TOO_LONG)
    ends_early = promise.valid_to is not None and promise.valid_to < promise.made_on
    if ends_early or promise.made_on > on:
        faults.append(Fault.PERIOD)
    if any(map(personal_id.find, (promise.matter, promise.text))):
        faults.append(Fault.PERSONAL_ID)
    return tuple(faults)


def find_breach_fault(breach: Breach, *, now: Fulfilment) -> Fault | None:
    """Return why a breach can't be recorded, null where it can."""
    if now is not Fulfilment.PENDING:
        return Fault.JUDGED
    if not breach.decision_no.strip():
        return Fault.NO_DECISION
    if breach.decided_by == breach.proposed_by:
        return Fault.SAME_PERSON
    return None


def count(states: Iterable[Fulfilment]) -> dict[Fulfilment, int]:
    """Return how many are in each state, zero included."""
    known = tuple(states)
    return {state: known.count(state) for state in Fulfilment}
