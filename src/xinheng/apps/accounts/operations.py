"""Accounts and mandates are given and taken back: each act with its ledger entry.

The ledger shows opaque ids, roles, units and days; never a name, a sign-in name or an
e-mail address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from importlib import import_module

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from xinheng.apps.accounts import mandates
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.mandates import Term
from xinheng.apps.accounts.models import AccountName, Mandate, User, new_session_salt
from xinheng.apps.accounts.queries import (
    NotAllowedError,
    UnknownAccountError,
    require_administrator,
)
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.units import queries as units
from xinheng.core.screening import personal_id

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")
LONGEST_PASSWORD = 256


class Reason(StrEnum):
    """Why an act on an account is refused."""

    USERNAME = "username"  # not 3 to 64 of a-z, 0-9, dot, hyphen, underscore
    USERNAME_TAKEN = "username_taken"
    DISPLAY_NAME = "display_name"  # blank, or longer than 100
    EMAIL = "email"
    PERSONAL_ID = "personal_id"  # an identity number in any of them
    STILL_ACTIVE = "still_active"


class AccountRefusedError(ValueError):
    """The act would break a rule of the accounts; `reason` says which."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class MandateRefusedError(ValueError):
    """The mandate would break a rule; `reason` says which."""

    def __init__(self, reason: mandates.Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class WeakPasswordError(ValueError):
    """The password is not accepted; `codes` are the failed rules' names."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


class UnknownMandateError(LookupError):
    """There is no such mandate."""

    def __init__(self, mandate: int) -> None:
        super().__init__(mandate)
        self.mandate = mandate


@transaction.atomic
def create_account(
    *,
    username: str,
    password: str,
    display_name: str,
    actor: Actor,
    at: datetime,
    email: str = "",
) -> str:
    """Open an account that holds no mandate yet, and return its opaque id.

    Raises:
        AccountRefusedError: where the names break a rule.
        NotAllowedError: where the actor isn't an administrator.
        WeakPasswordError: where the password is not accepted.
    """
    require_administrator(actor, "create_account")
    _check_names(username=username, display_name=display_name.strip(), email=email)
    account = User(username=username)
    _set_password(account, password)
    account.save()
    AccountName.objects.create(
        user=account, display_name=display_name.strip(), email=email
    )
    _append("account.created", account=account, body={}, actor=actor, at=at)
    return str(account.pk)


@transaction.atomic
def open_agent_account(*, username: str, password: str, at: datetime) -> str:
    """Open an account without the name of a person, and return its opaque id.

    Raises:
        AccountRefusedError, WeakPasswordError: as for `create_account`.
    """
    _check_names(username=username, display_name=username, email="")
    account = User(username=username)
    _set_password(account, password)
    account.save()
    own = Actor(str(account.pk))
    _append("account.created", account=account, body={}, actor=own, at=at)
    return own.account_id


@transaction.atomic
def set_password(*, account: str, password: str, actor: Actor, at: datetime) -> None:
    """Replace the password, one's own or as an administrator; every session ends.

    Raises:
        NotAllowedError: where it is another's and the actor isn't an administrator.
        UnknownAccountError: where there is no such account, or it is closed.
        WeakPasswordError: where the password is not accepted.
    """
    if actor.account_id != account and not actor.may_administer:
        raise NotAllowedError("set_password")
    locked = _lock(account)
    _set_password(locked, password)
    locked.save(update_fields=["password"])
    _append("account.password_set", account=locked, body={}, actor=actor, at=at)


@transaction.atomic
def grant_mandate(
    *,
    account: str,
    term: Term,
    actor: Actor,
    at: datetime,
    deputy_for: str | None = None,
) -> int:
    """Give the account a role for a term, and return the mandate's number.

    `deputy_for` is the account it stands in for, which must hold the same role at the
    same unit for the whole term.

    Raises:
        MandateRefusedError: where a rule of the mandates forbids it.
        NotAllowedError: where the actor isn't an administrator.
        UnknownAccountError: where there is no such account.
        UnknownUnitError: where there is no such unit.
    """
    require_administrator(actor, "grant_mandate")
    holder = _lock(account)
    _check_term(holder, term=term, actor=actor)
    principal = _find_principal(term, of=deputy_for, holder=holder)
    granted = Mandate.objects.create(
        user=holder,
        role=term.role,
        unit_id=term.unit,
        deputy_of=principal,
        effective_on=term.effective_on,
        expires_on=term.expires_on,
    )
    body = _term_body(granted)
    if principal is not None:
        body["deputy_for"] = str(principal.user_id)
    _append("mandate.granted", account=holder, body=body, actor=actor, at=at)
    return granted.pk


@transaction.atomic
def end_mandate(*, mandate: int, on: date, actor: Actor, at: datetime) -> None:
    """End the mandate and its deputies': `on` is the first day without them.

    A mandate that ends earlier already stays as it is.

    Raises:
        NotAllowedError: where the actor isn't an administrator.
        UnknownMandateError: where there is no such mandate.
    """
    require_administrator(actor, "end_mandate")
    found = Mandate.objects.filter(pk=mandate).values_list("user_id", flat=True).first()
    if found is None:
        raise UnknownMandateError(mandate)
    list(User.objects.select_for_update().filter(pk=found))
    ended = _end(Mandate.objects.select_for_update().get(pk=mandate), on=on)
    ledger.append_many(acts=[_ended_act(each, actor=actor) for each in ended], at=at)


@transaction.atomic
def deactivate_account(*, account: str, on: date, actor: Actor, at: datetime) -> None:
    """Close the account of someone who left: mandates, second factor and sessions end.

    It is not opened again; who comes back gets a new one.

    Raises:
        NotAllowedError: where the actor isn't an administrator.
        UnknownAccountError: where there is no such account, or it is closed already.
    """
    require_administrator(actor, "deactivate_account")
    leaver = _lock(account)
    held = Mandate.objects.select_for_update().filter(user=leaver).order_by("pk")
    ended = [each for mandate in held for each in _end(mandate, on=on)]
    TOTPDevice.objects.filter(user=leaver).delete()
    leaver.is_active = False
    leaver.session_salt = new_session_salt()
    leaver.set_unusable_password()
    leaver.save(update_fields=["is_active", "session_salt", "password"])
    acts = [_ended_act(each, actor=actor) for each in ended]
    acts.append(_act("account.deactivated", account=leaver, body={}, actor=actor))
    ledger.append_many(acts=acts, at=at)


@transaction.atomic
def reset_second_factor(*, account: str, actor: Actor, at: datetime) -> None:
    """Take the second factor away, so that it is set up anew at the next sign-in.

    Every session of the account ends.

    Raises:
        NotAllowedError: where the actor isn't an administrator.
        UnknownAccountError: where there is no such account, or it is closed.
    """
    require_administrator(actor, "reset_second_factor")
    holder = _lock(account)
    TOTPDevice.objects.filter(user=holder).delete()
    holder.session_salt = new_session_salt()
    holder.save(update_fields=["session_salt"])
    _append("second_factor.reset", account=holder, body={}, actor=actor, at=at)


@transaction.atomic
def erase_name(*, account: str, actor: Actor, at: datetime) -> None:
    """Forget the person behind a closed account; what the account did stays.

    Raises:
        AccountRefusedError: while the account is open.
        NotAllowedError: where the actor isn't an administrator.
        UnknownAccountError: where there is no such account.
    """
    require_administrator(actor, "erase_name")
    former = User.objects.select_for_update().filter(pk=account).first()
    if former is None:
        raise UnknownAccountError(account)
    if former.is_active:
        raise AccountRefusedError(Reason.STILL_ACTIVE)
    AccountName.objects.filter(user=former).delete()
    former.username = f"erased-{former.pk.hex}"
    former.save(update_fields=["username"])
    _append("account.name_erased", account=former, body={}, actor=actor, at=at)


def clear_expired_sessions() -> None:
    """Delete the sessions that are over from the database."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def _check_names(*, username: str, display_name: str, email: str) -> None:
    texts = (username, display_name, email)
    if any(personal_id.find(text) is not None for text in texts):
        raise AccountRefusedError(Reason.PERSONAL_ID)
    if not USERNAME.fullmatch(username):
        raise AccountRefusedError(Reason.USERNAME)
    if not 0 < len(display_name) <= 100:
        raise AccountRefusedError(Reason.DISPLAY_NAME)
    if email and not _is_email(email):
        raise AccountRefusedError(Reason.EMAIL)
    if User.objects.filter(username=username).exists():
        raise AccountRefusedError(Reason.USERNAME_TAKEN)


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def _set_password(account: User, password: str) -> None:
    if len(password) > LONGEST_PASSWORD:
        raise WeakPasswordError(("password_too_long",))
    try:
        validate_password(password, account)
    except ValidationError as weak:
        codes = (str(error.code) for error in weak.error_list)
        raise WeakPasswordError(tuple(codes)) from None
    account.set_password(password)


def _check_term(holder: User, *, term: Term, actor: Actor) -> None:
    if actor.account_id == str(holder.pk):
        raise MandateRefusedError(mandates.Reason.SELF_GRANT)
    held = [_term(mandate) for mandate in Mandate.objects.filter(user=holder)]
    fault = mandates.find_fault(term, held=held)
    if fault is not None:
        raise MandateRefusedError(fault)
    if term.unit is not None:
        unit = units.get_unit(term.unit)
        if unit.code != term.unit or not unit.is_active_on(term.effective_on):
            raise MandateRefusedError(mandates.Reason.UNIT_NOT_ACTIVE)


def _find_principal(term: Term, *, of: str | None, holder: User) -> Mandate | None:
    """Return the mandate that `term` stands in for, null where it is no deputy's."""
    if of is None:
        return None
    if of == str(holder.pk):
        raise MandateRefusedError(mandates.Reason.DEPUTY_OF_SELF)
    theirs = list(
        Mandate.objects.select_for_update().filter(
            user=_lock(of), deputy_of__isnull=True
        )
    )
    faults = [
        mandates.find_deputy_fault(term, principal=_term(each)) for each in theirs
    ]
    for mandate, fault in zip(theirs, faults, strict=True):
        if fault is None:
            return mandate
    exceeds = mandates.Reason.DEPUTY_EXCEEDS
    raise MandateRefusedError(next((fault for fault in faults if fault), exceeds))


def _end(mandate: Mandate, *, on: date) -> list[Mandate]:
    """End the mandate and its deputies', and return those that did not end before."""
    deputies = Mandate.objects.select_for_update().filter(deputy_of=mandate)
    ended = [each for deputy in deputies.order_by("pk") for each in _end(deputy, on=on)]
    if mandate.expires_on is not None and mandate.expires_on <= on:
        return ended
    mandate.expires_on = max(on, mandate.effective_on)
    mandate.save(update_fields=["expires_on"])
    return [*ended, mandate]


def _term(mandate: Mandate) -> Term:
    return Term(
        role=mandate.role,
        unit=mandate.unit_id,
        effective_on=mandate.effective_on,
        expires_on=mandate.expires_on,
    )


def _term_body(mandate: Mandate) -> dict[str, str | None]:
    return {
        "role": mandate.role,
        "unit": mandate.unit_id,
        "effective_on": mandate.effective_on.isoformat(),
        "expires_on": mandate.expires_on.isoformat() if mandate.expires_on else None,
    }


def _lock(account: str) -> User:
    locked = User.objects.select_for_update().filter(pk=account, is_active=True).first()
    if locked is None:
        raise UnknownAccountError(account)
    return locked


def _ended_act(mandate: Mandate, *, actor: Actor) -> ledger.Act:
    body = _term_body(mandate)
    return _act("mandate.ended", account=mandate.user, body=body, actor=actor)


def _append(
    kind: str,
    *,
    account: User,
    body: Mapping[str, str | None],
    actor: Actor,
    at: datetime,
) -> None:
    act = _act(kind, account=account, body=body, actor=actor)
    ledger.append_many(acts=[act], at=at)


def _act(
    kind: str, *, account: User, body: Mapping[str, str | None], actor: Actor
) -> ledger.Act:
    subject = f"account:{account.pk}"
    return ledger.Act(kind=kind, subject=subject, actor=actor.account_id, body=body)
