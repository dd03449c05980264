"""Measures begin and end with their cause."""

from __future__ import annotations

from datetime import date

import pytest

from tests.apps.measures.conftest import AT, CAUSE
from tests.factories.city import a_sole_proprietor
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.measures import operations, queries
from xinheng.apps.measures.operations import MeasuresRefusedError, Reason
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.outbox import operations as outbox
from xinheng.core.measures.causes import Cause
from xinheng.core.measures.tasks import State


class TestFire:
    def test_gives_each_executing_unit_its_task(self, fire):
        count = fire()

        tasks = queries.open_tasks(CAUSE)
        assert len(tasks) == count == 23
        assert {t.unit for t in tasks if t.measure.code == "M-BID"} == {"U18", "U03"}
        assert {task.state for task in tasks} == {State.OPEN}

    def test_counts_the_clocks_in_working_days_of_the_decision(self, fire):
        fire()

        task = queries.open_tasks(CAUSE)[0]
        assert (task.acknowledge_by, task.report_by) == (
            date(2026, 6, 3),
            date(2026, 6, 23),  # 19 June is the Dragon Boat Festival
        )

    def test_tells_no_bank_what_to_do(self, fire, company):
        fire()

        tasks = queries.open_tasks(CAUSE)
        stands = queries.in_force(organization=company, on=date(2026, 6, 1))
        assert "M-FIN" not in {task.measure.code for task in tasks}
        assert "M-FIN" in {each.measure for each in stands}

    def test_is_in_force_for_its_term_and_no_day_longer(self, fire, company):
        fire()

        days = (
            date(2026, 5, 31),
            date(2026, 6, 1),
            date(2027, 5, 31),
            date(2027, 6, 1),
        )
        counts = [len(queries.in_force(organization=company, on=day)) for day in days]
        assert counts == [0, 8, 8, 0]

    def test_stands_in_the_ledger_and_waits_to_leave(self, fire, company):
        fire()

        entry = ledger.get_entry(ledger.size() - 1)
        messages = outbox.claim_due(worker="test", at=AT, limit=1000)
        fired = [each for each in messages if each.topic == "measures.fired"]
        assert (entry.kind, entry.subject) == (
            "measures.fired",
            f"organization:{company}",
        )
        assert fired[0].ledger_seq == entry.seq - 1
        assert "U25" in fired[0].payload["units"]

    def test_gives_nobody_a_task_for_a_list_that_no_memorandum_names(
        self, fire, company
    ):
        assert fire(scheme="nothing") == 0
        assert queries.open_tasks(CAUSE) == ()
        assert queries.in_force(organization=company, on=date(2026, 6, 1)) == ()

    def test_refuses_a_cause_that_is_in_effect(self, fire):
        fire()

        with pytest.raises(MeasuresRefusedError) as refused:
            fire()
        assert refused.value.reason is Reason.ALREADY_FIRED

    def test_refuses_a_sole_proprietor(self, fire):
        person = organizations.get_public(a_sole_proprietor().code)

        with pytest.raises(MeasuresRefusedError) as refused:
            fire(organization=int(person.key))
        assert refused.value.reason is Reason.SOLE_PROPRIETOR

    def test_refuses_a_term_that_ends_before_it_begins(self, fire):
        with pytest.raises(MeasuresRefusedError) as refused:
            fire(expires_on=date(2026, 6, 1))
        assert refused.value.reason is Reason.TERM


class TestAdoption:
    def test_is_needed_before_anything_adverse_fires(self, city, company, monkeypatch):
        with pytest.raises(MeasuresRefusedError) as refused:
            self._fire(company, "wage-arrears-exclusion")
        assert refused.value.reason is Reason.NOT_ADOPTED

    def test_is_not_needed_for_a_favor(self, city, company):
        assert self._fire(company, "work-safety-recognition") == 11

    def _fire(self, company, scheme):
        return operations.fire(
            cause=CAUSE,
            scheme=scheme,
            organization=company,
            effective_on=date(2026, 6, 1),
            expires_on=date(2027, 6, 1),
            ledger_seq=0,
            actor="second",
            at=AT,
        )


class TestRecall:
    def test_ends_the_measures_and_opens_a_recall_for_each_task(
        self, fire, recall, company, office
    ):
        count = fire()

        assert recall() == count
        assert queries.open_tasks(CAUSE) == ()
        assert len(queries.open_recalls(CAUSE)) == count
        assert queries.in_force(organization=company, on=date(2026, 7, 1)) == ()
        assert queries.count_open_recalls(actor=office) == count

    def test_gives_the_units_days_to_undo_it(self, fire, recall):
        fire()
        recall()

        assert queries.open_recalls(CAUSE)[0].undo_by == date(2026, 7, 6)

    def test_does_nothing_twice(self, fire, recall):
        fire()
        recall()

        assert recall() == 0
        assert recall(Cause("listing", "never fired")) == 0

    def test_lets_the_same_cause_begin_again(self, fire, recall):
        count = fire()
        recall()

        assert fire() == count

    def test_leaves_other_causes_alone(self, fire, recall):
        fire()
        fire(cause=Cause("listing", "2"))
        recall()

        assert len(queries.open_tasks(Cause("listing", "2"))) == 23

    def test_tells_the_units_once_for_each_cause(self, fire, recall):
        fire()
        recall()

        messages = []
        while claimed := outbox.claim_due(worker="test", at=AT.replace(month=8)):
            for each in claimed:
                outbox.delivered(key=each.key, at=AT)
            messages += claimed
        told = [each for each in messages if each.topic == "measures.recalled"]
        assert [each.payload["reason"] for each in told] == ["repaired"]
        assert len(told[0].payload["tasks"]) == 23

    @pytest.mark.parametrize("reason", ["", "x" * 65])
    def test_needs_a_short_reason(self, recall, reason):
        with pytest.raises(ValueError, match="1 to 64"):
            recall(reason=reason)


class TestRecallMany:
    def test_does_not_ask_the_database_more_often_for_more_causes(
        self, fire, django_assert_max_num_queries
    ):
        causes = [Cause("listing", str(number)) for number in range(6)]
        for cause in causes:
            fire(cause=cause)

        with django_assert_max_num_queries(30):
            count = operations.recall_many(
                causes=causes,
                reason="expired",
                effective_on=date(2027, 6, 1),
                ledger_seq=0,
                actor="sweep",
                at=AT,
            )
        assert count == 6 * 23
