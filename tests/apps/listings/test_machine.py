"""Whatever is tried, in whatever order: tables and measures keep the law.

The operations are called at random, lawful or not; after each call the rows, what is in
force and what the measures were told have to fit together.
"""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import listings
from tests.factories.listings import (
    CLOSES_ON,
    DECIDED_ON,
    EXPIRES_ON,
    FIRST,
    OFFICE,
    SECOND,
    at,
    propose,
    record,
)
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.listings import operations, queries, sweeping
from xinheng.apps.listings.models import Listing
from xinheng.apps.listings.operations import RefusedError
from xinheng.core.listings.procedure import EFFECTIVE, Event

pytestmark = pytest.mark.django_db
SWEEP = "sweep"
EVENTS = [event for event in Event if event not in (Event.IMPORT, Event.EXPIRE)]
DAYS = (CLOSES_ON, DECIDED_ON, DECIDED_ON + timedelta(days=40), EXPIRES_ON)
ACTORS = (FIRST, SECOND, OFFICE)
steps = st.tuples(
    st.sampled_from([*EVENTS, SWEEP]), st.sampled_from(ACTORS), st.sampled_from(DAYS)
)
# Half of the runs begin with a listing in force, where most of the events are.
beginnings = st.sampled_from([(), (Event.PROPOSE, Event.SERVE, Event.DECIDE)])


class Heard:
    """What the measures were told: the causes with measures in force."""

    def __init__(self) -> None:
        self.live: set[str] = set()

    def fire(self, **said):
        assert said["cause"].id not in self.live
        assert said["effective_on"] < said["expires_on"]
        self.live.add(said["cause"].id)
        return 0

    def recall(self, **said):
        self.live.discard(said["cause"].id)
        return 0

    def recall_many(self, **said):
        self.live -= {cause.id for cause in said["causes"]}
        return 0


def attempt(code, step):
    event, actor, day = step
    if event == SWEEP:
        sweeping.expire_due(at=at(day))
        return
    row = Listing.objects.order_by("-id").first()
    try:
        if event is Event.PROPOSE:
            propose(code, actor=actor)
        elif row is not None:
            record(row.id, event, actor=actor, on=day)
    except (RefusedError, NotAllowedError):
        pass


def check(heard):
    for row in Listing.objects.all():
        is_live = row.state in EFFECTIVE and not row.is_stayed
        assert (str(row.id) in heard.live) is is_live
        for day in DAYS:
            shown = queries.list_in_force(organization=row.organization_id, on=day)
            if row.id in {each.id for each in shown}:
                assert row.decided_by not in ("", row.proposed_by)
                assert row.window_closes_on < row.decided_on <= day < row.expires_on
                assert row.ended_on is None or day < row.ended_on


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(beginning=beginnings, tried=st.lists(steps, max_size=8))
def test_no_order_of_acts_breaks_the_procedure(settings, beginning, tried):
    heard = Heard()
    with transaction.atomic(), mock.patch.object(operations, "measures", heard):
        with mock.patch.object(sweeping, "measures", heard):
            code = listings.found(settings)
            for event in beginning:
                actor = SECOND if event is Event.DECIDE else FIRST
                attempt(code, (event, actor, DECIDED_ON))
            for step in tried:
                attempt(code, step)
                check(heard)
        transaction.set_rollback(True)
