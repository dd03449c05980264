"""Accounts that an OpenID provider knows: found, opened, linked.

Of the provider's word only the subject's id is kept, and it is never in the ledger.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime

from django.db import transaction

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.models import Identity, User
from xinheng.apps.accounts.queries import NotAllowedError, UnknownAccountError, in_force
from xinheng.apps.ledger import operations as ledger


class IdentityTakenError(ValueError):
    """The subject is linked to another account already."""


def find_account(*, issuer: str, subject: str) -> str | None:
    """Return the open account of a subject, null where there is none."""
    row = Identity.objects.filter(
        issuer=issuer, subject=subject, user__is_active=True
    ).first()
    return str(row.user_id) if row else None


def is_known(*, issuer: str, subject: str) -> bool:
    """Tell whether the subject has an account, be it open or closed."""
    return Identity.objects.filter(issuer=issuer, subject=subject).exists()


def is_staff(*, account: str, on: date) -> bool:
    """Tell whether the account holds a mandate of a unit or of the city."""
    return in_force(on).filter(user_id=account).exists()


@transaction.atomic
def open_account(*, issuer: str, subject: str, at: datetime) -> str:
    """Open an account without name and password for a subject; return its id."""
    account = User(username=f"oidc-{secrets.token_hex(8)}")
    account.set_unusable_password()
    account.save()
    Identity.objects.create(user=account, issuer=issuer, subject=subject)
    key = str(account.pk)
    _append("account.created", key, key, at)
    return key


@transaction.atomic
def link(
    *, account: str, issuer: str, subject: str, actor: Actor, at: datetime
) -> None:
    """Let an account of the staff sign in through the provider as well.

    Its second factor is asked for all the same.

    Raises:
        IdentityTakenError: the subject is another account's.
        NotAllowedError: not an administrator.
        UnknownAccountError: there is no such open account.
    """
    if not actor.may_administer:
        raise NotAllowedError("link an account")
    row = User.objects.select_for_update().filter(pk=account, is_active=True).first()
    if row is None:
        raise UnknownAccountError(account)
    found, is_new = Identity.objects.get_or_create(
        issuer=issuer, subject=subject, defaults={"user": row}
    )
    if found.user_id != row.pk:
        raise IdentityTakenError
    if is_new:
        _append("account.linked", str(row.pk), actor.account_id, at)


def _append(kind: str, account: str, actor: str, at: datetime) -> None:
    ledger.append(kind=kind, subject=f"account:{account}", actor=actor, body={}, at=at)
