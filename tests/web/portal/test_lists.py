"""The portal lists what is in force, with basis, authority, term and way out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import listings
from tests.factories.listings import SECOND, by, record
from xinheng.core.listings.procedure import Event


@pytest.fixture
def code(db, settings) -> str:
    """A company that is on a published list today."""
    found = listings.found(settings)
    today = timezone.localdate()
    listing = listings.notified(found)
    term = {"decided_on": today, "expires_on": today + timedelta(days=90)}
    record(listing, Event.DECIDE, actor=SECOND, on=today, **term)
    listings.operations.record(
        listing=listing, event=Event.PUBLISH, told={}, by=by(on=today)
    )
    return found


class TestIndex:
    def test_shows_basis_authority_term_and_way_out(self, client, code):
        page = client.get("/lists/").content.decode()

        for text in (code, listings.BASIS, "示例市U16", "付清拖欠工资", "行政复议"):
            assert text in page

    def test_can_be_narrowed_to_a_list_that_is_in_use(self, client, code):
        page = client.get("/lists/", {"list": listings.RECOGNITION})
        assert not page.context["page"].items

        page = client.get("/lists/", {"list": "no-such-list"})
        assert page.context["chosen"] is None

    def test_is_empty_before_anybody_is_listed(self, client, db):
        assert client.get("/lists/").status_code == 200


class TestOrganization:
    def test_shows_its_listings_in_force(self, client, code):
        page = client.get(f"/organizations/{code}")

        assert [each.uscc for each in page.context["listings"]] == [code]
        assert listings.BASIS in page.content.decode()
