"""Activities: reported by units, approved by another person, counted once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from tests.factories import campaigns as made
from tests.factories import redress
from tests.factories.campaigns import TOLD
from tests.factories.redress import FIRST, SECOND, by
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.campaigns import activities
from xinheng.apps.campaigns.activities import ActivityRefusedError
from xinheng.apps.campaigns.models import Activity
from xinheng.core.campaigns.activities import State

pytestmark = pytest.mark.django_db
OTHER = Actor("other", units=frozenset({"U03"}))


@pytest.fixture
def body():
    return redress.a_body()


class TestSubmit:
    def test_is_in_the_units_own_name(self, body):
        with pytest.raises(NotAllowedError):
            activities.submit(unit=body.unit, told=TOLD, by=by(OTHER))
        with pytest.raises(NotAllowedError):
            activities.submit(unit=body.unit, told=TOLD, by=by(FIRST))

    def test_takes_a_number_once(self, body):
        activities.submit(unit=body.unit, told=TOLD, by=by(body.clerk))

        with pytest.raises(ActivityRefusedError, match="ACTIVITY_TWICE"):
            activities.submit(unit=body.unit, told=TOLD, by=by(body.clerk))


class TestDeciding:
    def test_makes_it_public_and_final(self, body):
        number = made.an_approved_activity(body)

        assert [each.id for each in activities.list_public().items] == [number]
        with pytest.raises(ActivityRefusedError, match="ACTIVITY_DECIDED"):
            activities.edit(activity=number, told=TOLD, by=by(body.clerk))
        with pytest.raises(ActivityRefusedError, match="ACTIVITY_DECIDED"):
            activities.approve(activity=number, by=by(FIRST))

    def test_is_not_for_who_edited_it(self, body):
        number = activities.submit(unit=body.unit, told=TOLD, by=by(body.clerk))
        shorter = replace(TOLD, title="宣传")
        activities.edit(activity=number, told=shorter, by=by(FIRST))

        with pytest.raises(ActivityRefusedError, match="SAME_PERSON"):
            activities.approve(activity=number, by=by(FIRST))
        activities.approve(activity=number, by=by(SECOND))

    def test_sends_it_back_with_a_reason_until_it_is_handed_in_again(self, body):
        number = activities.submit(unit=body.unit, told=TOLD, by=by(body.clerk))
        activities.send_back(activity=number, by=by(FIRST, reason="请写明地点"))

        assert activities.list_public().total == 0
        activities.edit(activity=number, told=TOLD, by=by(body.clerk))
        found = activities.get_activity(actor=body.clerk, activity=number)
        assert found.state is State.SUBMITTED
        with pytest.raises(activities.UnknownActivityError):
            activities.get_activity(actor=OTHER, activity=number)

    def test_by_who_wrote_it_is_refused_by_the_database(self, body):
        activities.submit(unit=body.unit, told=TOLD, by=by(body.clerk))

        with pytest.raises(IntegrityError), transaction.atomic():
            Activity.objects.update(
                state="APPROVED", decided_by=body.clerk.account_id, decided_seq=1
            )
