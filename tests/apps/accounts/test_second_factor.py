from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.factories.accounts import (
    add_unit,
    clerk,
    code_now,
    credit_office,
    open_account,
    set_up_second_factor,
    wrong_code,
)
from xinheng.apps.accounts import second_factor
from xinheng.apps.accounts.second_factor import Step
from xinheng.apps.ledger import queries as ledger

pytestmark = pytest.mark.django_db
ON = date(2019, 6, 3)
AT = datetime(2019, 6, 3, 1, 0, tzinfo=UTC)


def next_step(account: str, *, verified: bool = False) -> Step:
    return second_factor.next_step(user_id=account, on=ON, verified=verified)


class TestNextStep:
    def test_asks_nothing_of_a_clerk(self):
        add_unit("a")

        assert next_step(clerk("clerk", unit="a")) is Step.NONE

    def test_asks_the_credit_office_to_set_up_then_for_a_code(self):
        account = credit_office()

        before = next_step(account)
        set_up_second_factor(account)

        assert before is Step.SET_UP
        assert next_step(account) is Step.GIVE_CODE
        assert next_step(account, verified=True) is Step.NONE


class TestBeginSetUp:
    def test_shows_the_same_secret_until_it_is_confirmed(self):
        account = credit_office()

        setups = {second_factor.begin_set_up(user_id=account) for _ in range(2)}

        [setup] = setups
        assert setup.uri.startswith("otpauth://totp/Xinheng")
        assert setup.secret.replace(" ", "") in setup.uri
        assert TOTPDevice.objects.count() == 1

    def test_never_shows_the_secret_of_one_in_force(self):
        account = credit_office()
        set_up_second_factor(account)

        with pytest.raises(second_factor.AlreadySetUpError):
            second_factor.begin_set_up(user_id=account)


class TestConfirm:
    def test_puts_it_in_force_with_an_entry_that_holds_no_secret(self):
        account = credit_office()
        second_factor.begin_set_up(user_id=account)

        answer = second_factor.confirm(user_id=account, code=code_now(account), at=AT)

        device = TOTPDevice.objects.get()
        entry = ledger.get_entry(ledger.size() - 1)
        assert answer.device == device.persistent_id
        assert device.confirmed
        assert entry.kind == "second_factor.set_up"
        assert device.key not in json.dumps(entry.body)

    def test_is_not_in_force_after_a_wrong_code(self):
        account = credit_office()
        second_factor.begin_set_up(user_id=account)

        answer = second_factor.confirm(user_id=account, code=wrong_code(account), at=AT)

        assert answer.device is None
        assert next_step(account) is Step.SET_UP


class TestVerify:
    def test_accepts_a_code_once(self):
        account = credit_office()
        set_up_second_factor(account)
        code = code_now(account)

        answers = [second_factor.verify(user_id=account, code=code) for _ in range(2)]

        assert answers[0].device is not None
        assert answers[1].device is None

    @pytest.mark.parametrize("steps", [-3, 3])
    def test_refuses_a_code_of_another_time(self, steps: int):
        account = credit_office()
        set_up_second_factor(account)
        code = code_now(account, steps_ahead=steps)

        assert second_factor.verify(user_id=account, code=code).device is None

    def test_makes_the_next_try_wait_longer_each_time(self):
        account = credit_office()
        set_up_second_factor(account)
        second_factor.verify(user_id=account, code=wrong_code(account))

        right_too_soon = second_factor.verify(user_id=account, code=code_now(account))

        assert right_too_soon.device is None
        assert right_too_soon.locked_until is not None

    def test_refuses_every_code_where_nothing_is_set_up(self):
        account = open_account("clerk")

        assert second_factor.verify(user_id=account, code="000000").device is None

    def test_refuses_another_accounts_code(self):
        account, other = credit_office("one"), credit_office("two")
        set_up_second_factor(account)
        set_up_second_factor(other)

        answer = second_factor.verify(user_id=account, code=code_now(other))

        assert answer.device is None
