"""What is in force on a day, as it was known at a moment; who sees what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import listings
from tests.factories.listings import (
    DECIDED_ON,
    EXPIRES_ON,
    FIRST,
    OFFICE,
    SAFETY,
    SECOND,
    at,
    listed,
    notified,
    propose,
    record,
)
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.listings import queries
from xinheng.apps.organizations.models import Organization
from xinheng.core.listings.procedure import Event

pytestmark = pytest.mark.django_db
LATER = date(2019, 9, 2)


@pytest.fixture
def code(settings) -> str:
    return listings.found(settings)


def shown(code: str, on: date, known_at: datetime | None = None) -> list[int]:
    key = Organization.objects.get(uscc=code).id
    found = queries.list_in_force(organization=key, on=on, known_at=known_at)
    return [each.id for each in found]


class TestInForce:
    def test_begins_with_the_decision_and_ends_with_the_term_though_nothing_ran(
        self, code
    ):
        listing = listed(code)

        assert shown(code, DECIDED_ON - timedelta(days=1)) == []
        assert shown(code, DECIDED_ON) == [listing]
        assert shown(code, EXPIRES_ON - timedelta(days=1)) == [listing]
        assert shown(code, EXPIRES_ON) == []

    def test_is_over_one_second_past_the_term(self, code):
        from django.utils import timezone

        listed(code)
        last = datetime(2021, 6, 11, 15, 59, 59, tzinfo=UTC)  # in China, 23:59:59

        assert shown(code, timezone.localdate(last))
        assert not shown(code, timezone.localdate(last + timedelta(seconds=1)))

    def test_remembers_what_was_known_before_an_end(self, code):
        listing = listed(code)
        record(listing, Event.REPAIR, effective_on=LATER, on=LATER)
        before, after = at(LATER - timedelta(days=1)), at(LATER)

        day = LATER + timedelta(days=30)
        assert shown(code, day, before) == [listing]
        assert shown(code, day, after) == []
        assert shown(code, DECIDED_ON, after) == [listing]
        assert shown(code, DECIDED_ON, at(date(2019, 6, 11))) == []

    def test_says_after_an_annulment_that_it_never_was(self, code):
        listing = listed(code)
        record(listing, Event.ANNUL, actor=OFFICE, effective_on=LATER, on=LATER)

        assert shown(code, DECIDED_ON) == []
        assert shown(code, DECIDED_ON, at(DECIDED_ON)) == [listing]

    def test_leaves_out_the_days_of_a_stay_as_far_as_they_were_known(self, code):
        listing = listed(code)
        record(listing, Event.STAY, effective_on=LATER, on=LATER)
        lifted = LATER + timedelta(days=10)
        record(listing, Event.LIFT_STAY, effective_on=lifted, on=lifted)

        assert shown(code, LATER) == []
        assert shown(code, lifted) == [listing]
        assert shown(code, lifted, at(LATER)) == []
        assert shown(code, LATER, at(LATER - timedelta(days=1))) == [listing]

    def test_knows_no_listing_that_was_never_decided(self, code):
        notified(code)

        assert shown(code, DECIDED_ON) == []


class TestVisibleTo:
    def test_an_authority_sees_its_own_and_the_office_sees_all(self, code):
        listing = notified(code)
        other = Actor("other", lists_for=frozenset({SAFETY}))
        clerk = Actor("clerk", units=frozenset({listings.UNIT}))

        for actor in (FIRST, OFFICE):
            assert queries.get_listing(actor=actor, listing=listing, on=DECIDED_ON)
        for actor in (other, clerk):
            with pytest.raises(queries.UnknownListingError):
                queries.get_listing(actor=actor, listing=listing, on=DECIDED_ON)

    def test_counts_and_lists_by_stage(self, code):
        notified(code)

        assert queries.count_by_stage(FIRST)["open"] == 1
        page = queries.list_listings(actor=FIRST, stage="open", on=DECIDED_ON)
        assert [each.uscc for each in page.items] == [code]


class TestEventsOpenTo:
    def open_to(self, actor, listing):
        item = queries.get_listing(actor=OFFICE, listing=listing, on=DECIDED_ON)
        return queries.events_open_to(actor, item)

    def test_offers_the_decision_to_another_person_alone(self, code):
        listing = notified(code)

        assert Event.DECIDE not in self.open_to(FIRST, listing)
        assert Event.DECIDE in self.open_to(SECOND, listing)
        assert self.open_to(OFFICE, listing) == ()

    def test_offers_what_fits_the_side_states(self, code):
        listing = listed(code)

        offered = self.open_to(FIRST, listing)
        assert Event.STAY in offered
        assert Event.LIFT_STAY not in offered
        assert Event.EXPIRE not in offered

    def test_offers_the_office_what_protects_the_organization(self, code):
        listing = listed(code)

        assert set(self.open_to(OFFICE, listing)) == {
            Event.STAY,
            Event.DISPUTE,
            Event.ANNUL,
            Event.ORGANIZATION_GONE,
        }


class TestListEvents:
    def test_keeps_the_words_of_each_step(self, code):
        listing = propose(code)
        record(listing, Event.SERVE)

        found = queries.list_events(listing=listing)

        assert [each.event for each in found] == [Event.PROPOSE, Event.SERVE]
        assert found[1].told["notice_proof"] == "送达回证 1 号"
        assert found[1].on == listings.SERVED_ON
