"""The sweep closes what is over, once, and recalls the measures behind it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import listings, register
from tests.factories.listings import DECIDED_ON, EXPIRES_ON, at, listed, many
from xinheng.apps.ledger.models import Entry
from xinheng.apps.listings import sweeping
from xinheng.apps.listings.models import Listing, ListingEvent
from xinheng.core.listings.procedure import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(settings) -> str:
    return listings.found(settings)


class TestExpireDue:
    def test_ends_a_listing_on_the_first_day_after_its_term(self, code):
        listing = listed(code)
        assert sweeping.expire_due(at=at(date(2021, 6, 11))) == 0

        assert sweeping.expire_due(at=at(date(2021, 6, 20))) == 1

        row = Listing.objects.get(id=listing)
        assert (row.state, row.ended_on) == (State.EXPIRED, EXPIRES_ON)

    def test_recalls_in_the_same_act(self, code, monkeypatch):
        listing, heard = listed(code), []
        monkeypatch.setattr(
            sweeping.measures, "recall_many", lambda **said: heard.append(said)
        )

        sweeping.expire_due(at=at(EXPIRES_ON))

        assert [each.id for each in heard[0]["causes"]] == [str(listing)]
        assert heard[0]["effective_on"] == EXPIRES_ON
        assert Entry.objects.filter(kind="listing.expire").count() == 1

    def test_works_off_all_batches_and_is_done(self, code):
        register.add(*(f"示例市第{number}公司" for number in range(6)))
        many(7, expires_on=date(2020, 1, 1))

        assert sweeping.expire_due(at=at(date(2020, 2, 1)), batch=3) == 7
        assert sweeping.expire_due(at=at(date(2020, 2, 1)), batch=3) == 0
        assert ListingEvent.objects.filter(event="EXPIRE").count() == 7
        assert Entry.objects.filter(kind="listing.expire").count() == 3

    def test_leaves_what_runs(self, code):
        many(1, expires_on=EXPIRES_ON)

        assert sweeping.expire_due(at=at(DECIDED_ON)) == 0
