"""An organization contests its listing, or leaves it early: all in one act."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.factories import accounts, listings, redress
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.cases.operations import By, RefusedError
from xinheng.apps.cases.queries import list_inbox
from xinheng.apps.listings import public
from xinheng.apps.listings import redress as own
from xinheng.apps.listings.models import Listing
from xinheng.apps.listings.operations import UnknownListingError
from xinheng.apps.measures.models import Application as Measure
from xinheng.apps.objections import filing
from xinheng.apps.objections import operations as objections
from xinheng.apps.organizations.models import Organization
from xinheng.apps.outbox.models import Delivery
from xinheng.apps.repairs import operations as repairs
from xinheng.apps.repairs.operations import Application
from xinheng.core.listings.procedure import Event
from xinheng.core.objections.filing import Kind
from xinheng.rulebook import list_schemes

pytestmark = pytest.mark.django_db
ON = date(2019, 6, 13)
WHOLE = Application("已改正", True, True, True)


@pytest.fixture
def uscc(settings):
    return listings.found(settings)


@pytest.fixture
def listing(uscc):
    return listings.published(uscc)


@pytest.fixture
def agent(uscc):
    key = str(Organization.objects.get(uscc=uscc).pk)
    return Actor("agent", organizations=frozenset({key}))


def by(actor, *, at=None, reason="", outcome=""):
    return By(actor, at or listings.at(ON), reason, outcome)


def object_to(listing, agent):
    contest = filing.Contest(Kind.LISTING, "工资已付清")
    return filing.object_to_listing(listing=listing, contest=contest, by=by(agent))


def uphold(case):
    objections.take(case=case, act="accept", by=by(listings.OFFICE))
    verified = by(listings.FIRST, reason="已核对银行回单")
    objections.take(case=case, act="verify", by=verified)
    told = by(redress.SECOND, reason="依据银行回单", outcome="upheld")
    objections.take(case=case, act="decide", by=told)


def apply(listing, agent, application=WHOLE, *, at=None):
    return repairs.apply_for_listing(
        listing=listing, application=application, by=by(agent, at=at)
    )


def shown(on=ON):
    return public.list_public(on=on).items


def measures_in_force():
    return Measure.objects.filter(recalled_seq__isnull=True).count()


class TestObjection:
    def test_marks_the_listing_in_the_same_instant(self, listing, agent):
        before = shown()

        case = object_to(listing, agent)

        assert (before[0].is_disputed, shown()[0].is_disputed) == (False, True)
        objections.take(case=case, act="withdraw", by=by(agent))
        assert not shown()[0].is_disputed

    def test_waits_for_the_authority_that_listed(self, listing, agent):
        case = object_to(listing, agent)
        objections.take(case=case, act="accept", by=by(listings.OFFICE))

        waiting = list_inbox(actor=listings.FIRST, on=ON).items
        other = Actor("other", lists_for=frozenset({listings.SAFETY}))

        assert [each.id for each in waiting] == [case]
        assert not list_inbox(actor=other, on=ON).items

    def test_ends_the_listing_as_wrong_with_its_measures(self, listing, agent):
        before = measures_in_force()

        uphold(object_to(listing, agent))

        row = Listing.objects.get()
        assert (row.state, row.ended_on) == ("ANNULLED", row.decided_on)
        assert (before > 0, measures_in_force()) == (True, 0)
        assert not shown()
        assert not own.list_held(
            actor=agent, organization=next(iter(agent.organizations)), on=ON
        )

    def test_finds_nothing_to_end_where_it_ended_meanwhile(self, listing, agent):
        case = object_to(listing, agent)
        listings.record(listing, Event.REVOKE)

        uphold(case)

        assert Listing.objects.get().state == "REVOKED"

    def test_is_the_organizations_alone_and_raised_once(self, listing, agent):
        object_to(listing, agent)

        with pytest.raises(RefusedError, match="OBJECTION_OPEN"):
            object_to(listing, agent)
        with pytest.raises(UnknownListingError):
            object_to(listing, Actor("x", organizations=frozenset({"0"})))


class TestRepair:
    def test_ends_the_listing_and_recalls_its_measures(self, listing, agent):
        case = apply(listing, agent)
        repairs.take(case=case, act="accept", by=by(listings.FIRST))
        told = by(listings.FIRST, reason="已付清", outcome="repaired")
        repairs.take(case=case, act="propose", by=told)
        during = len(shown())
        decided = by(redress.SECOND, reason="同意", outcome="repaired")
        repairs.take(case=case, act="decide", by=decided)

        row = Listing.objects.get()
        assert (during, row.state, row.ended_on) == (1, "REPAIRED", ON)
        assert not shown()
        assert measures_in_force() == 0
        assert Delivery.objects.filter(topic="copies.delete").exists()

    def test_asks_for_what_the_rule_set_of_the_day_asks(self, listing, agent):
        next_year = listings.at(date(2020, 8, 3))
        unmet = replace(WHOLE, conduct_corrected=False)

        with pytest.raises(RefusedError, match="REPAIR_NOT_CORRECTED"):
            apply(listing, agent, unmet, at=next_year)

    def test_counts_the_months_that_the_list_itself_names(
        self, listing, agent, monkeypatch
    ):
        scheme = replace(
            list_schemes.scheme(listings.EXCLUSION), early_removal_months=6
        )
        monkeypatch.setattr(list_schemes, "scheme", lambda _: scheme)

        with pytest.raises(RefusedError) as refused:
            apply(listing, agent, at=listings.at(date(2019, 8, 1)))

        assert refused.value.code == "REPAIR_TOO_EARLY"
        assert refused.value.day == date(2019, 12, 12)

    def test_is_not_for_a_recognition(self, uscc, agent):
        listing = listings.published(uscc, scheme=listings.RECOGNITION)

        with pytest.raises(RefusedError, match="REPAIR_NOTHING_SHOWN"):
            apply(listing, agent)


class TestPages:
    @pytest.fixture
    def browser(self, listing, uscc, client, monkeypatch):
        monkeypatch.setattr("django.utils.timezone.now", lambda: listings.at(ON))
        accounts.agent("firm-jia", uscc=uscc)
        accounts.sign_in(client, "firm-jia")
        return client

    def test_lead_from_the_organization_to_an_objection(self, browser, uscc, listing):
        home = browser.get(f"/my/{uscc}/").content.decode()
        page = f"/my/{uscc}/listings/{listing}"
        sent = browser.post(f"{page}/object", {"ground": "工资已付清"}, follow=True)

        assert f'href="{page}"' in home
        assert browser.get(page).status_code == 200
        assert "异议已收到" in sent.content.decode() or sent.redirect_chain
        assert shown()[0].is_disputed

    def test_say_at_the_field_what_is_missing(self, browser, uscc, listing):
        page = f"/my/{uscc}/listings/{listing}"

        assert browser.post(f"{page}/object", {}).context["form"].errors
        applied = browser.post(f"{page}/repair", {"commits": "on"}, follow=True)
        assert applied.status_code == 200
        assert browser.get(f"/my/{uscc}/listings/999").status_code == 404
