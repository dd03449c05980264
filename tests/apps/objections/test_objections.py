"""Objections: raised, checked, decided, applied, in one transaction each."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.factories import redress
from tests.factories.redress import FIRST, SECOND, THIRD, by
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.cases import queries as cases
from xinheng.apps.cases.models import Case
from xinheng.apps.cases.operations import RefusedError
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.ledger.models import Entry
from xinheng.apps.objections import filing, operations, queries
from xinheng.apps.objections.filing import ChangeRefusedError, Contest
from xinheng.apps.outbox.models import Delivery
from xinheng.apps.records import changes, held
from xinheng.apps.records import queries as records
from xinheng.apps.records.models import Record
from xinheng.core.changes.cursor import Cursor
from xinheng.core.objections.corrections import Change, Fault
from xinheng.core.objections.filing import Kind

pytestmark = pytest.mark.django_db
CONTENT = Contest(
    Kind.CONTENT,
    "经营范围写错了",
    (Change("permit_content", "食品经营", "食品生产"),),
)


@pytest.fixture
def body() -> redress.Body:
    redress.collect("permit", "penalty")
    return redress.a_body()


@pytest.fixture
def permit(body) -> Record:
    return redress.a_permit(body)


def raise_(body, record, contest=CONTENT, **change) -> int:
    return filing.object_to_record(
        record=record.id, contest=contest, by=by(body.agent, **change)
    )


def verify(body, case) -> None:
    operations.take(case=case, act="accept", by=by(FIRST))
    operations.take(case=case, act="verify", by=by(body.clerk, reason="已核对原件"))


def decide(case, outcome, *, who=SECOND, upheld=()) -> None:
    told = by(who, reason="依据原件", outcome=outcome)
    operations.take(case=case, act="decide", by=told, upheld=upheld)


def in_force(record) -> Record:
    return Record.objects.get(
        natural_key=record.natural_key, superseded_at__isnull=True
    )


class TestObjectToRecord:
    def test_is_in_the_ledger_and_told_at_once(self, body, permit):
        case = raise_(body, permit)

        entry = Entry.objects.get(kind="objection.submit")
        told = Delivery.objects.get(topic="objection.submit")
        assert entry.subject == f"objection:{case}"
        assert json.loads(told.payload)["disputed"] is True

    def test_marks_the_record_for_the_public_until_the_case_ends(self, body, permit):
        def disputed() -> bool:
            [shown] = records.list_public(
                organization=body.key, on=by(body.agent).on, dataset="permit"
            )
            return shown.state.is_disputed

        before = disputed()
        case = raise_(body, permit)
        during = disputed()
        operations.take(case=case, act="withdraw", by=by(body.agent))

        assert (before, during, disputed()) == (False, True, False)

    def test_refuses_a_second_one_to_the_same_content(self, body, permit):
        raise_(body, permit)

        with pytest.raises(RefusedError, match="OBJECTION_OPEN"):
            raise_(body, permit)
        assert raise_(body, permit, replace(CONTENT, kind=Kind.PERIOD, changes=()))

    def test_refuses_a_personal_number(self, body, permit):
        contest = replace(CONTENT, ground="经办人210899199001010012")

        with pytest.raises(RefusedError, match="PERSONAL_ID"):
            raise_(body, permit, contest)
        assert not Case.objects.exists()

    def test_refuses_a_value_that_the_catalog_does_not_allow(self, body, permit):
        wrong = (Change("decided_on", "2019-05-06", "去年"),)

        with pytest.raises(ChangeRefusedError) as refused:
            raise_(body, permit, replace(CONTENT, changes=wrong))

        assert [each.fault for each in refused.value.found] == [Fault.VALUE]

    def test_is_not_for_a_stranger(self, body, permit):
        stranger = replace(body, agent=Actor("x", organizations=frozenset({"0"})))

        with pytest.raises(held.UnknownRecordError):
            raise_(stranger, permit)

    def test_is_not_for_an_old_version(self, body, permit):
        case = raise_(body, permit)
        verify(body, case)
        decide(case, "upheld")

        with pytest.raises(held.UnknownRecordError):
            raise_(body, permit)


class TestTake:
    def test_an_upheld_one_lets_a_corrected_version_follow(self, body, permit):
        case = raise_(body, permit)
        verify(body, case)

        decide(case, "upheld")

        now = in_force(permit)
        permit.refresh_from_db()
        assert json.loads(now.body)["permit_content"] == "食品生产"
        assert json.loads(permit.body)["permit_content"] == "食品经营"
        assert permit.superseded_at is not None
        assert (
            now.submission.ledger_seq == Entry.objects.get(kind="objection.decide").seq
        )

    def test_the_change_shows_to_the_public(self, body, permit):
        case = raise_(body, permit)
        verify(body, case)

        decide(case, "upheld")

        [shown] = records.list_public(
            organization=body.key, on=by(body.agent).on, dataset="permit"
        )
        assert "食品生产" in [text for _, _, text in shown.fields]

    def test_a_rejected_one_changes_nothing(self, body, permit):
        case = raise_(body, permit)
        verify(body, case)

        decide(case, "rejected")

        assert in_force(permit) == permit
        [asked] = queries.get_objection(actor=FIRST, case=case).changes
        assert asked.upheld is False

    def test_a_part_changes_what_is_right_alone(self, body, permit):
        changes = (
            *CONTENT.changes,
            Change("decided_on", "2019-05-06", "2019-05-07"),
        )
        case = raise_(body, permit, replace(CONTENT, changes=changes))
        verify(body, case)

        decide(case, "partly", upheld=["decided_on"])

        now = in_force(permit)
        assert json.loads(now.body)["permit_content"] == "食品经营"
        assert str(now.decided_on) == "2019-05-07"

    @pytest.mark.parametrize("upheld", [(), ("permit_content",), ("nonsense",)])
    def test_a_part_of_one_value_is_no_part(self, body, permit, upheld):
        case = raise_(body, permit)
        verify(body, case)

        with pytest.raises(RefusedError, match="OBJECTION_PARTLY"):
            decide(case, "partly", upheld=upheld)
        assert Case.objects.get(id=case).state == "verified"

    def test_a_record_of_another_is_withdrawn(self, body, permit):
        contest = Contest(Kind.LINKAGE, "不是本单位的许可")
        case = raise_(body, permit, contest)
        verify(body, case)
        before = Cursor(ledger.size() - 1)

        decide(case, "upheld")

        permit.refresh_from_db()
        assert permit.superseded_at is not None
        told = changes.list_changes(
            after=before, reader=changes.PUBLIC, on=by(FIRST).on
        ).changes
        name = f"{permit.submission.ledger_seq}.{permit.row_number}"
        assert [(each.id, each.record) for each in told] == [(name, None)]
        assert not held.list_held(
            actor=body.agent, organization=body.key, on=by(body.agent).on
        )

    def test_a_period_that_was_over_ends_the_publication(self, body, permit):
        case = raise_(body, permit, Contest(Kind.PERIOD, "公示期已满"))
        verify(body, case)

        decide(case, "upheld")

        assert not records.list_public(organization=body.key, on=by(FIRST).on)

    def test_a_second_instance_may_turn_the_result(self, body, permit):
        case = raise_(body, permit)
        verify(body, case)
        decide(case, "rejected")
        operations.take(case=case, act="appeal", by=by(body.agent, reason="有原件"))

        told = by(THIRD, reason="原件属实", outcome="upheld")
        operations.take(case=case, act="review", by=told)

        assert json.loads(in_force(permit).body)["permit_content"] == "食品生产"
        assert Case.objects.get(id=case).state == "closed"

    def test_is_not_for_a_stranger(self, body, permit):
        case = raise_(body, permit)

        with pytest.raises(cases.UnknownCaseError):
            operations.take(case=case, act="withdraw", by=by(Actor("x")))

    def test_survives_that_the_record_went_away_meanwhile(self, body, permit):
        linkage = raise_(body, permit, Contest(Kind.LINKAGE, "不是本单位的许可"))
        content = raise_(body, permit)
        for case in (linkage, content):
            verify(body, case)
        decide(linkage, "upheld")

        decide(content, "upheld")

        assert Case.objects.get(id=content).state == "notified"


class TestLapseDue:
    def test_closes_after_the_term_of_appeal(self, body, permit):
        case = raise_(body, permit)
        verify(body, case)
        decide(case, "rejected")

        early = operations.lapse_due(at=datetime(2019, 6, 20, tzinfo=UTC))
        late = operations.lapse_due(at=datetime(2019, 7, 1, tzinfo=UTC))

        assert (early, late) == (0, 1)
        assert Case.objects.get(id=case).state == "closed"
