"""Who may act today, and what an administrator may see of the accounts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from xinheng.apps.accounts import mandates, tokens
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.models import Mandate, ServiceKey, User
from xinheng.apps.units import queries as units


class UnknownAccountError(LookupError):
    """There is no such account, or it is closed."""

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account


class NotAllowedError(PermissionError):
    """The actor may not do or see this; `act` says what was asked."""

    def __init__(self, act: str) -> None:
        super().__init__(act)
        self.act = act


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account without the person behind it."""

    account_id: str
    username: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class MandateView:
    """A mandate on `[effective_on, expires_on)`; `deputy_of` is the principal's id."""

    mandate: int
    role: str
    unit: str | None
    effective_on: date
    expires_on: date | None
    deputy_of: str | None


@dataclass(frozen=True, slots=True)
class NamedAccountView:
    """An account as an administrator sees it; the name is blank once it was erased."""

    account_id: str
    username: str
    is_active: bool
    display_name: str
    email: str
    has_second_factor: bool
    mandates: tuple[MandateView, ...]


@dataclass(frozen=True, slots=True)
class ServiceKeyView:
    """A service key without the key."""

    key: str
    prefix: str
    unit: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    matters: frozenset[str]


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key with which a unit looks organizations up in `matters`."""

    account_id: str
    prefix: str
    digest: str
    unit: str
    matters: frozenset[str]
    purpose: str
    issued_at: datetime
    expires_at: datetime

    def holds(self, at: datetime) -> bool:
        """Tell whether it is in its term."""
        return self.issued_at <= at < self.expires_at

    def is_of(self, token: str) -> bool:
        """Tell whether a text is the key, in time that tells nothing."""
        return tokens.matches(token, digest_kept=self.digest)


def get_actor(*, user_id: uuid.UUID | str, on: date, verified: bool) -> Actor:
    """Return what the account may do on that day.

    `verified` says that the session gave the second factor. An account that must give
    one and did not may do nothing at all.

    Raises:
        UnknownAccountError: where there is no such account, or it is closed.
    """
    account = _get_active(user_id)
    held = list(in_force(on).filter(user=account))
    if _must_verify(account, held) and not verified:
        return Actor(account_id=str(account.pk))
    roles = {mandate.role for mandate in held}
    own = _units_of(held, mandates.CLERK, on=on)
    return Actor(
        account_id=str(account.pk),
        units=own,
        districts=units.list_district_codes(parents=own, on=on),
        lists_for=_units_of(held, mandates.LISTING_AUTHORITY, on=on),
        sees_all_units=bool(roles & mandates.CITY_WIDE),
        may_decide=mandates.CREDIT_OFFICE in roles,
        may_administer=mandates.ADMINISTRATOR in roles,
    )


def _units_of(held: Iterable[Mandate], role: str, *, on: date) -> frozenset[str]:
    codes = [each.unit_id for each in held if each.role == role and each.unit_id]
    return units.list_active_codes(codes=codes, on=on)


def find_service_actor(*, token: str, at: datetime) -> Actor | None:
    """Return the unit's machine that this key stands for, null where it doesn't hold.

    It may hand in for its unit and see it, and never decides.
    """
    prefix = tokens.find_prefix(token)
    own_kind = ServiceKey.objects.filter(prefix=prefix, matters="")
    key = own_kind.first() if prefix else None
    if key is None or not tokens.matches(token, digest_kept=key.digest):
        return None
    if key.revoked_at is not None and key.revoked_at <= at:
        return None
    if not key.issued_at <= at < key.expires_at:
        return None
    own = units.list_active_codes(codes=[key.unit_id], on=timezone.localdate(at))
    return Actor(account_id=f"service-key:{key.pk}", units=own) if own else None


def list_look_up_keys() -> list[KeyView]:
    """Return the keys with which organizations are looked up, revoked ones left out.

    A key ends with its unit, at the latest.
    """
    keys = ServiceKey.objects.filter(revoked_at=None).exclude(matters="")
    return [_key_view(key) for key in keys.select_related("unit")]


def _key_view(key: ServiceKey) -> KeyView:
    ends = [key.expires_at]
    if key.unit.expires_on is not None:
        ends.append(timezone.make_aware(datetime.combine(key.unit.expires_on, time())))
    return KeyView(
        account_id=f"service-key:{key.pk}",
        prefix=key.prefix,
        digest=key.digest,
        unit=key.unit_id,
        matters=frozenset(key.matters.split()),
        purpose=key.purpose,
        issued_at=key.issued_at,
        expires_at=min(ends),
    )


def find_account(*, username: str) -> AccountView | None:
    """Return the account of that sign-in name, closed ones too."""
    account = User.objects.filter(username=username).first()
    if account is None:
        return None
    return AccountView(str(account.pk), account.username, account.is_active)


def list_accounts(*, actor: Actor) -> list[NamedAccountView]:
    """Return every account with the person behind it, in the order of sign-in names.

    Raises:
        NotAllowedError: for anyone but an administrator.
    """
    require_administrator(actor, "list_accounts")
    chosen = User.objects.select_related("accountname").prefetch_related(
        Prefetch(
            "mandates",
            Mandate.objects.select_related("deputy_of").order_by("effective_on", "pk"),
        )
    )
    with_device = set(
        TOTPDevice.objects.filter(confirmed=True).values_list("user_id", flat=True)
    )
    return [
        _named(account, has_second_factor=account.pk in with_device)
        for account in chosen.order_by("username")
    ]


def list_service_keys(*, actor: Actor, unit: str | None = None) -> list[ServiceKeyView]:
    """Return the service keys, of one unit or of all, oldest first.

    Raises:
        NotAllowedError: for anyone but an administrator.
    """
    require_administrator(actor, "list_service_keys")
    keys = ServiceKey.objects.order_by("issued_at", "pk")
    return [
        ServiceKeyView(
            key=str(key.pk),
            prefix=key.prefix,
            unit=key.unit_id,
            issued_at=key.issued_at,
            expires_at=key.expires_at,
            revoked_at=key.revoked_at,
            matters=frozenset(key.matters.split()),
        )
        for key in (keys.filter(unit=unit) if unit is not None else keys)
    ]


def next_key_end(*, since: datetime) -> datetime | None:
    """Return when the next service key ends that was not taken back, null for none.

    One that ended at `since` or before is not asked for any more.
    """
    keys = ServiceKey.objects.filter(revoked_at=None, expires_at__gt=since)
    return keys.order_by("expires_at").values_list("expires_at", flat=True).first()


def in_force(on: date) -> QuerySet[Mandate]:
    """Return the mandates that hold on that day, for the other modules of this app."""
    return Mandate.objects.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gt=on), effective_on__lte=on
    )


def needs_second_factor(*, user_id: uuid.UUID | str, on: date) -> bool:
    """Return whether the account gives a code: by its roles that day, or its choice.

    Raises:
        UnknownAccountError: where there is no such account, or it is closed.
    """
    account = _get_active(user_id)
    return _must_verify(account, in_force(on).filter(user=account))


def _must_verify(account: User, held: Iterable[Mandate]) -> bool:
    if any(mandate.role in mandates.WITH_SECOND_FACTOR for mandate in held):
        return True
    return bool(TOTPDevice.objects.filter(user=account, confirmed=True).exists())


def _get_active(user_id: uuid.UUID | str) -> User:
    account = User.objects.filter(pk=user_id, is_active=True).first()
    if account is None:
        raise UnknownAccountError(str(user_id))
    return account


def require_administrator(actor: Actor, act: str) -> None:
    """Let an administrator pass.

    Raises:
        NotAllowedError: for anyone else.
    """
    if not actor.may_administer:
        raise NotAllowedError(act)


def _named(account: User, *, has_second_factor: bool) -> NamedAccountView:
    person = getattr(account, "accountname", None)
    return NamedAccountView(
        account_id=str(account.pk),
        username=account.username,
        is_active=account.is_active,
        display_name=person.display_name if person else "",
        email=person.email if person else "",
        has_second_factor=has_second_factor,
        mandates=tuple(_mandate_view(mandate) for mandate in account.mandates.all()),
    )


def _mandate_view(mandate: Mandate) -> MandateView:
    principal = mandate.deputy_of
    return MandateView(
        mandate=mandate.pk,
        role=mandate.role,
        unit=mandate.unit_id,
        effective_on=mandate.effective_on,
        expires_on=mandate.expires_on,
        deputy_of=str(principal.user_id) if principal else None,
    )
