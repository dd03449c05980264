"""A listing goes through its procedure, or stays where it is and says why."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tests.factories import listings, register
from tests.factories.listings import (
    CLOSES_ON,
    DECIDED_ON,
    EXPIRES_ON,
    FIRST,
    OFFICE,
    RECOGNITION,
    SECOND,
    UNIT,
    by,
    listed,
    notified,
    propose,
    record,
    told,
)
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger.models import Entry
from xinheng.apps.listings import demanding, operations, queries
from xinheng.apps.listings.models import Listing, ListingEvent
from xinheng.apps.listings.operations import RefusedError
from xinheng.apps.measures.models import Application
from xinheng.apps.organizations.models import Organization
from xinheng.apps.outbox.models import Delivery
from xinheng.core.listings.procedure import ENDS, Event, Need, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(settings) -> str:
    return listings.found(settings)


@pytest.fixture
def fired(monkeypatch) -> list[tuple[str, str]]:
    """Listen to what the measures are told, without memoranda of the fictional city."""
    heard: list[tuple[str, str]] = []
    monkeypatch.setattr(
        operations.measures,
        "fire",
        lambda **said: heard.append(("fire", said["cause"].id)) or 0,
    )
    monkeypatch.setattr(
        operations.measures,
        "recall",
        lambda **said: heard.append(("recall", said["cause"].id)) or 0,
    )
    return heard


def state(listing: int) -> str:
    return Listing.objects.get(id=listing).state


def refused(act) -> str:
    with pytest.raises(RefusedError) as error:
        act()
    return error.value.rule


class TestPropose:
    def test_begins_with_basis_and_facts(self, code):
        listing = propose(code)

        row = Listing.objects.get(id=listing)
        assert (row.state, row.uscc, row.proposed_by) == ("PROPOSED", code, "first")

    def test_is_for_the_authority_alone(self, code):
        for stranger in (OFFICE, Actor("clerk", units=frozenset({UNIT}))):
            with pytest.raises(NotAllowedError):
                propose(code, actor=stranger)

    def test_refuses_an_authority_outside_the_list(self, code):
        act = lambda: operations.propose(  # noqa: E731
            scheme=RECOGNITION,
            uscc=code,
            authority=UNIT,
            told=told(Event.PROPOSE, basis=listings.SAFETY_BASIS),
            by=by(FIRST),
        )

        assert refused(act) == "AUTHORITY_OUTSIDE_SCHEME"

    def test_refuses_an_organization_that_the_register_does_not_hold(self, code):
        unknown = register.valid_code("91210899", 777)

        assert refused(lambda: propose(unknown)) == "UNKNOWN_ORGANIZATION"

    def test_refuses_a_sole_proprietor(self, code):
        sole = register.add("示例市甲经营部", prefix="92210899")[0]

        assert refused(lambda: propose(sole)) == "SOLE_PROPRIETOR"

    def test_refuses_a_basis_that_is_none_of_the_lists(self, code):
        other = lambda: propose(code, basis="《别的办法》第一条")  # noqa: E731

        assert refused(other) == "BASIS_OUTSIDE_SCHEME"

    def test_refuses_a_list_that_the_city_does_not_use(self, code, settings):
        settings.DEMO = False

        assert refused(lambda: propose(code)) == "SCHEME_INACTIVE"

    def test_keeps_no_identity_number(self, code):
        act = lambda: propose(code, facts="证件 11010519491231002X")  # noqa: E731

        assert refused(act) == "PERSONAL_ID"
        assert not Listing.objects.exists()


class TestDecide:
    def test_comes_into_force_with_measures_event_entry_and_message(self, code, fired):
        listing = listed(code)

        row = Listing.objects.get(id=listing)
        assert row.state == State.IN_FORCE
        assert (row.window_closes_on, row.decided_by) == (CLOSES_ON, "second")
        assert fired == [("fire", str(listing))]
        kinds = Entry.objects.filter(subject=f"listing:{listing}").order_by("seq")
        assert list(kinds.values_list("kind", flat=True)) == [
            "listing.propose",
            "listing.serve",
            "listing.decide",
        ]
        assert ListingEvent.objects.filter(listing=listing).count() == 3
        assert Delivery.objects.filter(topic=operations.TOPIC).count() == 3

    def test_is_refused_to_the_person_who_proposed(self, code):
        listing = notified(code)

        again = lambda: record(listing, Event.DECIDE, actor=FIRST)  # noqa: E731
        assert refused(again) == "SAME_PERSON"

    def test_is_refused_inside_the_window(self, code):
        listing = notified(code)

        early = lambda: record(  # noqa: E731
            listing, Event.DECIDE, actor=SECOND, decided_on=CLOSES_ON
        )
        assert refused(early) == "WINDOW_OPEN"

    def test_waits_for_the_answer_to_a_statement(self, code):
        listing = notified(code)
        record(listing, Event.STATE)
        decide = lambda: record(listing, Event.DECIDE, actor=SECOND)  # noqa: E731

        assert refused(decide) == "NOT_NOW"
        record(listing, Event.ANSWER)
        decide()

        assert state(listing) == State.IN_FORCE

    def test_hears_whoever_asked_for_it(self, code):
        listing = notified(code)
        record(listing, Event.REQUEST_HEARING)
        record(listing, Event.HEAR)
        record(listing, Event.ANSWER)
        record(listing, Event.DECIDE, actor=SECOND)

        assert state(listing) == State.IN_FORCE

    def test_is_refused_before_the_rulebook_is_adopted(self, settings):
        listing = notified(listings.found(settings, adopt=False))

        decide = lambda: record(listing, Event.DECIDE, actor=SECOND)  # noqa: E731
        assert refused(decide) == "NOT_ADOPTED"

    def test_is_for_the_authority_alone(self, code):
        listing = notified(code)

        with pytest.raises(NotAllowedError):
            record(listing, Event.DECIDE, actor=OFFICE)

    def test_says_what_is_missing(self, code):
        listing = notified(code)

        with pytest.raises(RefusedError) as error:
            record(listing, Event.DECIDE, actor=SECOND, decision_no=" ")

        assert error.value.rule == "REQUIRED"
        assert error.value.missing == (Need.DECISION_NO,)

    def test_leaves_nothing_behind_where_the_measures_fail(self, code, monkeypatch):
        listing = notified(code)

        def fail(**said):
            raise RuntimeError

        monkeypatch.setattr(operations.measures, "fire", fail)
        with pytest.raises(RuntimeError):
            record(listing, Event.DECIDE, actor=SECOND)

        assert state(listing) == State.NOTIFIED
        assert not Entry.objects.filter(kind="listing.decide").exists()


class TestPublish:
    def test_is_dated_and_refused_while_a_court_has_stayed_the_listing(self, code):
        listing = listed(code)
        record(listing, Event.STAY)
        publish = lambda: record(listing, Event.PUBLISH)  # noqa: E731
        assert refused(publish) == "STAYED"
        record(listing, Event.LIFT_STAY)

        publish()

        assert Listing.objects.get(id=listing).published_on == DECIDED_ON


class TestCrossCheck:
    def test_recognizes_nobody_who_is_on_an_exclusion(self, code):
        listed(code)

        recognize = lambda: listed(code, scheme=RECOGNITION)  # noqa: E731
        assert refused(recognize) == "ON_AN_EXCLUSION"

    def test_ends_a_recognition_when_an_exclusion_begins(self, code, fired):
        recognized = listed(code, scheme=RECOGNITION)

        excluded = listed(code)

        assert state(recognized) == State.REVOKED
        assert fired == [
            ("fire", str(recognized)),
            ("fire", str(excluded)),
            ("recall", str(recognized)),
        ]


class TestEnds:
    @pytest.mark.parametrize(
        ("event", "actor"),
        [
            (Event.REPAIR, FIRST),
            (Event.REVOKE, FIRST),
            (Event.ANNUL, OFFICE),
            (Event.ORGANIZATION_GONE, OFFICE),
        ],
    )
    def test_recall_the_measures_in_the_same_act(self, code, fired, event, actor):
        listing = listed(code)

        record(listing, event, actor=actor)

        assert state(listing) in ENDS
        assert fired[-1] == ("recall", str(listing))
        assert queries.list_in_force(organization=key(code), on=DECIDED_ON) == ()

    def test_free_the_place_for_a_new_procedure(self, code):
        record(listed(code), Event.REVOKE)

        assert state(listed(code)) == State.IN_FORCE


class TestStay:
    def test_suspends_the_effect_and_comes_back_with_the_rest_of_the_term(
        self, code, fired
    ):
        listing = listed(code)
        record(listing, Event.STAY, actor=OFFICE, on=date(2019, 6, 13))
        assert queries.list_in_force(organization=key(code), on=DECIDED_ON) == ()

        later = date(2019, 7, 1)
        record(listing, Event.LIFT_STAY, effective_on=later, on=later)

        assert fired == [
            ("fire", str(listing)),
            ("recall", str(listing)),
            ("fire", str(listing)),
        ]
        assert queries.list_in_force(organization=key(code), on=later)
        assert Listing.objects.get(id=listing).expires_on == EXPIRES_ON


class TestDatabase:
    @pytest.mark.parametrize("column", demanding.columns())
    def test_refuses_a_state_without_a_column_that_it_demands(self, code, column):
        listing = listed(code)
        empty = None if column.endswith(("_on", "_until")) else ""
        for demanded in demanding.states_with(column):
            with pytest.raises(IntegrityError), transaction.atomic():
                Listing.objects.filter(id=listing).update(
                    state=demanded, **{column: empty}
                )

    @pytest.mark.parametrize(
        "wrong",
        [
            {"decided_by": "first"},
            {"decided_on": CLOSES_ON},
            {"window_closes_on": date(2019, 6, 2)},
            {"expires_on": DECIDED_ON},
            {"uscc": "92210899MA0000000X"},
        ],
    )
    def test_refuses_one_person_wrong_days_and_a_sole_proprietor(self, code, wrong):
        listed(code)

        with pytest.raises(IntegrityError), transaction.atomic():
            Listing.objects.update(**wrong)

    def test_refuses_the_same_list_twice(self, code):
        listing = Listing.objects.get(id=listed(code))

        listing.id = None
        with pytest.raises(IntegrityError), transaction.atomic():
            listing.save()


class TestMeasures:
    def test_begin_with_the_decision_and_are_recalled_with_the_end(self, code):
        listing = listed(code, scheme=RECOGNITION)
        live = Application.objects.filter(recalled_seq=None)
        assert live.count() == Application.objects.count() > 0
        assert {each.cause_id for each in live} == {str(listing)}

        record(listing, Event.REVOKE)

        assert live.all().count() == 0


def key(code: str) -> int:
    return Organization.objects.get(uscc=code).id
