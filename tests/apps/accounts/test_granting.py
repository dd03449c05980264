"""Mandates as the operations give them and take them back."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tests.factories.accounts import (
    AT,
    FROM,
    add_unit,
    administrator,
    clerk,
    credit_office,
    grant,
    open_account,
)
from xinheng.apps.accounts import operations, queries
from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.accounts.mandates import (
    ADMINISTRATOR,
    CLERK,
    CREDIT_OFFICE,
    Reason,
    Term,
)
from xinheng.apps.accounts.models import Mandate
from xinheng.apps.accounts.operations import MandateRefusedError
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.units.queries import UnknownUnitError

pytestmark = pytest.mark.django_db
ON = date(2019, 6, 3)


def entries() -> list[ledger.EntryView]:
    return [ledger.get_entry(seq) for seq in range(ledger.size())]


def kinds() -> list[str]:
    return [entry.kind for entry in entries()]


def deputize(
    deputy: str,
    *,
    principal: str | None,
    role: str = CLERK,
    unit: str | None = "a",
    expires_on: date | None = date(2020, 1, 1),
) -> int:
    return operations.grant_mandate(
        account=deputy,
        term=Term(role, unit, ON, expires_on),
        deputy_for=principal,
        actor=OPERATOR,
        at=AT,
    )


class TestGrantMandate:
    def test_makes_a_clerk_of_the_unit_with_an_entry(self):
        add_unit("a")
        account = clerk("clerk", unit="a")

        actor = queries.get_actor(user_id=account, on=ON, verified=False)

        assert actor == Actor(account_id=account, units=frozenset({"a"}))
        assert entries()[-1].kind == "mandate.granted"
        assert entries()[-1].subject == f"account:{account}"
        assert entries()[-1].body == {
            "role": "CLERK",
            "unit": "a",
            "effective_on": "2019-01-01",
            "expires_on": None,
        }

    def test_refuses_to_grant_to_oneself(self):
        account = administrator()
        oneself = Actor(account, may_administer=True)
        add_unit("a")

        with pytest.raises(MandateRefusedError) as refused:
            operations.grant_mandate(
                account=account, term=Term(CLERK, "a", ON, None), actor=oneself, at=AT
            )

        assert refused.value.reason is Reason.SELF_GRANT

    def test_refuses_both_deciding_and_administering(self):
        account = credit_office()

        with pytest.raises(MandateRefusedError) as refused:
            grant(account, ADMINISTRATOR)

        assert refused.value.reason is Reason.SEPARATION

    def test_refuses_a_unit_that_is_not_there_yet(self):
        add_unit("a")
        early = Term(CLERK, "a", date(2018, 1, 1), None)

        with pytest.raises(MandateRefusedError) as refused:
            operations.grant_mandate(
                account=open_account("clerk"), term=early, actor=OPERATOR, at=AT
            )

        assert refused.value.reason is Reason.UNIT_NOT_ACTIVE

    def test_names_an_unknown_unit(self):
        with pytest.raises(UnknownUnitError):
            grant(open_account("clerk"), CLERK, unit="nowhere")

    def test_names_an_unknown_account(self):
        unknown = str(uuid.uuid4())

        with pytest.raises(queries.UnknownAccountError) as refused:
            grant(unknown, CREDIT_OFFICE)

        assert refused.value.account == unknown


class TestDeputies:
    def test_stands_in_for_the_principal(self):
        add_unit("a")
        principal, deputy = clerk("principal", unit="a"), open_account("deputy")

        deputize(deputy, principal=principal)

        actor = queries.get_actor(user_id=deputy, on=ON, verified=False)
        assert actor.may_submit_for("a")
        assert entries()[-1].body["deputy_for"] == principal

    def test_stops_on_its_last_day(self):
        add_unit("a")
        principal, deputy = clerk("principal", unit="a"), open_account("deputy")
        deputize(deputy, principal=principal)

        late = queries.get_actor(user_id=deputy, on=date(2020, 1, 1), verified=False)

        assert not late.may_submit_for("a")

    @pytest.mark.parametrize(
        ("asked", "reason"),
        [
            ({"expires_on": None}, Reason.DEPUTY_WITHOUT_END),
            ({"unit": "b"}, Reason.DEPUTY_EXCEEDS),
            ({"role": CREDIT_OFFICE, "unit": None}, Reason.DEPUTY_EXCEEDS),
        ],
    )
    def test_refuses_more_than_the_principal_holds(self, asked: dict, reason: Reason):
        add_unit("a")
        add_unit("b")
        principal, deputy = clerk("principal", unit="a"), open_account("deputy")

        with pytest.raises(MandateRefusedError) as refused:
            deputize(deputy, principal=principal, **asked)

        assert refused.value.reason is reason
        assert not Mandate.objects.filter(user_id=deputy).exists()

    def test_has_no_deputy_of_its_own(self):
        add_unit("a")
        principal, deputy = clerk("principal", unit="a"), open_account("deputy")
        deputize(deputy, principal=principal)

        with pytest.raises(MandateRefusedError) as refused:
            deputize(open_account("third"), principal=deputy)

        assert refused.value.reason is Reason.DEPUTY_EXCEEDS

    def test_is_never_ones_own(self):
        account = open_account("alone")
        add_unit("a")

        with pytest.raises(MandateRefusedError) as refused:
            deputize(account, principal=account)

        assert refused.value.reason is Reason.DEPUTY_OF_SELF

    def test_ends_with_the_principals_mandate(self):
        add_unit("a")
        principal, deputy = clerk("principal", unit="a"), open_account("deputy")
        deputize(deputy, principal=principal)

        operations.deactivate_account(account=principal, on=ON, actor=OPERATOR, at=AT)

        actor = queries.get_actor(user_id=deputy, on=ON, verified=False)
        assert not actor.units
        assert kinds()[-3:] == ["mandate.ended", "mandate.ended", "account.deactivated"]

    def test_has_an_end_in_the_database_too(self):
        principal = Mandate.objects.get(pk=grant(open_account("one"), CREDIT_OFFICE))

        with pytest.raises(IntegrityError), transaction.atomic():
            Mandate.objects.create(
                user_id=open_account("two"),
                role=CREDIT_OFFICE,
                deputy_of=principal,
                effective_on=ON,
            )


class TestEndMandate:
    def test_takes_the_right_away_on_that_day(self):
        account = credit_office()
        mandate = Mandate.objects.get(user_id=account)

        operations.end_mandate(mandate=mandate.pk, on=ON, actor=OPERATOR, at=AT)

        before = queries.get_actor(user_id=account, on=date(2019, 6, 2), verified=True)
        after = queries.get_actor(user_id=account, on=ON, verified=True)
        assert before.may_decide
        assert not after.may_decide
        assert kinds()[-1] == "mandate.ended"

    def test_takes_it_back_on_the_very_day_it_began(self):
        account = credit_office()
        mandate = Mandate.objects.get(user_id=account)

        operations.end_mandate(mandate=mandate.pk, on=FROM, actor=OPERATOR, at=AT)

        actor = queries.get_actor(user_id=account, on=FROM, verified=True)
        assert not actor.may_decide

    def test_leaves_an_earlier_end_as_it_is(self):
        account = credit_office()
        mandate = Mandate.objects.get(user_id=account)
        operations.end_mandate(mandate=mandate.pk, on=ON, actor=OPERATOR, at=AT)
        size = ledger.size()

        operations.end_mandate(
            mandate=mandate.pk, on=date(2021, 1, 1), actor=OPERATOR, at=AT
        )

        mandate.refresh_from_db()
        assert mandate.expires_on == ON
        assert ledger.size() == size

    def test_names_an_unknown_mandate(self):
        with pytest.raises(operations.UnknownMandateError) as unknown:
            operations.end_mandate(mandate=404, on=ON, actor=OPERATOR, at=AT)

        assert unknown.value.mandate == 404
