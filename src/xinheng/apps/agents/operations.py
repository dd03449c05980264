"""Agents are let in by a letter and let go; each act with its ledger entry.

The ledger shows opaque ids, organizations and roles; never a code or a sign-in name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from xinheng.apps.accounts import operations as accounts
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.agents import letter_codes
from xinheng.apps.agents.models import ActivationLetter, AgentMandate
from xinheng.apps.agents.queries import UnknownLetterError
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.organizations import mergers as organizations
from xinheng.core.procedures.agents import Role

LETTER_DAYS = 30


class Refused(StrEnum):
    """Why a letter lets nobody in."""

    CODE = "code"  # wrong, used, too old, taken back, or for another organization
    ROLE = "role"


class ActivationRefusedError(ValueError):
    """The letter lets nobody in; `reason` says why, and no more than that."""

    def __init__(self, reason: Refused) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it is printed once: the code is nowhere else."""

    number: int
    uscc: str
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody types from a letter, and the account that they want."""

    uscc: str
    code: str
    role: str
    username: str
    password: str


@transaction.atomic
def issue_letter(*, uscc: str, actor: Actor, at: datetime) -> Letter:
    """Make a letter for an organization; those before it that wait are taken back.

    Raises:
        NotAllowedError: not the credit office.
        UnknownOrganizationError: the register does not hold the code.
    """
    if not actor.may_decide:
        raise NotAllowedError("issue a letter")
    key, _ = organizations.lock(uscc)[uscc]
    _waiting(key, at).update(revoked_at=at)
    code = letter_codes.new_code()
    row = ActivationLetter.objects.create(
        organization_id=key,
        code_digest=letter_codes.digest(code),
        issued_by=actor.account_id,
        issued_at=at,
        expires_at=at + timedelta(days=LETTER_DAYS),
    )
    body = {"letter": row.id, "organization": key}
    _append("agent.letter_issued", key, actor.account_id, body, at)
    return Letter(row.id, uscc, code, row.expires_at)


@transaction.atomic
def activate(*, claim: Claim, at: datetime) -> str:
    """Let an agent in by a letter: open an account, and return its opaque id.

    Raises:
        ActivationRefusedError: the letter lets nobody in.
        AccountRefusedError: the sign-in name can't be had.
        WeakPasswordError: the password is not accepted.
    """
    if claim.role not in set(Role):
        raise ActivationRefusedError(Refused.ROLE)
    letter = _find_letter(claim, at)
    account = accounts.open_agent_account(
        username=claim.username, password=claim.password, at=at
    )
    letter.used_at = at
    letter.save(update_fields=["used_at"])
    mandate = AgentMandate.objects.create(
        user_id=account,
        organization_id=letter.organization_id,
        role=claim.role,
        letter=letter,
        effective_on=timezone.localdate(at),
    )
    body = {"mandate": mandate.id, "role": mandate.role, "letter": letter.id}
    _append("agent.activated", letter.organization_id, account, body, at)
    return account


@transaction.atomic
def end_mandate(*, mandate: int, actor: Actor, at: datetime) -> None:
    """End a mandate from today on: by the credit office, or by the agent.

    Raises:
        NotAllowedError: neither of the two.
        UnknownLetterError: there is no such mandate that holds.
    """
    row = AgentMandate.objects.select_for_update().filter(id=mandate).first()
    if row is None or row.expires_on is not None:
        raise UnknownLetterError(mandate)
    if not (actor.may_decide or actor.account_id == str(row.user_id)):
        raise NotAllowedError("end a mandate")
    row.expires_on = max(timezone.localdate(at), row.effective_on)
    row.save(update_fields=["expires_on"])
    body = {"mandate": row.id}
    _append("agent.ended", row.organization_id, actor.account_id, body, at)


def _find_letter(claim: Claim, at: datetime) -> ActivationLetter:
    letter = (
        ActivationLetter.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(code_digest=letter_codes.digest(claim.code))
        .first()
    )
    if (
        letter is None
        or letter.organization.uscc != claim.uscc
        or letter.used_at is not None
        or letter.revoked_at is not None
        or at >= letter.expires_at
    ):
        raise ActivationRefusedError(Refused.CODE)
    return letter


def _waiting(organization: int, at: datetime) -> QuerySet[ActivationLetter]:
    return ActivationLetter.objects.filter(
        organization_id=organization, used_at__isnull=True, revoked_at__isnull=True
    ).filter(expires_at__gt=at)


def _append(
    kind: str, organization: int, actor: str, body: Mapping[str, object], at: datetime
) -> None:
    ledger.append(
        kind=kind, subject=f"organization:{organization}", actor=actor, body=body, at=at
    )
