"""Accounts of the demo city: one for each role, with secrets of its own every time."""

from __future__ import annotations

import base64
import os
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django_otp.oath import totp

from xinheng.apps.accounts import mandates, operations, queries, second_factor
from xinheng.apps.accounts.actors import OPERATOR
from xinheng.core.catalog.datasets import SourceUnit
from xinheng.rulebook import catalog

FILE_NAME = "demo-accounts.txt"
PASSWORD_BYTES = 15
# Two persons of one authority: what one proposes, the other decides.
LISTING_UNIT = "U16"
LISTERS = ("lister-1", "lister-2")
# Takes measures: one of the units that the demo's memoranda call upon.
EXECUTOR_UNIT = "U25"
HEADING = "示例账号，仅用于本演示。Demo accounts, for this demo only.\n"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account to be opened; `unit` is null for the roles of the whole city."""

    username: str
    display_name: str
    role: str
    unit: SourceUnit | None


def list_wanted() -> tuple[DemoAccount, ...]:
    """Return the accounts that the demo city has."""
    first = catalog.units()[0]
    return (
        DemoAccount("clerk", f"示例经办人（{first.name}）", mandates.CLERK, first),
        *(_lister(name) for name in LISTERS),
        _executor(),
        DemoAccount("office", "示例信用办", mandates.CREDIT_OFFICE, None),
        DemoAccount("admin", "示例管理员", mandates.ADMINISTRATOR, None),
    )


def _lister(name: str) -> DemoAccount:
    unit = next(unit for unit in catalog.units() if unit.code == LISTING_UNIT)
    title = f"示例名单经办人 {name[-1]}"
    return DemoAccount(name, title, mandates.LISTING_AUTHORITY, unit)


def _executor() -> DemoAccount:
    unit = next(unit for unit in catalog.units() if unit.code == EXECUTOR_UNIT)
    title = f"示例措施经办人（{unit.name}）"
    return DemoAccount("executor", title, mandates.CLERK, unit)


def open_all(directory: Path, *, since: date, tell: Callable[[str], None]) -> Path:
    """Open the accounts unless they are, and return the file with their secrets.

    Where a run broke off before the file was written, the accounts get new secrets.
    """
    path = directory / FILE_NAME
    if not path.exists():
        tell("账号 accounts")
        lines = [_open(account, since=since) for account in list_wanted()]
        _write_privately(path, HEADING + "".join(lines))
    return path


@transaction.atomic
def _open(account: DemoAccount, *, since: date) -> str:
    """Open one account, or renew its secrets, and return the lines that tell them."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    known = queries.find_account(username=account.username)
    if known is None:
        identifier = _create(account, password, since=since)
    else:
        identifier = known.account_id
        _renew(identifier, password)
    lines = f"\n{account.display_name}\n  用户名 user name  {account.username}\n"
    lines += f"  密码 password     {password}\n"
    if account.role in mandates.WITH_SECOND_FACTOR:
        lines += _set_up_second_factor(uuid.UUID(identifier))
    return lines


def _create(account: DemoAccount, password: str, *, since: date) -> str:
    at = timezone.now()
    identifier = operations.create_account(
        username=account.username,
        password=password,
        display_name=account.display_name,
        actor=OPERATOR,
        at=at,
    )
    unit = account.unit.code if account.unit else None
    term = mandates.Term(account.role, unit, since, None)
    operations.grant_mandate(account=identifier, term=term, actor=OPERATOR, at=at)
    return identifier


def _renew(identifier: str, password: str) -> None:
    at = timezone.now()
    operations.set_password(
        account=identifier, password=password, actor=OPERATOR, at=at
    )
    operations.reset_second_factor(account=identifier, actor=OPERATOR, at=at)


def _set_up_second_factor(account: uuid.UUID) -> str:
    """Give the account a second factor, confirmed as its app would."""
    setup = second_factor.begin_set_up(user_id=account)
    key = base64.b32decode(setup.secret.replace(" ", ""))
    code = f"{totp(key):06d}"
    second_factor.confirm(user_id=account, code=code, at=timezone.now())
    return f"  动态口令密钥 TOTP  {setup.secret}\n  {setup.uri}\n"


def _write_privately(path: Path, text: str) -> None:
    """Write a file that nobody else may read, whole or not at all."""
    draft = path.with_suffix(".part")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.rename(path)
