from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from tests.factories.accounts import (
    AT,
    FROM,
    add_unit,
    administrator,
    clerk,
    credit_office,
    grant,
    open_account,
    set_up_second_factor,
)
from xinheng.apps.accounts import queries
from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.accounts.mandates import CREDIT_OFFICE, LISTING_AUTHORITY
from xinheng.apps.units import operations as units

pytestmark = pytest.mark.django_db
ON = date(2019, 6, 3)


class TestGetActor:
    def test_sees_its_districts_and_hands_in_for_itself_only(self):
        add_unit("city")
        add_unit("district", parent="city")
        add_unit("other")
        account = clerk("clerk", unit="city")

        actor = queries.get_actor(user_id=account, on=ON, verified=False)

        assert actor.visible_units == {"city", "district"}
        assert actor.may_see("district")
        assert not actor.may_submit_for("district")
        assert not actor.may_see("other")

    def test_does_not_see_the_city_from_a_district(self):
        add_unit("city")
        add_unit("district", parent="city")
        account = clerk("clerk", unit="district")

        actor = queries.get_actor(user_id=account, on=ON, verified=False)

        assert actor.visible_units == {"district"}

    def test_loses_a_unit_that_is_closed(self):
        add_unit("a")
        account = clerk("clerk", unit="a")
        units.close_unit(code="a", expires_on=ON, actor="operator", at=AT)

        actor = queries.get_actor(user_id=account, on=ON, verified=False)

        assert actor == Actor(account_id=account)

    def test_lists_for_its_unit_alone_once_it_is_verified(self):
        add_unit("a")
        add_unit("b")
        account = open_account("lister")
        grant(account, LISTING_AUTHORITY, unit="a")

        unverified = queries.get_actor(user_id=account, on=ON, verified=False)
        actor = queries.get_actor(user_id=account, on=ON, verified=True)

        assert not unverified.may_list_for("a")
        assert actor.may_list_for("a")
        assert not actor.may_list_for("b")
        assert not actor.may_submit_for("a")
        assert not actor.may_decide

    def test_lets_the_credit_office_decide_once_it_is_verified(self):
        account = credit_office()

        actor = queries.get_actor(user_id=account, on=ON, verified=True)

        assert (actor.may_decide, actor.may_administer) == (True, False)
        assert actor.sees_all_units

    def test_lets_the_administrator_administer_and_not_decide(self):
        account = administrator()

        actor = queries.get_actor(user_id=account, on=ON, verified=True)

        assert (actor.may_decide, actor.may_administer) == (False, True)

    @pytest.mark.parametrize("make", [credit_office, administrator])
    def test_gives_nothing_before_the_second_factor(self, make):
        account = make()
        add_unit("a")
        grant(account, "CLERK", unit="a")

        actor = queries.get_actor(user_id=account, on=ON, verified=False)

        assert actor == Actor(account_id=account)

    def test_gives_a_clerk_who_chose_a_second_factor_nothing_before_it(self):
        add_unit("a")
        account = clerk("clerk", unit="a")
        set_up_second_factor(account)

        given = [
            queries.get_actor(user_id=account, on=ON, verified=verified).units
            for verified in (False, True)
        ]

        assert given == [frozenset(), {"a"}]

    def test_gives_nothing_before_the_mandate_begins(self):
        account = credit_office()

        early = queries.get_actor(
            user_id=account, on=FROM - timedelta(days=1), verified=True
        )

        assert not early.may_decide

    def test_names_an_unknown_account(self):
        with pytest.raises(queries.UnknownAccountError):
            queries.get_actor(user_id=uuid.uuid4(), on=ON, verified=True)

    def test_asks_the_database_a_fixed_number_of_times(self, django_assert_num_queries):
        account = open_account("clerk")
        for code in ("a", "b", "c"):
            add_unit(code)
            grant(account, "CLERK", unit=code)

        with django_assert_num_queries(5):
            queries.get_actor(user_id=account, on=ON, verified=True)


class TestListAccounts:
    def test_shows_names_and_mandates_to_an_administrator(self):
        account = credit_office("office")

        [listed] = queries.list_accounts(actor=OPERATOR)

        assert listed.account_id == account
        assert listed.display_name == "示例甲"
        assert [mandate.role for mandate in listed.mandates] == [CREDIT_OFFICE]
        assert not listed.has_second_factor

    @pytest.mark.parametrize(
        "actor",
        [
            Actor("clerk", units=frozenset({"a"})),
            Actor("office", sees_all_units=True, may_decide=True),
        ],
    )
    def test_shows_them_to_nobody_else(self, actor: Actor):
        with pytest.raises(queries.NotAllowedError):
            queries.list_accounts(actor=actor)

    def test_asks_the_database_a_fixed_number_of_times(self, django_assert_num_queries):
        for number in range(4):
            credit_office(f"office-{number}")

        with django_assert_num_queries(3):
            listed = queries.list_accounts(actor=OPERATOR)

        assert len(listed) == 4


class TestFindAccount:
    def test_finds_by_sign_in_name(self):
        account = open_account("wang")

        found = queries.find_account(username="wang")

        assert found == queries.AccountView(account, "wang", is_active=True)

    def test_finds_nobody(self):
        assert queries.find_account(username="wang") is None
