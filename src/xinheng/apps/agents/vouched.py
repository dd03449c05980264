"""Agents for whom an OpenID provider vouches: the mandate is what it says today."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts import identities
from xinheng.apps.accounts.oidc import OidcRefusedError, Refused, Vouched
from xinheng.apps.agents.models import AgentMandate
from xinheng.apps.agents.queries import in_force
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.organizations import queries as organizations
from xinheng.core.identifiers import uscc as codes
from xinheng.core.procedures.agents import Role


@transaction.atomic
def admit(*, vouched: Vouched, at: datetime) -> str:
    """Return the account of whom the provider vouches for, opening one at first.

    It acts for the organization that the provider names today, and no more for one that
    it named before. Staff that was linked keeps its own mandates alone.

    Raises:
        OidcRefusedError: no organization of the register is named, and nothing else
            lets the account in; or the account was closed.
    """
    on = timezone.localdate(at)
    known = {"issuer": vouched.issuer, "subject": vouched.subject}
    account = identities.find_account(**known)
    if account is not None and identities.is_staff(account=account, on=on):
        return account
    if account is None and identities.is_known(**known):
        raise OidcRefusedError(Refused.MANDATE)
    organization = _organization(vouched.uscc)
    if account is None:
        if organization is None:
            raise OidcRefusedError(Refused.MANDATE)
        account = identities.open_account(**known, at=at)
    _settle(account, organization, on, at)
    return account


def may_enter(*, account: str, on: date) -> bool:
    """Tell whether anything lets the account in on a day."""
    is_agent = in_force(on).filter(user_id=account).exists()
    return is_agent or identities.is_staff(account=account, on=on)


def _organization(uscc: str | None) -> int | None:
    found = organizations.get_public(codes.normalize(uscc)) if uscc else None
    return int(found.key) if found else None


def _settle(account: str, organization: int | None, on: date, at: datetime) -> None:
    """Begin the mandate that is vouched for, end those that no longer are."""
    rows = AgentMandate.objects.select_for_update().filter(
        user_id=account, expires_on__isnull=True
    )
    held = list(rows)
    for row in held:
        if row.letter_id is None and row.organization_id != organization:
            row.expires_on = max(on, row.effective_on)
            row.save(update_fields=["expires_on"])
            _append("agent.ended", row, account, at)
    if organization is None or organization in {row.organization_id for row in held}:
        return
    begun = AgentMandate.objects.create(
        user_id=account,
        organization_id=organization,
        role=Role.EMPLOYEE,
        effective_on=on,
    )
    _append("agent.vouched_for", begun, account, at)


def _append(kind: str, row: AgentMandate, account: str, at: datetime) -> None:
    ledger.append(
        kind=kind,
        subject=f"organization:{row.organization_id}",
        actor=account,
        body={"mandate": row.id, "role": row.role},
        at=at,
    )
