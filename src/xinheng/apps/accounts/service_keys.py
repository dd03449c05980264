"""Service keys: with one, a unit's machine hands in files through the API.

A key with a scope is another thing: with it an executing unit looks organizations up,
in the matters that it names and for the purpose that it gives, and hands nothing in.

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
from xinheng.core.screening import personal_id
from xinheng.rulebook import measures

LONGEST_LIFE = timedelta(days=400)
OVERLAP = timedelta(days=1)
LONGEST_PURPOSE = 200


class Reason(StrEnum):
    """Why a key is refused."""

    UNIT_NOT_ACTIVE = "unit_not_active"
    TERM = "term"  # over before it begins, or longer than LONGEST_LIFE
    NOT_IN_FORCE = "not_in_force"  # the key to be replaced is over
    MATTER = "matter"  # none, or one that the rulebook does not know
    PURPOSE = "purpose"  # none, too long, or it holds a person's number


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
class Scope:
    """In which matters a key looks organizations up, and what for."""

    matters: frozenset[str]
    purpose: str

    def check(self) -> None:
        """Refuse what would let a key ask for anything, or for nothing.

        Raises:
            KeyRefusedError: MATTER, PURPOSE.
        """
        if not self.matters or self.matters - set(measures.rules().matters):
            raise KeyRefusedError(Reason.MATTER)
        purpose = self.purpose.strip()
        if not 0 < len(purpose) <= LONGEST_PURPOSE or personal_id.find(purpose):
            raise KeyRefusedError(Reason.PURPOSE)


@dataclass(frozen=True, slots=True)
class Issued:
    """A key in the only moment when its text is known."""

    prefix: str
    token: str
    expires_at: datetime


@transaction.atomic
def issue_service_key(
    *,
    unit: str,
    at: datetime,
    expires_at: datetime,
    actor: Actor,
    scope: Scope | None = None,
) -> Issued:
    """Issue a key for the unit, on `[at, expires_at)`; with a scope, to look up.

    Raises:
        KeyRefusedError: where the unit is not active, the term is too long, or the
            scope says nothing.
        NotAllowedError: where the actor isn't an administrator.
        UnknownUnitError: where there is no such unit.
    """
    require_administrator(actor, "issue_service_key")
    if not units.get_unit(unit).is_active_on(timezone.localdate(at)):
        raise KeyRefusedError(Reason.UNIT_NOT_ACTIVE)
    if not timedelta() < expires_at - at <= LONGEST_LIFE:
        raise KeyRefusedError(Reason.TERM)
    if scope is not None:
        scope.check()
    token = tokens.new_token()
    key = ServiceKey.objects.create(
        unit_id=units.get_unit(unit).code,
        prefix=token.partition(".")[0],
        digest=tokens.digest(token),
        issued_at=at,
        expires_at=expires_at,
        matters=" ".join(sorted(scope.matters)) if scope else "",
        purpose=scope.purpose.strip() if scope else "",
    )
    body = {
        "unit": key.unit_id,
        "expires_at": expires_at.isoformat(),
        "matters": key.matters,
        "purpose": key.purpose,
    }
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
        unit=former.unit_id,
        at=at,
        expires_at=expires_at,
        actor=actor,
        scope=_scope(former),
    )
    former.expires_at = min(former.expires_at, at + OVERLAP)
    former.save(update_fields=["expires_at"])
    body = {"unit": former.unit_id, "expires_at": former.expires_at.isoformat()}
    _append("service_key.rotated", key=former, body=body, actor=actor, at=at)
    return issued


def _is_in_force(key: ServiceKey, *, at: datetime) -> bool:
    return key.revoked_at is None and at < key.expires_at


def _scope(key: ServiceKey) -> Scope | None:
    matters = frozenset(key.matters.split())
    return Scope(matters, key.purpose) if matters else None


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
