"""Consents: an organization lets a receiver fetch its report, by a code shown once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.agents import letter_codes
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.reports import operations
from xinheng.apps.reports.models import Consent
from xinheng.apps.reports.operations import Issued, Order
from xinheng.core.reports.kinds import Kind, is_consent_term
from xinheng.core.submissions import reasons

LONGEST_RECEIVER = 100


class ConsentTermError(ValueError):
    """A consent runs from 1 to 90 days."""


class UnknownConsentError(LookupError):
    """No consent that holds has this code, or none of that number is one's own."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who may fetch the report, what for, and the first day without."""

    receiver: str
    purpose: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A consent as its organization sees it; `withdrawn_at` is null while it holds."""

    id: int
    receiver: str
    purpose: str
    given_at: datetime
    expires_on: date
    withdrawn_at: datetime | None
    uses: int

    def holds(self, on: date) -> bool:
        """Tell whether it lets the receiver in on a day."""
        return self.withdrawn_at is None and on < self.expires_on


@transaction.atomic
def give(*, organization: str, wanted: Wanted, actor: Actor, at: datetime) -> str:
    """Give a consent and return its code, which is shown this once.

    Raises:
        ConsentTermError: shorter than a day or longer than 90.
        NotAllowedError: the actor does not act for the organization.
        ReasonError: receiver or purpose is missing, too long, or holds a person's id.
    """
    if organization not in actor.organizations:
        raise NotAllowedError("give a consent")
    receiver, purpose = (
        reasons.require(wanted.receiver),
        reasons.require(wanted.purpose),
    )
    if len(receiver) > LONGEST_RECEIVER or len(purpose) > operations.LONGEST_PURPOSE:
        raise reasons.ReasonError(reasons.Fault.TOO_LONG)
    on = timezone.localdate(at)
    if not is_consent_term(given_on=on, expires_on=wanted.expires_on):
        raise ConsentTermError
    code = letter_codes.new_code()
    row = Consent.objects.create(
        organization_id=int(organization),
        receiver=receiver,
        purpose=purpose,
        code_digest=letter_codes.digest(code),
        given_by=actor.account_id,
        given_at=at,
        given_on=on,
        expires_on=wanted.expires_on,
    )
    _append("report.consent_given", row, actor.account_id, at)
    return code


@transaction.atomic
def withdraw(*, consent: int, actor: Actor, at: datetime) -> None:
    """Withdraw a consent; reports that were fetched under it stay with the receiver.

    Raises:
        UnknownConsentError: none of that number that the actor could withdraw.
    """
    own = [int(key) for key in actor.organizations]
    rows = Consent.objects.select_for_update().filter(organization_id__in=own)
    row = rows.filter(id=consent, withdrawn_at__isnull=True).first()
    if row is None:
        raise UnknownConsentError
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    _append("report.consent_withdrawn", row, actor.account_id, at)


def fetch(*, code: str, site: str, at: datetime) -> Issued:
    """Issue the authorized report that a consent's code allows.

    Raises:
        UnknownConsentError: the code is wrong, over or withdrawn; which, is not told.
    """
    found = Consent.objects.select_related("organization").filter(
        code_digest=letter_codes.digest(code)
    )
    row = found.filter(
        withdrawn_at__isnull=True, expires_on__gt=timezone.localdate(at)
    ).first()
    if row is None:
        raise UnknownConsentError
    order = Order(
        row.organization.uscc,
        Kind.AUTHORIZED,
        f"consent:{row.id}",
        purpose=row.purpose,
        consent=row,
    )
    return operations.issue(order=order, site=site, at=at)


def list_given(*, actor: Actor, organization: str) -> tuple[ConsentView, ...]:
    """Return what an organization consented to, the latest first."""
    if organization not in actor.organizations:
        return ()
    rows = Consent.objects.filter(organization_id=int(organization))
    return tuple(_view(row) for row in rows.order_by("-id")[:100])


def _view(row: Consent) -> ConsentView:
    return ConsentView(
        id=row.id,
        receiver=row.receiver,
        purpose=row.purpose,
        given_at=row.given_at,
        expires_on=row.expires_on,
        withdrawn_at=row.withdrawn_at,
        uses=row.reports.count(),
    )


def _append(kind: str, row: Consent, actor: str, at: datetime) -> None:
    ledger.append(
        kind=kind,
        subject=f"organization:{row.organization_id}",
        actor=actor,
        body={"consent": row.id, "expires_on": row.expires_on.isoformat()},
        at=at,
    )
