"""Commitments: made by agents, kept by word, broken by a decision of two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from tests.factories import redress
from tests.factories.redress import FIRST, SECOND, by
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.cases.operations import RefusedError
from xinheng.apps.commitments import operations, queries
from xinheng.apps.commitments.models import Commitment
from xinheng.apps.outbox.models import Delivery
from xinheng.core.commitments.promises import Fulfilment, Promise, Type

pytestmark = pytest.mark.django_db
PROMISE = Promise(
    Type.PROACTIVE, "诚信经营", "我单位承诺依法经营。", date(2019, 6, 3), None
)


@pytest.fixture
def body() -> redress.Body:
    return redress.a_body()


def make(body, *, is_public=True, promise=PROMISE) -> int:
    return operations.make(
        organization=body.key,
        promise=promise,
        unit=body.unit,
        is_public=is_public,
        by=by(body.agent),
    )


class TestMake:
    def test_is_public_at_once_and_told(self, body):
        number = make(body)

        [item] = queries.list_public().items
        assert (item.id, item.state) == (number, Fulfilment.PENDING)
        assert Delivery.objects.get(topic="commitment.made").subject.endswith(
            f":{number}"
        )

    def test_refuses_a_personal_number(self, body):
        with pytest.raises(RefusedError, match="PERSONAL_ID"):
            make(body, promise=replace(PROMISE, text="承诺人210899199001010012"))

    def test_is_for_the_organizations_agent(self, body):
        stranger = replace(body, agent=Actor("stranger"))

        with pytest.raises(NotAllowedError):
            make(stranger)


class TestBreach:
    def test_takes_two_persons_and_the_number_of_a_decision(self, body):
        number = make(body)

        operations.propose_breach(
            commitment=number, decision_no="示诺决〔2019〕1号", by=by(body.clerk)
        )
        operations.confirm_breach(commitment=number, by=by(FIRST))

        [item] = queries.list_public().items
        assert (item.state, item.breach_no) == (Fulfilment.BROKEN, "示诺决〔2019〕1号")

    def test_refuses_the_same_person(self, body):
        number = make(body)
        operations.propose_breach(
            commitment=number, decision_no="示诺决〔2019〕1号", by=by(FIRST)
        )

        with pytest.raises(RefusedError, match="REDRESS_SAME_PERSON"):
            operations.confirm_breach(commitment=number, by=by(FIRST))
        operations.confirm_breach(commitment=number, by=by(SECOND))

    def test_refuses_a_breach_without_a_decision(self, body):
        number = make(body)

        with pytest.raises(RefusedError, match="COMMITMENT_NO_DECISION"):
            operations.propose_breach(
                commitment=number, decision_no=" ", by=by(body.clerk)
            )
        with pytest.raises(RefusedError, match="COMMITMENT_NO_DECISION"):
            operations.confirm_breach(commitment=number, by=by(FIRST))

    def test_refuses_to_judge_twice(self, body):
        number = make(body)
        operations.mark_kept(commitment=number, by=by(body.clerk))

        with pytest.raises(RefusedError, match="COMMITMENT_JUDGED"):
            operations.propose_breach(
                commitment=number, decision_no="1号", by=by(body.clerk)
            )

    def test_is_not_for_another_unit_or_the_organization(self, body):
        number = make(body)

        for actor in (Actor("o", units=frozenset({"U03"})), body.agent):
            with pytest.raises(NotAllowedError):
                operations.mark_kept(commitment=number, by=by(actor))

    def test_the_database_knows_no_breach_by_one_person(self, body):
        number = make(body)

        with pytest.raises(IntegrityError), transaction.atomic():
            Commitment.objects.filter(id=number).update(
                state="BROKEN",
                breach_no="1号",
                breach_proposed_by="x",
                judged_by="x",
                judged_on=date(2019, 6, 3),
                judged_at=datetime(2019, 6, 3, tzinfo=UTC),
            )


class TestListPublic:
    def test_leaves_out_what_was_not_made_in_public(self, body):
        make(body, is_public=False)

        assert queries.list_public().total == 0
        assert len(queries.list_own(actor=body.agent, organization=body.key)) == 1
        assert queries.list_own(actor=Actor("x"), organization=body.key) == ()

    def test_a_silent_end_is_no_breach(self, body):
        make(body, promise=replace(PROMISE, valid_to=date(2019, 6, 4)))

        counted = queries.count_by_type()[Type.PROACTIVE]

        assert (counted[Fulfilment.PENDING], counted[Fulfilment.BROKEN]) == (1, 0)
