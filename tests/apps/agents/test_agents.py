"""Letters let agents in: once, in time, for the organization that they name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.factories import redress
from tests.factories.accounts import PASSWORD
from tests.factories.redress import AT, FIRST
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.models import AccountName
from xinheng.apps.accounts.operations import AccountRefusedError, WeakPasswordError
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.agents import letter_codes, operations, queries
from xinheng.apps.agents.models import ActivationLetter
from xinheng.apps.agents.operations import ActivationRefusedError, Claim
from xinheng.apps.ledger.models import Entry
from xinheng.apps.organizations.mergers import UnknownOrganizationError

pytestmark = pytest.mark.django_db
ON = date(2019, 6, 3)


@pytest.fixture
def body() -> redress.Body:
    return redress.a_body()


@pytest.fixture
def claim(body) -> Claim:
    letter = operations.issue_letter(uscc=body.uscc, actor=FIRST, at=AT)
    return Claim(body.uscc, letter.code, "EMPLOYEE", "firm-jia", PASSWORD)


class TestActivate:
    def test_lets_an_agent_act_for_the_organization(self, body, claim):
        account = operations.activate(claim=claim, at=AT)

        actor = queries.with_organizations(Actor(account), on=ON)
        [acting] = queries.list_acting(actor=actor, on=ON)
        assert actor.organizations == {body.key}
        assert (acting.uscc, acting.role) == (body.uscc, "EMPLOYEE")

    def test_keeps_no_name_of_a_person_and_no_code(self, claim):
        operations.activate(claim=claim, at=AT)

        assert not AccountName.objects.exists()
        assert claim.code not in str(list(ActivationLetter.objects.values()))
        assert claim.code not in str(list(Entry.objects.values()))
        assert claim.username not in str(list(Entry.objects.values()))

    def test_takes_the_code_however_it_was_typed(self, claim):
        typed = claim.code.replace("-", " ").lower()

        assert operations.activate(claim=replace(claim, code=typed), at=AT)

    @pytest.mark.parametrize(
        ("change", "later"),
        [
            ({"code": "AAAAA-AAAAA-AAAAA-AAAAA"}, 0),
            ({"uscc": "912108990000000000"}, 0),
            ({"role": "KING"}, 0),
            ({}, 30),
        ],
    )
    def test_refuses_what_the_letter_does_not_say(self, claim, change, later):
        with pytest.raises(ActivationRefusedError):
            operations.activate(
                claim=replace(claim, **change), at=AT + timedelta(days=later)
            )

    def test_refuses_a_letter_that_was_used(self, claim):
        operations.activate(claim=claim, at=AT)

        with pytest.raises(ActivationRefusedError):
            operations.activate(claim=replace(claim, username="another"), at=AT)

    def test_refuses_a_letter_after_a_newer_one(self, body, claim):
        operations.issue_letter(uscc=body.uscc, actor=FIRST, at=AT)

        with pytest.raises(ActivationRefusedError):
            operations.activate(claim=claim, at=AT)

    def test_leaves_the_letter_unused_where_the_account_is_refused(self, claim):
        with pytest.raises(WeakPasswordError):
            operations.activate(claim=replace(claim, password="short"), at=AT)
        with pytest.raises(AccountRefusedError):
            operations.activate(claim=replace(claim, username="甲"), at=AT)

        assert operations.activate(claim=claim, at=AT)


class TestIssueLetter:
    def test_is_for_the_credit_office(self, body):
        with pytest.raises(NotAllowedError):
            operations.issue_letter(uscc=body.uscc, actor=body.clerk, at=AT)

    def test_needs_an_organization_of_the_register(self):
        with pytest.raises(UnknownOrganizationError):
            operations.issue_letter(uscc="91210899MA00000000", actor=FIRST, at=AT)


class TestWithOrganizations:
    def test_lets_go_whose_mandate_ended(self, claim):
        account = operations.activate(claim=claim, at=AT)
        actor = queries.with_organizations(Actor(account), on=ON)
        [acting] = queries.list_acting(actor=actor, on=ON)

        operations.end_mandate(mandate=acting.mandate, actor=actor, at=AT)

        left = queries.with_organizations(Actor(account), on=ON)
        assert left.organizations == frozenset()

    def test_gives_no_organization_to_people_of_units(self, claim):
        account = operations.activate(claim=claim, at=AT)

        clerk = Actor(account, units=frozenset({"U02"}))

        assert queries.with_organizations(clerk, on=ON) == clerk


class TestCodes:
    def test_are_long_and_never_the_same(self):
        codes = {letter_codes.new_code() for _ in range(200)}

        assert len(codes) == 200
        assert {len(code) for code in codes} == {23}
        assert not set("".join(codes)) & set("01ILO")
