"""What passes on when organizations merge or split: never a listing by itself.

Records are facts about who bore the code then; they follow where a person says so. An
adverse listing is a consequence for one organization. Its heir is another one, so a
person has to decide, with a basis in law, for each listing and each heir.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.core.organizations.status import Status, is_active


class Kind(StrEnum):
    """How the heir came by it: the giver ended in it, or gave a part and may go on."""

    MERGE = "MERGE"
    SPLIT = "SPLIT"


class Stage(StrEnum):
    """Where a succession stands: proposed -> decided -> undone, or refused."""

    PROPOSED = "PROPOSED"
    DECIDED = "DECIDED"
    REFUSED = "REFUSED"
    UNDONE = "UNDONE"


class Fault(StrEnum):
    """Why a succession can't be; stable codes."""

    SAME_ORGANIZATION = "SAME_ORGANIZATION"
    GIVER_ENDED = "GIVER_ENDED"
    HEIR_ENDED = "HEIR_ENDED"
    DAY_WRONG = "DAY_WRONG"
    NOTHING_CHOSEN = "NOTHING_CHOSEN"


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two, as the register holds it; `registered_on` null if unknown."""

    uscc: str
    status: Status
    registered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is proposed: `datasets` are those whose records follow, chosen by a person.

    In a merger none may follow; a split without records would change nothing.
    `effective_on` is the legal day of the registrar's act.
    """

    kind: Kind
    datasets: tuple[str, ...]
    effective_on: date


def faults(plan: Plan, giver: Party, heir: Party, *, on: date) -> tuple[Fault, ...]:
    """Return why it can't be done, nothing where it can; `on` is today.

    The registrar may have said already that the giver was merged. Records of whatever
    ended may still be given: rows go on to come in under its code.
    """
    return tuple(_faults(plan, giver, heir, on))


def _faults(plan: Plan, giver: Party, heir: Party, on: date) -> Iterable[Fault]:
    if giver.uscc == heir.uscc:
        yield Fault.SAME_ORGANIZATION
    is_merger, may_merge = plan.kind is Kind.MERGE, is_active(giver.status)
    if is_merger and not (may_merge or giver.status is Status.MERGED):
        yield Fault.GIVER_ENDED
    if not is_active(heir.status):
        yield Fault.HEIR_ENDED
    known = giver.registered_on
    if plan.effective_on > on or (known is not None and plan.effective_on < known):
        yield Fault.DAY_WRONG
    if plan.kind is Kind.SPLIT and not plan.datasets:
        yield Fault.NOTHING_CHOSEN


@dataclass(frozen=True, slots=True)
class Inheritance:
    """A person's decision that a listing also stands against an heir.

    `listing` and `heir` are the register's own keys, `basis` quotes the law.
    """

    listing: str
    heir: str
    decided_by: str
    basis: str


def inherited(
    listings: Collection[str], heirs: Collection[str], decided: Iterable[Inheritance]
) -> tuple[tuple[str, str], ...]:
    """Return (listing, heir) of what passes on: what was decided, and nothing else.

    A decision without a person or a basis, or about a listing or an heir that is not
    concerned, has no effect.
    """
    return tuple(
        sorted(
            {
                (each.listing, each.heir)
                for each in decided
                if each.listing in listings
                and each.heir in heirs
                and each.decided_by.strip()
                and each.basis.strip()
            }
        )
    )
