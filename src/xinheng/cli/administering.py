"""What `user` and `keys` do once Django is ready, as the operator of the machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from xinheng.apps.accounts import identities, operations, queries, service_keys
from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.accounts.mandates import Term
from xinheng.apps.accounts.service_keys import Scope
from xinheng.apps.units import queries as units
from xinheng.cli import failures
from xinheng.cli.refusal_texts import TEXTS


def create_account(
    *, username: str, password: str, display_name: str, email: str
) -> dict[str, Any]:
    """Open an account and return its opaque id."""
    account = operations.create_account(
        username=username,
        password=password,
        display_name=display_name,
        email=email,
        actor=OPERATOR,
        at=timezone.now(),
    )
    return {"account": account, "username": username}


def set_password(*, username: str, password: str) -> dict[str, Any]:
    """Set a new password."""
    account = _find(username)
    operations.set_password(
        account=account, password=password, actor=OPERATOR, at=timezone.now()
    )
    return {"account": account, "username": username}


def link(*, username: str, subject: str) -> dict[str, Any]:
    """Let an account sign in through the provider that the settings name."""
    account = _find(username)
    identities.link(
        account=account,
        issuer=settings.OIDC_ISSUER,
        subject=subject,
        actor=OPERATOR,
        at=timezone.now(),
    )
    return {"account": account, "username": username}


def term(
    *, role: str, unit: str | None, effective_on: date | None, expires_on: date | None
) -> Term:
    """Return a mandate's term, from today by default; `unit` is a code or a name."""
    return Term(
        role=role,
        unit=units.get_unit(unit).code if unit else None,
        effective_on=effective_on or timezone.localdate(),
        expires_on=expires_on,
    )


def grant(*, username: str, term: Term, deputy_for: str | None) -> dict[str, Any]:
    """Grant a mandate."""
    account = _find(username)
    mandate = operations.grant_mandate(
        account=account,
        term=term,
        deputy_for=_find(deputy_for) if deputy_for else None,
        actor=OPERATOR,
        at=timezone.now(),
    )
    return {"account": account, "username": username, "mandate": mandate}


def end(*, username: str, mandate: int, on: date | None) -> dict[str, Any]:
    """End one of the account's mandates, today by default."""
    account = _find(username)
    held = next((each.mandates for each in _named() if each.account_id == account), ())
    if mandate not in {each.mandate for each in held}:
        raise operations.UnknownMandateError(mandate)
    operations.end_mandate(
        mandate=mandate,
        on=on or timezone.localdate(),
        actor=OPERATOR,
        at=timezone.now(),
    )
    return {"account": account, "username": username, "mandate": mandate}


def disable(*, username: str) -> dict[str, Any]:
    """Close the account of someone who left."""
    account, at = _find(username), timezone.now()
    operations.deactivate_account(
        account=account, on=timezone.localdate(at), actor=OPERATOR, at=at
    )
    return {"account": account, "username": username}


def reset_second_factor(*, username: str) -> dict[str, Any]:
    """Take the second factor away."""
    account = _find(username)
    operations.reset_second_factor(account=account, actor=OPERATOR, at=timezone.now())
    return {"account": account, "username": username}


def erase_name(*, username: str) -> dict[str, Any]:
    """Forget the person behind a closed account."""
    account = _find(username)
    operations.erase_name(account=account, actor=OPERATOR, at=timezone.now())
    return {"account": account}


def list_accounts() -> dict[str, Any]:
    """Return every account with its mandates."""
    return {"accounts": [_account(each) for each in _named()]}


def issue_key(
    *, unit: str, days: int, matters: Sequence[str], purpose: str
) -> dict[str, Any]:
    """Issue a service key; its text is never shown again."""
    at = timezone.now()
    is_to_look_up = bool(matters or purpose)
    issued = service_keys.issue_service_key(
        unit=unit,
        at=at,
        expires_at=at + timedelta(days=days),
        actor=OPERATOR,
        scope=Scope(frozenset(matters), purpose) if is_to_look_up else None,
    )
    return _issued(issued)


def rotate_key(*, prefix: str, days: int) -> dict[str, Any]:
    """Issue the key that follows another one."""
    at = timezone.now()
    issued = service_keys.rotate_service_key(
        prefix=prefix, at=at, expires_at=at + timedelta(days=days), actor=OPERATOR
    )
    return _issued(issued)


def revoke_key(*, prefix: str) -> dict[str, Any]:
    """End a service key at once."""
    service_keys.revoke_service_key(prefix=prefix, actor=OPERATOR, at=timezone.now())
    return {"prefix": prefix}


def list_keys(*, unit: str | None) -> dict[str, Any]:
    """Return the service keys without their text."""
    code = units.get_unit(unit).code if unit else None
    found = queries.list_service_keys(actor=OPERATOR, unit=code)
    return {
        "keys": [
            {
                "prefix": key.prefix,
                "unit": key.unit,
                "issued_at": key.issued_at.isoformat(),
                "expires_at": key.expires_at.isoformat(),
                "revoked_at": _iso(key.revoked_at),
                "matters": sorted(key.matters),
            }
            for key in found
        ]
    }


@contextmanager
def refusals(*, as_json: bool) -> Iterator[None]:
    """Turn what the accounts refuse into one line: exit 1, or 2 for an unknown name."""
    try:
        yield
    except (
        operations.AccountRefusedError,
        operations.MandateRefusedError,
        service_keys.KeyRefusedError,
    ) as why:
        failures.refuse(why.reason.upper(), *TEXTS[why.reason], as_json=as_json)
    except identities.IdentityTakenError:
        failures.refuse(
            "IDENTITY_TAKEN",
            "该用户编号已关联其他账号。",
            "This subject is linked to another account.",
            as_json=as_json,
        )
    except operations.WeakPasswordError as why:
        failures.refuse(why.codes[0].upper(), *TEXTS[why.codes[0]], as_json=as_json)
    except LookupError as why:
        code, kind_zh, kind_en = _unknown(why)
        failures.fail(
            code,
            f"没有{kind_zh}“{why}”。",
            f"There is no {kind_en} {why}.",
            as_json=as_json,
        )


def _unknown(why: LookupError) -> tuple[str, str, str]:
    """Return the code and the words for what is not there; raises what is no name."""
    match why:
        case queries.UnknownAccountError():
            return "UNKNOWN_ACCOUNT", "可用账号", "open account"
        case operations.UnknownMandateError():
            return "UNKNOWN_MANDATE", "授权", "mandate"
        case units.UnknownUnitError():
            return "UNKNOWN_UNIT", "信源单位", "source unit"
        case service_keys.UnknownKeyError():
            return "UNKNOWN_KEY", "服务密钥", "service key"
        case _:
            raise why


def _find(username: str) -> str:
    account = queries.find_account(username=username)
    if account is None:
        raise queries.UnknownAccountError(username)
    return account.account_id


def _named() -> list[queries.NamedAccountView]:
    return queries.list_accounts(actor=OPERATOR)


def _account(account: queries.NamedAccountView) -> dict[str, Any]:
    return {
        "account": account.account_id,
        "username": account.username,
        "name": account.display_name,
        "email": account.email,
        "active": account.is_active,
        "second_factor": account.has_second_factor,
        "mandates": [
            {
                "mandate": mandate.mandate,
                "role": mandate.role,
                "unit": mandate.unit,
                "effective_on": mandate.effective_on.isoformat(),
                "expires_on": _iso(mandate.expires_on),
                "deputy_for": mandate.deputy_of,
            }
            for mandate in account.mandates
        ],
    }


def _issued(issued: service_keys.Issued) -> dict[str, Any]:
    return {
        "prefix": issued.prefix,
        "token": issued.token,
        "expires_at": issued.expires_at.isoformat(),
    }


def _iso(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
