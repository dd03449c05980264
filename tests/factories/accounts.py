"""Units and accounts for tests: fictional, with explicit days."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from xinheng.apps.accounts import operations, second_factor
from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.accounts.mandates import ADMINISTRATOR, CLERK, CREDIT_OFFICE, Term
from xinheng.apps.agents import operations as agents
from xinheng.apps.units import operations as units
from xinheng.core.catalog.datasets import SourceUnit

AT = datetime(2019, 6, 3, 1, 0, tzinfo=UTC)
FROM = date(2019, 1, 1)
PASSWORD = "eleven-plus-one-horses"


def add_unit(code: str, *, parent: str | None = None) -> str:
    unit = SourceUnit(code=code, position=0, name=f"示例市{code}", name_en=code)
    units.add_unit(unit=unit, effective_on=FROM, actor="operator", at=AT, parent=parent)
    return code


def open_account(username: str) -> str:
    return operations.create_account(
        username=username,
        password=PASSWORD,
        display_name="示例甲",
        email="jia@example.org",
        actor=OPERATOR,
        at=AT,
    )


def grant(account: str, role: str, *, unit: str | None = None) -> int:
    term = Term(role=role, unit=unit, effective_on=FROM, expires_on=None)
    return operations.grant_mandate(account=account, term=term, actor=OPERATOR, at=AT)


def clerk(username: str, *, unit: str) -> str:
    account = open_account(username)
    grant(account, CLERK, unit=unit)
    return account


def credit_office(username: str = "office") -> str:
    account = open_account(username)
    grant(account, CREDIT_OFFICE)
    return account


def administrator(username: str = "admin") -> str:
    account = open_account(username)
    grant(account, ADMINISTRATOR)
    return account


def agent(username: str, *, uscc: str, role: str = "EMPLOYEE") -> str:
    """Let an agent of an organization of the register in by a letter."""
    office = Actor("office", sees_all_units=True, may_decide=True)
    letter = agents.issue_letter(uscc=uscc, actor=office, at=AT)
    claim = agents.Claim(uscc, letter.code, role, username, PASSWORD)
    return agents.activate(claim=claim, at=AT)


def set_up_second_factor(account: str) -> TOTPDevice:
    """Put a second factor in force without using up the code of this half minute."""
    second_factor.begin_set_up(user_id=account)
    device = TOTPDevice.objects.get(user_id=account)
    device.confirmed = True
    device.save()
    return device


def code_now(account: str, *, steps_ahead: int = 0) -> str:
    device = TOTPDevice.objects.get(user_id=account)
    return f"{totp(device.bin_key, device.step, drift=steps_ahead):06d}"


def wrong_code(account: str) -> str:
    right = {code_now(account, steps_ahead=steps) for steps in (-2, -1, 0, 1, 2)}
    return next(code for code in ("000000", "111111", "222222") if code not in right)


def sign_in(client: Client, username: str, password: str = PASSWORD, **extra: str):
    answers = {"username": username, "password": password, **extra}
    return client.post("/desk/sign-in", answers)


def sign_in_verified(client: Client, account: str, username: str) -> None:
    set_up_second_factor(account)
    sign_in(client, username)
    client.post("/desk/second-factor", {"code": code_now(account)})
