"""Whether somebody may take a step now; the answer is a rule's name or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from xinheng.core.procedures.tables import (
    AUTHORITIES,
    Need,
    Party,
    Procedure,
    Step,
)


class Refusal(StrEnum):
    """Why a step can't be taken; stable codes, with texts in the rulebook."""

    NOT_NOW = "REDRESS_NOT_NOW"
    NOT_YOURS = "REDRESS_NOT_YOURS"
    ONCE = "REDRESS_ONCE"
    REASON = "REDRESS_REASON"
    OUTCOME = "REDRESS_OUTCOME"
    SAME_PERSON = "REDRESS_SAME_PERSON"


@dataclass(frozen=True, slots=True)
class Past:
    """A step that was taken, and by whom (an opaque account id)."""

    act: str
    party: Party
    person: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A step that somebody wants to take, and what they gave with it."""

    act: str
    parties: frozenset[Party]
    person: str
    reason: str = ""
    outcome: str = ""


def find_refusal(
    procedure: Procedure, asked: Asked, *, state: str, past: Iterable[Past]
) -> Refusal | None:
    """Return why the step can't be taken in this state, null where it can."""
    step = procedure.find_step(asked.act, state)
    if step is None:
        return Refusal.NOT_NOW
    if step.party not in asked.parties:
        return Refusal.NOT_YOURS
    taken = tuple(past)
    if step.once and any(each.act == step.act for each in taken):
        return Refusal.ONCE
    return _find_lack(procedure, step, asked, taken)


def _find_lack(
    procedure: Procedure, step: Step, asked: Asked, past: tuple[Past, ...]
) -> Refusal | None:
    if Need.REASON in step.needs and not asked.reason.strip():
        return Refusal.REASON
    if step.outcomes and asked.outcome not in step.outcomes:
        return Refusal.OUTCOME
    if _asks_for_another(procedure, step, asked.outcome) and _took_part(asked, past):
        return Refusal.SAME_PERSON
    return None


def _asks_for_another(procedure: Procedure, step: Step, outcome: str) -> bool:
    if Need.ANOTHER_PERSON in step.needs:
        return True
    is_conditional = Need.ANOTHER_PERSON_IF_ADVERSE in step.needs
    return is_conditional and procedure.outcome(outcome).adverse


def _took_part(asked: Asked, past: tuple[Past, ...]) -> bool:
    return any(
        each.person == asked.person and each.party in AUTHORITIES for each in past
    )
