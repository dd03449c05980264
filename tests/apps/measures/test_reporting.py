"""What a unit says about its task, and the office's second look."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.measures import counting, escalating, queries, reporting
from xinheng.apps.measures.queries import UnknownTaskError
from xinheng.apps.measures.reporting import Outcome, Report, TaskRefusedError
from xinheng.apps.statistics import publication, rendering
from xinheng.apps.statistics import queries as statistics
from xinheng.core.measures.tasks import State
from xinheng.core.submissions.reasons import ReasonError

NEXT_DAY = datetime(2026, 6, 2, 2, 0, tzinfo=UTC)
DONE = Report(Outcome.EXECUTED, evidence="示财采〔2026〕1号")
DECLINED = Report(Outcome.DECLINED, reason="项目已经开标")
OTHER_CLERK = Actor("clerk-of-u01", units=frozenset({"U01"}))


def say(actor, task, report, at=NEXT_DAY):
    return reporting.report(actor=actor, task=task, report=report, at=at)


class TestAcknowledge:
    def test_is_kept_once(self, task, treasury):
        first = reporting.acknowledge(actor=treasury, task=task, at=NEXT_DAY)
        size = ledger.size()
        second = reporting.acknowledge(actor=treasury, task=task, at=NEXT_DAY)

        assert first.state is second.state is State.ACKNOWLEDGED
        assert ledger.size() == size

    def test_is_the_units_own(self, task, office):
        with pytest.raises(NotAllowedError):
            reporting.acknowledge(actor=office, task=task, at=NEXT_DAY)
        with pytest.raises(UnknownTaskError):
            reporting.acknowledge(actor=OTHER_CLERK, task=task, at=NEXT_DAY)


class TestReport:
    def test_ends_a_task_with_evidence(self, task, treasury):
        done = say(treasury, task, DONE)

        assert (done.state, done.evidence) == (State.EXECUTED, "示财采〔2026〕1号")

    @pytest.mark.parametrize(
        "report",
        [
            Report(Outcome.EXECUTED),
            Report(Outcome.NOT_APPLICABLE),
            Report(Outcome.DECLINED, evidence="x"),
            Report(Outcome.EXECUTED, evidence="210899199001010012"),
        ],
    )
    def test_refuses_what_says_nothing_or_too_much(self, task, treasury, report):
        with pytest.raises(ReasonError):
            say(treasury, task, report)

    def test_is_given_once(self, task, treasury):
        say(treasury, task, DONE)

        with pytest.raises(TaskRefusedError):
            say(treasury, task, DECLINED)

    def test_is_refused_after_the_recall(self, task, treasury, recall):
        recall()

        with pytest.raises(TaskRefusedError):
            say(treasury, task, DONE)


class TestLookAgain:
    def look(self, actor, task, *, upheld):
        return reporting.look_again(
            actor=actor, task=task, upheld=upheld, reason="已核实", at=NEXT_DAY
        )

    def test_ends_a_decline_that_stands(self, task, treasury, office):
        say(treasury, task, DECLINED)

        looked = self.look(office, task, upheld=True)
        assert (looked.state, looked.outcome) == (State.NOT_APPLICABLE, "DECLINED")

    def test_sends_a_decline_back_with_a_new_clock(self, task, treasury, office):
        say(treasury, task, DECLINED)

        looked = self.look(office, task, upheld=False)
        assert (looked.state, looked.report_by) == (State.OPEN, date(2026, 6, 24))

    def test_is_the_offices(self, task, treasury):
        say(treasury, task, DECLINED)

        with pytest.raises(NotAllowedError):
            self.look(treasury, task, upheld=True)

    def test_needs_a_decline(self, task, office):
        with pytest.raises(TaskRefusedError):
            self.look(office, task, upheld=True)


class TestAcknowledgeRecall:
    def undo(self, actor, task):
        return reporting.acknowledge_recall(
            actor=actor, task=task, evidence="已恢复投标资格", at=NEXT_DAY
        )

    def test_closes_the_recall(self, task, treasury, recall, office):
        say(treasury, task, DONE)
        count = recall()

        assert self.undo(treasury, task).state is State.RECALLED
        assert queries.count_open_recalls(actor=office) == count - 1

    def test_is_refused_while_the_measure_stands(self, task, treasury):
        with pytest.raises(TaskRefusedError):
            self.undo(treasury, task)

    def test_is_not_asked_where_nothing_was_applicable(self, task, treasury, recall):
        say(treasury, task, Report(Outcome.NOT_APPLICABLE, reason="没有在办项目"))
        recall()

        assert queries.get_task(actor=treasury, task=task).state is State.RECALLED


class TestEscalate:
    def escalate(self, month, day):
        at = datetime(2026, month, day, 2, 0, tzinfo=UTC)
        return escalating.escalate(actor="worker", at=at)

    def test_tells_once_what_was_not_seen_in_time(self, task):
        assert self.escalate(6, 3) == 0
        assert self.escalate(6, 4) == 23
        assert self.escalate(6, 5) == 0

    def test_leaves_alone_what_was_answered(self, task, treasury):
        say(treasury, task, DONE)

        assert self.escalate(6, 4) == 22

    def test_tells_of_a_recall_that_nobody_acknowledged(self, task, recall):
        self.escalate(6, 4)
        recall()

        assert self.escalate(7, 6) == 0
        assert self.escalate(7, 7) == 23
        recalls = counting.list_open_recalls(
            ledger_size=ledger.size(), on=date(2026, 7, 7)
        )
        assert sum(each.late for each in recalls) == 23


class TestCountCases:
    def count(self, period="2026-06", size=None):
        return dict(
            counting.count_cases(
                period=period, ledger_size=ledger.size() if size is None else size
            )
        )

    def test_counts_a_unit_once_for_a_cause(self, fire, treasury):
        fire()
        for each in queries.list_tasks(
            actor=treasury, states=frozenset({State.OPEN})
        ).items:
            say(treasury, each.id, DONE)

        assert self.count() == {
            ("U25", "joint_restriction_case"): 1,
            ("U25", "national_list_feedback"): 1,
        }
        assert self.count("2026-07") == {}

    def test_counts_no_case_where_nothing_was_done(self, task, treasury):
        say(treasury, task, DECLINED)

        assert self.count() == {("U25", "national_list_feedback"): 1}

    def test_does_not_change_at_a_size_that_has_passed(self, task, treasury, office):
        size = ledger.size()
        say(treasury, task, DONE)

        assert self.count(size=size) == {}


class TestBulletin:
    def test_prints_the_cases_and_who_has_not_undone_what_ended(
        self, task, treasury, recall
    ):
        say(treasury, task, DONE)
        recall()

        table = statistics.table(period="2026-06")
        draft = publication.draft(table, as_of=NEXT_DAY.date())
        told = json.loads(rendering.as_json(draft.data))
        row = next(each for each in told["units"] if each["code"] == "U25")
        column = told["categories"].index("joint_restriction_case")
        assert row["cells"][column] == 1
        assert sum(each["open"] for each in told["open_recalls"]) == 23
        assert "财政局（4 项）" in rendering.RENDER["html"](draft).decode()
