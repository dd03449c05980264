"""For whom an account acts, and the letters and mandates of an organization."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q, QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.agents.models import ActivationLetter, AgentMandate

LONGEST_LIST = 100


class UnknownLetterError(LookupError):
    """There is no such letter, or no such mandate that holds."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


@dataclass(frozen=True, slots=True)
class Acting:
    """An organization that somebody acts for; `key` is the register's."""

    mandate: int
    key: str
    uscc: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter without its code, and the mandate that it led to, if any.

    `mandate` is null before it was used; `ended_on` is null while the mandate holds.
    """

    number: int
    uscc: str
    name: str
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    mandate: int | None
    role: str
    ended_on: date | None


def with_organizations(actor: Actor, *, on: date) -> Actor:
    """Return the actor with the organizations that the account acts for on a day.

    A person of a unit or of the credit office never acts for an organization as well.
    """
    if actor.units or actor.sees_all_units:
        return actor
    keys = in_force(on).filter(user_id=actor.account_id)
    own = frozenset(str(key) for key in keys.values_list("organization_id", flat=True))
    return replace(actor, organizations=own) if own else actor


def list_acting(*, actor: Actor, on: date) -> tuple[Acting, ...]:
    """Return the organizations that the actor acts for, by code."""
    rows = in_force(on).filter(
        user_id=actor.account_id,
        organization_id__in=[int(key) for key in actor.organizations],
    )
    return tuple(
        Acting(
            row.id,
            str(row.organization_id),
            row.organization.uscc,
            row.organization.name,
            row.role,
        )
        for row in rows.select_related("organization").order_by("organization__uscc")
    )


def list_letters(*, actor: Actor) -> tuple[LetterView, ...]:
    """Return the latest letters, the newest first, at most `LONGEST_LIST`.

    Raises:
        NotAllowedError: not the credit office.
    """
    if not actor.may_decide:
        raise NotAllowedError("see letters")
    rows = ActivationLetter.objects.select_related("organization", "mandate")
    return tuple(_letter(row) for row in rows.order_by("-id")[:LONGEST_LIST])


def in_force(on: date) -> QuerySet[AgentMandate]:
    """Return the mandates that hold on a day."""
    return AgentMandate.objects.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gt=on), effective_on__lte=on
    )


def _letter(row: ActivationLetter) -> LetterView:
    mandate = getattr(row, "mandate", None)
    return LetterView(
        number=row.id,
        uscc=row.organization.uscc,
        name=row.organization.name,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
        mandate=mandate.id if mandate else None,
        role=mandate.role if mandate else "",
        ended_on=mandate.expires_on if mandate else None,
    )
