"""Repairs: conditions, two hands, and everything that ends with a granted one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import redress
from tests.factories.redress import FIRST, LATER, SECOND
from xinheng.apps.cases.models import Case
from xinheng.apps.cases.operations import RefusedError
from xinheng.apps.commitments import queries as commitments
from xinheng.apps.ledger.models import Entry
from xinheng.apps.objections import filing as objections
from xinheng.apps.objections import operations as objecting
from xinheng.apps.objections.filing import Contest
from xinheng.apps.outbox.models import Delivery
from xinheng.apps.records import queries as records
from xinheng.apps.records.models import Record
from xinheng.apps.repairs import operations, training
from xinheng.apps.repairs.operations import Application
from xinheng.apps.repairs.training import Session, TrainingRefusedError
from xinheng.core.objections.filing import Kind

pytestmark = pytest.mark.django_db
FULL = Application("罚没款已缴", True, True, True)


def by(actor, *, at=LATER, **told):
    return redress.by(actor, at=at, **told)


@pytest.fixture
def body() -> redress.Body:
    redress.collect("permit", "penalty")
    redress.adopt(at=redress.AT)
    return redress.a_body()


@pytest.fixture
def penalty(body) -> Record:
    return redress.a_penalty(body)


def apply(body, record, application=FULL, **change) -> int:
    return operations.apply_for_record(
        record=record.id, application=application, by=by(body.agent, **change)
    )


def propose(body, case, outcome) -> None:
    operations.take(case=case, act="accept", by=by(body.clerk))
    told = by(body.clerk, reason="材料齐全", outcome=outcome)
    operations.take(case=case, act="propose", by=told)


def decide(case, outcome, *, who=FIRST) -> None:
    told = by(who, reason="同意", outcome=outcome)
    operations.take(case=case, act="decide", by=told)


def public(body) -> list[str]:
    return [
        each.dataset
        for each in records.list_public(organization=body.key, on=by(FIRST).on)
    ]


class TestApplyForRecord:
    def test_makes_the_commitment_in_public(self, body, penalty):
        apply(body, penalty)

        [made] = commitments.list_public().items
        assert made.rule.type == "repair"

    def test_says_from_when_it_may_be_asked_for(self, body, penalty):
        early = datetime(2026, 8, 3, 2, tzinfo=UTC)

        with pytest.raises(RefusedError) as refused:
            apply(body, penalty, at=early)

        assert refused.value.code == "REPAIR_TOO_EARLY"
        assert refused.value.day == date(2026, 8, 4)
        assert "36" in refused.value.basis
        assert apply(body, penalty, at=early + timedelta(days=1))

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"conduct_corrected": False}, "REPAIR_NOT_CORRECTED"),
            ({"duties_done": False}, "REPAIR_DUTIES_OPEN"),
            ({"commits": False}, "REPAIR_NO_COMMITMENT"),
            ({"statement": "联系人210899199001010012"}, "PERSONAL_ID"),
        ],
    )
    def test_names_what_is_lacking(self, body, penalty, change, code):
        with pytest.raises(RefusedError, match=code):
            apply(body, penalty, replace(FULL, **change))
        assert not Case.objects.exists()

    def test_refuses_a_second_one_while_one_is_open(self, body, penalty):
        apply(body, penalty)

        with pytest.raises(RefusedError, match="REPAIR_OPEN"):
            apply(body, penalty)

    def test_has_nothing_to_repair_where_nothing_is_public(self, body):
        permit = redress.a_permit(body)

        with pytest.raises(RefusedError, match="REPAIR_NOTHING_SHOWN"):
            apply(body, permit)


class TestTake:
    def test_a_decision_follows_the_proposal(self, body, penalty):
        case = apply(body, penalty)
        propose(body, case, "repaired")

        with pytest.raises(RefusedError, match="REPAIR_OTHER_RESULT"):
            decide(case, "refused")
        operations.take(case=case, act="send_back", by=by(FIRST, reason="请核对"))
        assert Case.objects.get(id=case).state == "examining"

    def test_a_proposal_is_no_result(self, body, penalty):
        case = apply(body, penalty)

        propose(body, case, "repaired")

        row = Case.objects.get(id=case)
        assert (row.outcome, row.decided_on) == ("", None)

    def test_runs_against_three_and_ten_working_days(self, body, penalty):
        case = apply(body, penalty)
        first = Case.objects.get(id=case).due_on
        operations.take(case=case, act="accept", by=by(body.clerk))

        assert first == date(2026, 11, 5)
        assert Case.objects.get(id=case).due_on == date(2026, 11, 16)

    def test_a_granted_one_ends_the_publication_in_its_own_act(self, body, penalty):
        case = apply(body, penalty)
        propose(body, case, "repaired")
        assert "penalty" in public(body)

        decide(case, "repaired")

        assert "penalty" not in public(body)
        decided = Entry.objects.get(kind="repair.decide")
        ended = Entry.objects.get(kind="publication.ended")
        assert ended.recorded_at == decided.recorded_at

    def test_nothing_ends_where_the_act_breaks_off(self, body, penalty, monkeypatch):
        case = apply(body, penalty)
        propose(body, case, "repaired")

        def broken(**told):
            raise RuntimeError

        monkeypatch.setattr("xinheng.apps.repairs.effects.outbox.queue", broken)
        with pytest.raises(RuntimeError):
            decide(case, "repaired")

        assert "penalty" in public(body)
        assert Case.objects.get(id=case).state == "proposed"

    def test_a_repaired_one_can_not_be_repaired_again(self, body, penalty):
        case = apply(body, penalty)
        propose(body, case, "repaired")
        decide(case, "repaired")

        with pytest.raises(RefusedError, match="REPAIR_NOTHING_SHOWN"):
            apply(body, penalty)

    def test_tells_downstream_copies_to_delete(self, body, penalty):
        case = apply(body, penalty)
        propose(body, case, "repaired")

        decide(case, "repaired")

        topics = set(Delivery.objects.values_list("topic", flat=True))
        assert {"repair.decide", "copies.delete"} <= topics
        assert Case.objects.get(id=case).state == "closed"

    def test_a_refused_one_leaves_it_public(self, body, penalty):
        case = apply(body, penalty)
        propose(body, case, "refused")

        decide(case, "refused")

        assert "penalty" in public(body)
        assert not Delivery.objects.filter(topic="copies.delete").exists()

    def test_a_retraction_takes_a_person_who_had_no_part(self, body, penalty):
        case = apply(body, penalty)
        propose(body, case, "repaired")
        decide(case, "repaired")
        told = by(body.clerk, reason="缴款凭证虚假")
        operations.take(case=case, act="propose_retraction", by=told)

        with pytest.raises(RefusedError, match="SAME_PERSON"):
            operations.take(case=case, act="retract", by=by(FIRST, reason="属实"))
        operations.take(case=case, act="retract", by=by(SECOND, reason="属实"))
        assert Case.objects.get(id=case).state == "retracted"


class TestReopen:
    def test_an_upheld_objection_has_it_examined_again(self, body, penalty):
        case = apply(body, penalty)
        propose(body, case, "refused")
        decide(case, "refused")
        contest = Contest(Kind.REPAIR_RESULT, "款已缴清，有凭证")
        objection = objections.object_to_repair(
            case=case, contest=contest, by=by(body.agent)
        )
        objecting.take(case=objection, act="accept", by=by(FIRST))
        told = by(body.clerk, reason="凭证属实")
        objecting.take(case=objection, act="verify", by=told)

        told = by(SECOND, reason="凭证属实", outcome="upheld")
        objecting.take(case=objection, act="decide", by=told)

        assert Case.objects.get(id=case).state == "reopened"
        assert Entry.objects.filter(kind="repair.reopen").exists()

    def test_there_is_nothing_to_contest_before_a_result(self, body, penalty):
        case = apply(body, penalty)

        with pytest.raises(RefusedError):
            objections.object_to_repair(
                case=case,
                contest=Contest(Kind.REPAIR_RESULT, "太慢"),
                by=by(body.agent),
            )


class TestTraining:
    def session(self, body, **change) -> Session:
        plain = Session("U02", "信用修复培训", date(2019, 6, 3), {body.uscc: 2})
        return replace(plain, **change)

    def test_counts_attendees_and_names_nobody(self, body):
        number = training.record(session=self.session(body), by=by(body.clerk))

        entry = Entry.objects.get(kind="training.recorded")
        assert entry.subject == f"training:{number}"
        assert '"attended":{"' in entry.body

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            ({"title": " "}, "TRAINING_TITLE"),
            ({"title": "张某210899199001010012"}, "PERSONAL_ID"),
            ({"held_on": date(2026, 12, 1)}, "TRAINING_DAY"),
            ({"attended": {}}, "TRAINING_NOBODY"),
        ],
    )
    def test_names_the_rule(self, body, change, fault):
        with pytest.raises(TrainingRefusedError, match=fault):
            training.record(session=self.session(body, **change), by=by(body.clerk))
