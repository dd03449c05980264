"""The public sees a listing between its publication and its end, and no trace after."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.factories import listings
from tests.factories.listings import (
    DECIDED_ON,
    EXPIRES_ON,
    OFFICE,
    RECOGNITION,
    listed,
    published,
    record,
)
from xinheng.apps.law.models import Adoption
from xinheng.apps.listings import public
from xinheng.apps.listings.models import Listing
from xinheng.core.listings.procedure import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(settings) -> str:
    return listings.found(settings)


def shown(on: date = DECIDED_ON) -> list[str]:
    page = public.list_public(on=on)
    row = Listing.objects.first()
    of_one = public.public_of(organization=row.organization_id, on=on)
    assert [each.uscc for each in of_one] == [each.uscc for each in page.items]
    assert page.total == sum(public.count_by_scheme(on=on).values()) == len(page.items)
    return [each.scheme.name for each in page.items]


class TestListPublic:
    def test_shows_basis_authority_term_and_way_out(self, code):
        published(code)

        found = public.list_public(on=DECIDED_ON).items[0]

        assert (found.uscc, found.basis) == (code, listings.BASIS)
        assert (found.decided_on, found.expires_on) == (DECIDED_ON, EXPIRES_ON)
        assert found.authority == "示例市U16"
        assert found.scheme.removal_conditions
        assert found.scheme.remedy

    def test_shows_nothing_before_the_publication(self, code):
        listed(code)

        assert shown() == []

    def test_shows_nothing_on_the_day_after_the_term_though_nothing_ran(self, code):
        published(code)

        assert shown(EXPIRES_ON - timedelta(days=1)) == [listings.EXCLUSION]
        assert shown(EXPIRES_ON) == []

    @pytest.mark.parametrize(
        "event",
        [Event.REPAIR, Event.REVOKE, Event.ANNUL, Event.ORGANIZATION_GONE, Event.STAY],
    )
    def test_leaves_no_trace_of_what_has_ended_or_is_stayed(self, code, event):
        listing = published(code)
        actor = OFFICE if event is Event.STAY else listings.FIRST
        record(listing, event, actor=actor)

        assert shown() == []

    def test_marks_what_is_disputed(self, code):
        record(published(code), Event.DISPUTE)

        assert public.list_public(on=DECIDED_ON).items[0].is_disputed

    def test_shows_no_exclusion_where_the_rulebook_is_not_adopted(self, code):
        published(code)
        Adoption.objects.all().delete()

        assert shown() == []

    def test_shows_a_recognition_without_an_adoption(self, code):
        published(code, scheme=RECOGNITION)
        Adoption.objects.all().delete()

        assert shown() == [RECOGNITION]

    def test_can_be_narrowed_to_one_list(self, code):
        published(code)

        assert not public.list_public(on=DECIDED_ON, scheme=RECOGNITION).items
        assert public.list_public(on=DECIDED_ON, scheme=listings.EXCLUSION).items
