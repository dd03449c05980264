"""Service keys: with one, a unit's machine hands in files through the API.

The key is shown once, when it is issued; the register keeps its digest. It acts for one
unit until it expires, is revoked, or the unit is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts import tokens
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.models import ServiceKey
from xinheng.apps.accounts.queries import require_administrator
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.units import queries as units

LONGEST_LIFE = timedelta(days=400)
OVERLAP = timedelta(days=1)


class Reason(StrEnum):
    """Why a key is refused."""

    UNIT_NOT_ACTIVE = "unit_not_active"
    TERM = "term"  # over before it begins, or longer than LONGEST_LIFE
    NOT_IN_FORCE = "not_in_force"  # the key to be replaced is over


class KeyRefusedError(ValueError):
    """The key would break a rule; `reason` says which."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownKeyError(LookupError):
    """No service key has that prefix."""

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix)
        self.prefix = prefix


@dataclass(frozen=True, slots=True)
class Issued:
    """A key in the only moment when its text is known."""

    prefix: str
    token: str
    expires_at: datetime


@transaction.atomic
def issue_service_key(
    *, unit: str, at: datetime, expires_at: datetime, actor: Actor
) -> Issued:
    """Issue a key for the unit, on `[at, expires_at)`.

    Raises:
        KeyRefusedError: where the unit is not active or the term is too long.
        NotAllowedError: where the actor isn't an administrator.
        UnknownUnitError: where there is no such unit.
    """
    require_administrator(actor, "issue_service_key")
    if not units.get_unit(unit).is_active_on(timezone.localdate(at)):
        raise KeyRefusedError(Reason.UNIT_NOT_ACTIVE)
    if not timedelta() < expires_at - at <= LONGEST_LIFE:
        raise KeyRefusedError(Reason.TERM)
    token = tokens.new_token()
    key = ServiceKey.objects.create(
        unit_id=units.get_unit(unit).code,
        prefix=token.partition(".")[0],
        digest=tokens.digest(token),
        issued_at=at,
        expires_at=expires_at,
    )
    body = {"unit": key.unit_id, "expires_at": expires_at.isoformat()}
    _append("service_key.issued", key=key, body=body, actor=actor, at=at)
    return Issued(prefix=key.prefix, token=token, expires_at=expires_at)


@transaction.atomic
def revoke_service_key(*, prefix: str, actor: Actor, at: datetime) -> None:
    """End the key at once; one that is over already stays as it is.

    Raises:
        NotAllowedError: where the actor isn't an administrator.
        UnknownKeyError: where no key has that prefix.
    """
    require_administrator(actor, "revoke_service_key")
    key = _lock(prefix)
    if not _is_in_force(key, at=at):
        return
    key.revoked_at = at
    key.save(update_fields=["revoked_at"])
    body = {"unit": key.unit_id}
    _append("service_key.revoked", key=key, body=body, actor=actor, at=at)


@transaction.atomic
def rotate_service_key(
    *, prefix: str, at: datetime, expires_at: datetime, actor: Actor
) -> Issued:
    """Issue the key that follows this one, which holds for OVERLAP longer at most.

    Raises:
        KeyRefusedError: where the key is over, or as for a new one.
        NotAllowedError: where the actor isn't an administrator.
        UnknownKeyError: where no key has that prefix.
    """
    require_administrator(actor, "rotate_service_key")
    former = _lock(prefix)
    if not _is_in_force(former, at=at):
        raise KeyRefusedError(Reason.NOT_IN_FORCE)
    issued = issue_service_key(
        unit=former.unit_id, at=at, expires_at=expires_at, actor=actor
    )
    former.expires_at = min(former.expires_at, at + OVERLAP)
    former.save(update_fields=["expires_at"])
    body = {"unit": former.unit_id, "expires_at": former.expires_at.isoformat()}
    _append("service_key.rotated", key=former, body=body, actor=actor, at=at)
    return issued


def _is_in_force(key: ServiceKey, *, at: datetime) -> bool:
    return key.revoked_at is None and at < key.expires_at


def _lock(prefix: str) -> ServiceKey:
    key = ServiceKey.objects.select_for_update().filter(prefix=prefix).first()
    if key is None:
        raise UnknownKeyError(prefix)
    return key


def _append(
    kind: str, *, key: ServiceKey, body: dict[str, str], actor: Actor, at: datetime
) -> None:
    ledger.append(
        kind=kind,
        subject=f"service-key:{key.pk}",
        actor=actor.account_id,
        body=body,
        at=at,
    )
