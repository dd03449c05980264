from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.hashers import check_password
from django.contrib.sessions.models import Session
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.factories.accounts import (
    AT,
    PASSWORD,
    credit_office,
    set_up_second_factor,
)
from xinheng.apps.accounts import operations, queries
from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.accounts.mandates import (
    CLERK,
    Term,
)
from xinheng.apps.accounts.models import AccountName, User
from xinheng.apps.accounts.operations import (
    AccountRefusedError,
    Reason,
    WeakPasswordError,
)
from xinheng.apps.ledger import queries as ledger

pytestmark = pytest.mark.django_db
ON = date(2019, 6, 3)
# Made of a division that does not exist; the check character is right.
PERSONAL_NUMBER = "210899199001010012"


def entries() -> list[ledger.EntryView]:
    return [ledger.get_entry(seq) for seq in range(ledger.size())]


def kinds() -> list[str]:
    return [entry.kind for entry in entries()]


def create(**changed: str) -> str:
    asked = {"username": "wang", "password": PASSWORD, "display_name": "示例甲"}
    return operations.create_account(**{**asked, **changed}, actor=OPERATOR, at=AT)


class TestCreateAccount:
    def test_opens_an_account_without_any_right(self):
        account = create()

        actor = queries.get_actor(user_id=account, on=ON, verified=True)

        assert actor == Actor(account_id=account)
        assert check_password(PASSWORD, User.objects.get(pk=account).password)

    def test_leaves_every_name_out_of_the_ledger(self):
        create(username="wang-wu", display_name="王五", email="wu@example.org")

        written = json.dumps([(e.subject, e.actor, e.body) for e in entries()])

        assert not {"wang-wu", "王五", "wu@example.org"} & set(written.split('"'))
        assert kinds() == ["account.created"]

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"username": "ab"}, Reason.USERNAME),
            ({"username": "Wang"}, Reason.USERNAME),
            ({"username": "王五"}, Reason.USERNAME),
            ({"username": "a" * 65}, Reason.USERNAME),
            ({"display_name": "  "}, Reason.DISPLAY_NAME),
            ({"display_name": "名" * 101}, Reason.DISPLAY_NAME),
            ({"email": "nobody"}, Reason.EMAIL),
            ({"username": PERSONAL_NUMBER}, Reason.PERSONAL_ID),
            ({"display_name": f"王五{PERSONAL_NUMBER}"}, Reason.PERSONAL_ID),
            ({"email": f"{PERSONAL_NUMBER}@example.org"}, Reason.PERSONAL_ID),
        ],
    )
    def test_refuses_names_that_break_a_rule(
        self, changed: dict[str, str], reason: Reason
    ):
        with pytest.raises(AccountRefusedError) as refused:
            create(**changed)

        assert refused.value.reason is reason
        assert not User.objects.exists()
        assert PERSONAL_NUMBER not in str(refused.value)

    def test_refuses_a_name_that_is_taken(self):
        create()

        with pytest.raises(AccountRefusedError) as refused:
            create()

        assert refused.value.reason is Reason.USERNAME_TAKEN

    @pytest.mark.parametrize(
        ("password", "code"),
        [
            ("short", "password_too_short"),
            ("1qaz2wsx3edc", "password_too_common"),
            ("wang-wang-wang", "password_too_similar"),
            ("x" * 257, "password_too_long"),
        ],
    )
    def test_refuses_a_weak_password(self, password: str, code: str):
        with pytest.raises(WeakPasswordError) as refused:
            create(username="wang-wang", password=password)

        assert code in refused.value.codes
        assert not User.objects.exists()


class TestEveryAct:
    """Nobody but an administrator runs the accounts."""

    @pytest.mark.parametrize(
        "actor",
        [
            Actor("nobody"),
            Actor("clerk", units=frozenset({"a"})),
            Actor("office", sees_all_units=True, may_decide=True),
        ],
    )
    @pytest.mark.parametrize(
        ("act", "asked"),
        [
            ("create_account", {"username": "x", "password": "", "display_name": ""}),
            ("set_password", {"account": "x", "password": ""}),
            ("grant_mandate", {"account": "x", "term": Term(CLERK, "a", ON, None)}),
            ("end_mandate", {"mandate": 1, "on": ON}),
            ("deactivate_account", {"account": "x", "on": ON}),
            ("reset_second_factor", {"account": "x"}),
            ("erase_name", {"account": "x"}),
        ],
    )
    def test_is_refused_to_others(self, actor: Actor, act: str, asked: dict):
        with pytest.raises(queries.NotAllowedError) as refused:
            getattr(operations, act)(**asked, actor=actor, at=AT)

        assert refused.value.act == act


class TestSetPassword:
    def test_replaces_the_password_and_ends_the_sessions(self):
        account = create()
        before = User.objects.get(pk=account).get_session_auth_hash()

        operations.set_password(
            account=account, password="another-long-secret", actor=OPERATOR, at=AT
        )

        after = User.objects.get(pk=account)
        assert check_password("another-long-secret", after.password)
        assert after.get_session_auth_hash() != before
        assert kinds()[-1] == "account.password_set"

    def test_lets_everyone_set_their_own(self):
        account = create()

        operations.set_password(
            account=account, password="another-long-secret", actor=Actor(account), at=AT
        )

        assert entries()[-1].actor == account


class TestDeactivateAccount:
    def test_takes_everything_away(self):
        account = credit_office()
        set_up_second_factor(account)
        before = User.objects.get(pk=account)

        operations.deactivate_account(account=account, on=ON, actor=OPERATOR, at=AT)

        after = User.objects.get(pk=account)
        assert not after.is_active
        assert not after.has_usable_password()
        assert after.get_session_auth_hash() != before.get_session_auth_hash()
        assert not TOTPDevice.objects.exists()
        assert not queries.in_force(ON).exists()
        with pytest.raises(queries.UnknownAccountError):
            queries.get_actor(user_id=account, on=ON, verified=True)

    def test_is_done_once(self):
        account = credit_office()
        operations.deactivate_account(account=account, on=ON, actor=OPERATOR, at=AT)

        with pytest.raises(queries.UnknownAccountError):
            operations.deactivate_account(account=account, on=ON, actor=OPERATOR, at=AT)


class TestResetSecondFactor:
    def test_takes_it_away_and_ends_the_sessions(self):
        account = credit_office()
        set_up_second_factor(account)
        before = User.objects.get(pk=account).get_session_auth_hash()

        operations.reset_second_factor(account=account, actor=OPERATOR, at=AT)

        assert not TOTPDevice.objects.exists()
        assert User.objects.get(pk=account).get_session_auth_hash() != before
        assert kinds()[-1] == "second_factor.reset"


class TestEraseName:
    def test_forgets_the_person_and_keeps_the_account(self):
        account = create(username="wang-wu")
        operations.deactivate_account(account=account, on=ON, actor=OPERATOR, at=AT)

        operations.erase_name(account=account, actor=OPERATOR, at=AT)

        [listed] = queries.list_accounts(actor=OPERATOR)
        assert listed.account_id == account
        assert (listed.display_name, listed.email) == ("", "")
        assert "wang" not in listed.username
        assert not AccountName.objects.exists()
        assert kinds()[-1] == "account.name_erased"

    def test_refuses_while_the_account_is_open(self):
        account = create()

        with pytest.raises(AccountRefusedError) as refused:
            operations.erase_name(account=account, actor=OPERATOR, at=AT)

        assert refused.value.reason is Reason.STILL_ACTIVE
        assert AccountName.objects.exists()


class TestClearExpiredSessions:
    def test_keeps_those_that_go_on(self):
        Session.objects.create(session_key="over", expire_date=AT)
        going_on = Session.objects.create(
            session_key="going-on", expire_date=datetime(2999, 1, 1, tzinfo=UTC)
        )

        operations.clear_expired_sessions()

        assert set(Session.objects.all()) == {going_on}
