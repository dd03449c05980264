"""Special campaigns (专项治理): who is a target, what is done, how it is closed.

    campaign   open -> closed      by two persons, once no target is open
    target     open -> settled     proposed with a document, confirmed by another person
                    -> withdrawn   by the credit office, with a reason

A target is an organization or a government body, never a person and never a person in
business. Being one is no record and no listing: it has no effect of its own, and nobody
but the public bodies concerned sees it.

Source: the bulletin of June 2019, rows 13 and 14 of the domain notes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.core.catalog.datasets import Verification
from xinheng.core.screening import personal_id

LONGEST_TITLE, LONGEST_NUMBER, LONGEST_NOTE = 200, 128, 500
# The first character of codes that the staffing offices give: organs, institutions and
# mass organizations (core/identifiers/uscc.py).
STAFFING_OFFICE = "1"


class State(StrEnum):
    """Where a campaign or a target stands."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"  # of a campaign
    SETTLED = "SETTLED"  # of a target, as the next one
    WITHDRAWN = "WITHDRAWN"


class ActKind(StrEnum):
    """What was done about a target on a day."""

    REMINDER = "REMINDER"  # 失信提示
    INTERVIEW = "INTERVIEW"  # 警示约谈
    PROGRESS = "PROGRESS"  # what the target did since


# What counts in the column 失信提示、警示约谈 of the monthly table.
COUNTED = frozenset({ActKind.REMINDER, ActKind.INTERVIEW})


class Fault(StrEnum):
    """Why something about a campaign is refused; stable codes."""

    TITLE = "CAMPAIGN_TITLE"
    BASIS = "CAMPAIGN_BASIS"  # no document orders it
    DAY = "CAMPAIGN_DAY"  # ahead, before it began, or ends before it begins
    NOTE = "CAMPAIGN_NOTE"  # none, or too long
    DOCUMENT = "CAMPAIGN_DOCUMENT"  # no number of the notice, or too long
    PERSONAL_ID = "PERSONAL_ID"
    SOLE_PROPRIETOR = "CAMPAIGN_SOLE_PROPRIETOR"
    NOT_GOVERNMENT = "CAMPAIGN_NOT_GOVERNMENT"
    TWICE = "CAMPAIGN_TWICE"  # an open target already
    ENDED = "CAMPAIGN_ENDED"  # nothing of it moves any more
    NOT_PROPOSED = "CAMPAIGN_NOT_PROPOSED"
    SAME_PERSON = "CAMPAIGN_SAME_PERSON"
    OPEN_TARGETS = "CAMPAIGN_OPEN_TARGETS"


@dataclass(frozen=True, slots=True)
class Topic:
    """A campaign that was announced; `government` allows bodies of government alone."""

    name: str
    title: str
    title_en: str
    government: bool
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is opened: `basis` is the document that orders it, `ends_on` may be null."""

    title: str
    basis: str
    opened_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Done:
    """An act about a target; a reminder or interview has the number of its notice."""

    kind: ActKind
    held_on: date
    document_no: str
    note: str


def find_plan_fault(plan: Plan, *, on: date) -> Fault | None:
    """Return why a campaign can't be opened on a day, null where it can."""
    if not 0 < len(plan.title.strip()) <= LONGEST_TITLE:
        return Fault.TITLE
    if not 0 < len(plan.basis.strip()) <= LONGEST_TITLE:
        return Fault.BASIS
    if _names_person(plan.title, plan.basis):
        return Fault.PERSONAL_ID
    ends_early = plan.ends_on is not None and plan.ends_on < plan.opened_on
    return Fault.DAY if plan.opened_on > on or ends_early else None


def find_target_fault(
    *, uscc: str, is_sole_proprietor: bool, government: bool, matter: str, basis: str
) -> Fault | None:
    """Return why an organization can't be a target, null where it can."""
    if is_sole_proprietor:
        return Fault.SOLE_PROPRIETOR
    if government and not is_government(uscc):
        return Fault.NOT_GOVERNMENT
    if not 0 < len(matter.strip()) <= LONGEST_NOTE:
        return Fault.NOTE
    if not 0 < len(basis.strip()) <= LONGEST_NUMBER:
        return Fault.DOCUMENT
    return Fault.PERSONAL_ID if _names_person(matter, basis) else None


def is_government(uscc: str) -> bool:
    """Tell whether a staffing office gave the code: organs, institutions and such."""
    return uscc.startswith(STAFFING_OFFICE)


def find_act_fault(done: Done, *, opened_on: date, on: date) -> Fault | None:
    """Return why an act can't be recorded on a day, null where it can."""
    number, note = done.document_no.strip(), done.note.strip()
    if not opened_on <= done.held_on <= on:
        return Fault.DAY
    if len(number) > LONGEST_NUMBER or (done.kind in COUNTED and not number):
        return Fault.DOCUMENT
    if len(note) > LONGEST_NOTE or (done.kind not in COUNTED and not note):
        return Fault.NOTE
    return Fault.PERSONAL_ID if _names_person(number, note) else None


def find_closing_fault(document_no: str, targets: Iterable[State]) -> Fault | None:
    """Return why closing can't be proposed, null where it can.

    `targets` are those that must be over first: a campaign's, none for a target's own.
    """
    if not 0 < len(document_no.strip()) <= LONGEST_NUMBER:
        return Fault.DOCUMENT
    if _names_person(document_no):
        return Fault.PERSONAL_ID
    return Fault.OPEN_TARGETS if State.OPEN in set(targets) else None


def find_confirming_fault(*, proposed_by: str, confirmed_by: str) -> Fault | None:
    """Return why closing can't be confirmed; `proposed_by` is empty before it was."""
    if not proposed_by:
        return Fault.NOT_PROPOSED
    return Fault.SAME_PERSON if proposed_by == confirmed_by else None


def _names_person(*texts: str) -> bool:
    return any(personal_id.find(text) is not None for text in texts)
