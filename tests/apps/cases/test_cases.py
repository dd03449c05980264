"""Cases go on as their table says, with terms, second persons and escalation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.factories import redress
from tests.factories.redress import AT, FIRST, SECOND, by
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.cases import operations, queries
from xinheng.apps.cases.models import Case
from xinheng.apps.cases.operations import RefusedError
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.outbox.models import Delivery
from xinheng.core.procedures.clocks import Standing
from xinheng.core.submissions.reasons import ReasonError

pytestmark = pytest.mark.django_db


@pytest.fixture
def body() -> redress.Body:
    return redress.a_body()


def opened(body, *, procedure="objection", **change) -> Case:
    about = redress.about(body, **change)
    return operations.open_case(procedure=procedure, about=about, by=by(body.agent))


def submitted(body, **change) -> Case:
    case = opened(body, **change)
    go(case, "submit", by(body.agent))
    return case


def go(case: Case, act: str, who) -> operations.Moved:
    with transaction.atomic():
        return operations.advance(case, act, by=who)


def verified(body) -> Case:
    case = submitted(body)
    go(case, "accept", by(FIRST))
    go(case, "verify", by(body.clerk, reason="属实"))
    return case


class TestAdvance:
    def test_marks_at_once_and_starts_the_term(self, body):
        case = opened(body)

        moved = go(case, "submit", by(body.agent))

        assert moved.mark is True
        assert (case.applied_on, case.due_on) == (date(2019, 6, 3), date(2019, 6, 5))

    def test_runs_each_stage_against_its_own_term(self, body):
        case = submitted(body)

        go(case, "accept", by(FIRST))
        verify_by = case.due_on
        go(case, "verify", by(body.clerk, reason="属实"))

        # 7 June 2019 was a holiday; 20 days end on Sunday the 23rd.
        assert verify_by == date(2019, 6, 11)
        assert case.due_on == date(2019, 6, 24)

    def test_applies_and_tells_what_was_upheld(self, body):
        case = verified(body)

        moved = go(case, "decide", by(SECOND, reason="应予更正", outcome="upheld"))

        assert [step.act for step in moved.steps] == ["decide", "apply", "notify"]
        assert {"apply", "tell"} <= {str(effect) for effect in moved.effects}
        assert (case.state, case.outcome) == ("notified", "upheld")

    def test_lifts_the_mark_where_the_case_ends(self, body):
        case = verified(body)
        go(case, "decide", by(SECOND, reason="查无此误", outcome="rejected"))

        moved = go(case, "agree", by(body.agent))

        assert moved.mark is False
        assert case.ended_at is not None

    def test_refuses_the_same_person_where_the_result_is_adverse(self, body):
        case = verified(body)

        with pytest.raises(RefusedError, match="REDRESS_SAME_PERSON"):
            go(case, "decide", by(FIRST, reason="查无此误", outcome="rejected"))

    def test_refuses_an_extension_of_unknown_length(self, body):
        case = submitted(body)
        go(case, "accept", by(FIRST))

        with pytest.raises(RefusedError, match="REDRESS_NO_TERM"):
            go(case, "extend", by(FIRST, reason="案情复杂"))

    def test_refuses_a_personal_number_in_a_reason(self, body):
        case = submitted(body)

        with pytest.raises(ReasonError):
            go(case, "propose_return", by(FIRST, reason="证件210899199001010012"))

    def test_lets_nobody_sit_on_both_sides(self, body):
        both = Actor("x", organizations=frozenset({body.key}), may_decide=True)
        case = submitted(body)

        with pytest.raises(RefusedError, match="REDRESS_NOT_YOURS"):
            go(case, "accept", by(both))

    def test_a_term_over_a_year_without_calendar_is_provisional(self, body):
        at = datetime(2026, 12, 31, 2, tzinfo=UTC)
        case = opened(body)

        go(case, "submit", by(body.agent, at=at))

        assert case.due_is_provisional


class TestOneOpenCase:
    def test_the_database_refuses_a_second_one_about_the_same(self, body):
        submitted(body)

        with pytest.raises(IntegrityError), transaction.atomic():
            submitted(body)

    def test_another_topic_and_one_that_ended_are_no_obstacle(self, body):
        submitted(body, topic="PERIOD")
        first = submitted(body)
        go(first, "withdraw", by(body.agent))

        assert submitted(body).state == "submitted"


class TestEscalateOverdue:
    def test_says_so_once_and_ends_nothing(self, body):
        case = submitted(body)
        late = AT + timedelta(days=3)

        first = operations.escalate_overdue(at=late)
        again = operations.escalate_overdue(at=late)

        case.refresh_from_db()
        assert (first, again) == (1, 0)
        assert (case.state, case.overdue_since) == ("submitted", date(2019, 6, 6))
        assert Delivery.objects.get(topic="case.overdue").subject.startswith("obj")
        assert ledger.size() > 0

    def test_waits_until_the_last_day_is_over(self, body):
        submitted(body)

        assert operations.escalate_overdue(at=AT + timedelta(days=2)) == 0

    def test_counts_a_provisional_term_anew_when_the_calendar_is_there(self, body):
        case = submitted(body)
        Case.objects.filter(id=case.id).update(
            due_on=date(2019, 6, 4), due_is_provisional=True
        )

        assert operations.escalate_overdue(at=AT + timedelta(days=2)) == 0
        case.refresh_from_db()
        assert (case.due_on, case.due_is_provisional) == (date(2019, 6, 5), False)


class TestLapse:
    def test_closes_after_the_applicants_term_and_not_before(self, body):
        case = verified(body)
        go(case, "decide", by(SECOND, reason="查无此误", outcome="rejected"))

        with pytest.raises(RefusedError):
            operations.lapse(case, at=AT)
        after = datetime(2019, 7, 1, 2, tzinfo=UTC)
        assert queries.list_lapsed(procedure="objection", on=after.date()) == [case.id]
        moved = operations.lapse(case, at=after)

        assert (case.state, moved.mark) == ("closed", False)

    def test_never_closes_what_waits_for_an_authority(self, body):
        case = submitted(body)

        with pytest.raises(RefusedError):
            operations.lapse(case, at=AT + timedelta(days=400))


class TestVisibleTo:
    def test_a_draft_is_seen_by_its_organization_alone(self, body):
        case = opened(body)

        seen = [
            queries.visible_to(actor).filter(id=case.id).exists()
            for actor in (body.agent, body.clerk, FIRST, Actor("nobody"))
        ]

        assert seen == [True, False, False, False]

    def test_shows_a_case_to_those_concerned(self, body):
        case = submitted(body)
        stranger = Actor("s", units=frozenset({"U03"}))
        rival = Actor("r", organizations=frozenset({str(int(body.key) + 1)}))

        seen = [
            queries.visible_to(actor).filter(id=case.id).exists()
            for actor in (body.agent, body.clerk, FIRST, stranger, rival)
        ]

        assert seen == [True, True, True, False, False]


class TestListInbox:
    def test_holds_what_waits_for_the_actor(self, body):
        case = submitted(body)
        on = date(2019, 6, 10)

        def ids(actor):
            return [item.id for item in queries.list_inbox(actor=actor, on=on).items]

        assert (ids(FIRST), ids(body.clerk), ids(body.agent)) == ([case.id], [], [])
        go(case, "accept", by(FIRST))
        assert (ids(FIRST), ids(body.clerk)) == ([], [case.id])

    def test_tells_what_is_overdue(self, body):
        submitted(body)

        [item] = queries.list_inbox(actor=FIRST, on=date(2019, 6, 6)).items

        assert item.standing is Standing.OVERDUE


class TestEndings:
    def test_count_what_was_handed_in(self, body):
        opened(body, topic="PERIOD")
        case = verified(body)
        go(case, "decide", by(SECOND, reason="属实", outcome="upheld"))

        [ending] = queries.endings(procedure="objection")

        assert (ending.outcome, ending.unit, ending.was_overdue) == (
            "upheld",
            body.unit,
            False,
        )
