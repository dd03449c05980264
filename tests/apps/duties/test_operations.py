"""Duties begin and end, production is declared: each act with its entry."""

from __future__ import annotations

from datetime import date

import pytest

from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.catalog.queries import UnknownDatasetError
from xinheng.apps.duties import operations, queries
from xinheng.apps.duties.models import Contact, Duty, ProductionReturn
from xinheng.apps.duties.operations import DutyRefusedError, Production, Reason
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.units.queries import UnknownUnitError
from xinheng.core.catalog.datasets import Frequency
from xinheng.core.submissions.reasons import ReasonError

PERSONAL_NUMBER = "210899199001010012"
WHY = "系统升级，下月补报"


def last_entry():
    return ledger.get_entry(ledger.size() - 1)


def end(at, *, on=date(2019, 8, 1), actor=OPERATOR):
    return operations.end(
        actor=actor, unit="U01", dataset="permit", expires_on=on, at=at
    )


def declare(actor, at, production, *, dataset="permit", period="2019-05"):
    return operations.declare_production(
        actor=actor,
        unit="U01",
        dataset=dataset,
        period=period,
        production=production,
        at=at,
    )


class TestAssign:
    def test_stands_in_the_ledger_with_the_catalogs_frequency(self, assign):
        duty = assign()

        assert duty.frequency is Frequency.WORKING_DAYS
        assert (last_entry().kind, last_entry().subject) == (
            "duty.assigned",
            "unit:U01",
        )

    def test_again_changes_nothing(self, assign):
        first, size = assign(), ledger.size()

        assert assign() == first
        assert ledger.size() == size

    @pytest.mark.parametrize(
        "changes",
        [
            {"effective_on": date(2019, 6, 1)},
            {"effective_on": date(2018, 1, 1)},
            {"frequency": Frequency.MONTHLY},
        ],
    )
    def test_is_refused_beside_one_that_goes_on(self, assign, changes):
        assign()

        with pytest.raises(DutyRefusedError) as refused:
            assign(**changes)

        assert refused.value.reason is Reason.OVERLAP

    def test_may_follow_one_that_ended(self, assign, received_at):
        assign()
        end(received_at)

        assign(effective_on=date(2019, 8, 1), frequency=Frequency.MONTHLY)

        assert Duty.objects.count() == 2

    def test_needs_a_number_of_working_days(self, assign):
        with pytest.raises(DutyRefusedError) as refused:
            assign("judgment", frequency=Frequency.WORKING_DAYS)

        assert refused.value.reason is Reason.NO_TERM

    def test_is_not_a_clerks(self, city, clerk, received_at):
        with pytest.raises(NotAllowedError):
            operations.assign(
                actor=clerk,
                unit="U01",
                dataset="permit",
                effective_on=date(2019, 5, 1),
                at=received_at,
            )

    def test_knows_units_and_datasets(self, assign):
        with pytest.raises(UnknownUnitError):
            assign(unit="U99")
        with pytest.raises(UnknownDatasetError):
            assign("nothing")


class TestEnd:
    def test_is_known_from_its_entry_on(self, assign, received_at):
        assign()
        before = ledger.size()
        end(received_at)

        known, now = (
            queries.list_duties(actor=OPERATOR, ledger_size=size)
            for size in (before, ledger.size())
        )
        assert [duty.expires_on for duty in (*known, *now)] == [None, date(2019, 8, 1)]

    def test_is_refused_without_a_duty(self, city, received_at):
        with pytest.raises(DutyRefusedError) as refused:
            end(received_at)

        assert refused.value.reason is Reason.NOT_OPEN

    def test_comes_after_the_beginning(self, assign, received_at):
        assign()

        with pytest.raises(DutyRefusedError) as refused:
            end(received_at, on=date(2019, 5, 1))

        assert refused.value.reason is Reason.TOO_EARLY

    def test_is_not_a_clerks(self, assign, clerk, received_at):
        assign()

        with pytest.raises(NotAllowedError):
            end(received_at, actor=clerk)


@pytest.mark.usefixtures("city")
class TestDeclareProduction:
    def test_is_an_act_of_the_unit(self, clerk, received_at):
        declared = declare(clerk, received_at, Production(9, 8, WHY))

        assert (declared.produced, declared.published) == (9, 8)
        assert last_entry().kind == "production.declared"
        assert last_entry().seq == declared.ledger_seq

    def test_is_corrected_by_a_new_version(self, clerk, received_at):
        declare(clerk, received_at, Production(9, 8, WHY))
        corrected = declare(clerk, received_at, Production(7, 7, WHY))

        assert corrected.version == 2
        assert ProductionReturn.objects.count() == 2

    def test_again_is_answered_with_the_first(self, clerk, received_at):
        first = declare(clerk, received_at, Production(9, 8, WHY))

        assert declare(clerk, received_at, Production(9, 8, f" {WHY} ")) == first

    def test_of_nothing_needs_no_reason(self, clerk, received_at):
        assert declare(clerk, received_at, Production(0, 0)).reason == ""

    @pytest.mark.parametrize(
        ("production", "reason"),
        [
            (Production(3, 4, WHY), Reason.NUMBER),
            (Production(-1, -1, WHY), Reason.NUMBER),
            (Production(10**8, 0, WHY), Reason.NUMBER),
            (Production(3, 3), Reason.NO_REASON),  # none of them is in the register
        ],
    )
    def test_refuses_what_contradicts_itself(
        self, clerk, received_at, production, reason
    ):
        with pytest.raises(DutyRefusedError) as refused:
            declare(clerk, received_at, production)

        assert refused.value.reason is reason

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"dataset": "judgment"}, Reason.NOT_DECLARED),
            ({"period": "2019-07"}, Reason.PERIOD_FUTURE),
        ],
    )
    def test_refuses_what_is_not_asked(self, clerk, received_at, changes, reason):
        with pytest.raises(DutyRefusedError) as refused:
            declare(clerk, received_at, Production(0, 0), **changes)

        assert refused.value.reason is reason

    def test_keeps_no_personal_number(self, clerk, received_at):
        with pytest.raises(ReasonError) as refused:
            declare(clerk, received_at, Production(3, 0, f"见 {PERSONAL_NUMBER}"))

        assert PERSONAL_NUMBER not in str(refused.value)
        assert not ProductionReturn.objects.exists()

    def test_is_refused_in_another_units_name(self, office, received_at):
        with pytest.raises(NotAllowedError):
            declare(office, received_at, Production(0, 0))


@pytest.mark.usefixtures("city")
class TestSetContact:
    def test_keeps_the_address_out_of_the_ledger(self, office, received_at):
        operations.set_contact(
            actor=office, unit="U01", address="office@example.org", at=received_at
        )

        assert queries.find_contact(actor=office, unit="U01") == "office@example.org"
        assert "example" not in last_entry().body

    def test_forgets_it(self, office, received_at):
        for address in ("office@example.org", ""):
            operations.set_contact(
                actor=office, unit="U01", address=address, at=received_at
            )

        assert not Contact.objects.exists()

    def test_takes_addresses_only(self, office, received_at):
        with pytest.raises(DutyRefusedError) as refused:
            operations.set_contact(
                actor=office, unit="U01", address="office", at=received_at
            )

        assert refused.value.reason is Reason.ADDRESS

    def test_is_not_a_clerks_nor_shown_to_others(self, clerk, received_at):
        with pytest.raises(NotAllowedError):
            operations.set_contact(
                actor=clerk, unit="U01", address="a@example.org", at=received_at
            )
        assert queries.find_contact(actor=clerk, unit="U02") is None
