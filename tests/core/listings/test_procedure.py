"""The table is whole, and every path through it keeps the law.

The model check walks through all states that the machine can reach, with every event,
by two persons, on every day that makes a difference, complete and incomplete. It stops
where nothing new is found, so no path is longer than what was walked.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import pytest

from xinheng.core.listings import filling
from xinheng.core.listings.advancing import (
    _BROKEN,
    Act,
    Around,
    Listing,
    Refused,
    advance,
    is_in_force,
)
from xinheng.core.listings.clocks import Window
from xinheng.core.listings.procedure import (
    EFFECTIVE,
    ENDS,
    TABLE,
    Event,
    Guard,
    Measures,
    Need,
    State,
    Who,
    events_from,
    step,
)
from xinheng.core.listings.schemes import ListKind

SERVED, CLOSES, HEARING_UNTIL = date(2019, 6, 3), date(2019, 6, 11), date(2019, 6, 12)
AFTER, LATER = date(2019, 6, 13), date(2019, 7, 1)
TERM = 24
END = date(2021, 6, 13)
DAYS = (SERVED, CLOSES, HEARING_UNTIL, AFTER, LATER, END)
CODE, SOLE = "91210899MA000000XX", "92210899MA000000XX"
LAWFUL = Around(
    is_adopted=True,
    term_months=TERM,
    bases=frozenset({"《某法》第一条"}),
    window=Window(SERVED, CLOSES, HEARING_UNTIL, False),
)
AROUND = (
    LAWFUL,
    dataclasses.replace(LAWFUL, is_excluded=True),
    dataclasses.replace(LAWFUL, is_adopted=False),
    dataclasses.replace(LAWFUL, lacks=("NO_PROOF_OF_NOTICE",)),
)


def told(event, day, end=END):
    """Return what an event brings, on a day."""
    texts = {need: need.value for need in step(event).needs}
    days = {
        need: (end if need is Need.EXPIRES_ON else day)
        for need in texts
        if need.value.endswith("_on")
    }
    basis = {Need.BASIS: "《某法》第一条"} if Need.BASIS in texts else {}
    return {**texts, **days, **basis}


def acts() -> Iterator[tuple[Act, Around]]:
    for event in Event:
        for day in DAYS:
            for by in ("first", "second"):
                whole = told(event, day)
                for around in AROUND:
                    yield Act(event, by, day, whole), around
                for need in whole:
                    less = {key: whole[key] for key in whole if key is not need}
                    yield Act(event, by, day, less), LAWFUL


IMPORTS = (
    Listing(CODE, ListKind.EXCLUSION),
    Listing(
        CODE,
        ListKind.EXCLUSION,
        basis="《某法》第一条",
        notice_proof="回执",
        notice_served_on=SERVED,
        window_closes_on=CLOSES,
        decided_on=AFTER,
        expires_on=END,
    ),
)


@dataclasses.dataclass(frozen=True)
class Seen:
    """A listing with what is true of its measures and its way so far."""

    listing: Listing
    has_measures: bool = False
    is_imported: bool = False


@cache
def walked() -> set[Seen]:
    """Return everything that can be reached."""
    starts = [
        Seen(Listing(code, kind)) for code in (CODE, SOLE) for kind in ListKind
    ] + [Seen(each, is_imported=True) for each in IMPORTS]
    found = set(starts)
    waiting = deque(starts)
    offered = list(acts())
    while waiting:
        seen = waiting.popleft()
        can_follow = [row.event for row in TABLE if _starts_at(row, seen)]
        for act, around in offered:
            if act.event not in can_follow:
                continue
            for after in _after(seen, act, around):
                if after not in found:
                    found.add(after)
                    waiting.append(after)
    return found


def _starts_at(row, seen: Seen) -> bool:
    return seen.listing.state in (row.sources or (None,))


def _after(seen: Seen, act: Act, around: Around) -> Iterator[Seen]:
    if seen.is_imported and act.event is Event.PROPOSE:
        return
    if act.event is Event.ACCEPT and not seen.listing.decided_on:
        around = dataclasses.replace(around, lacks=("NO_DECISION",))
    after = advance(seen.listing, act, around)
    if isinstance(after, Refused):
        return
    effect = step(act.event).measures
    fired = {Measures.FIRE: True, Measures.RECALL: False, Measures.NONE: None}[effect]
    has = seen.has_measures if fired is None else fired
    yield Seen(after, has, seen.is_imported)


def effective() -> list[Seen]:
    return [each for each in walked() if each.listing.state in EFFECTIVE]


class TestTable:
    def test_has_one_row_for_each_event(self):
        assert [row.event for row in TABLE] == list(Event)

    def test_uses_every_guard_and_knows_how_to_ask_it(self):
        used = {guard for row in TABLE for guard in row.guards}

        assert used == set(Guard) == set(_BROKEN)

    def test_recalls_measures_at_every_end_and_at_a_stay(self):
        recalls = {row.event for row in TABLE if row.measures is Measures.RECALL}
        ends = {row.event for row in TABLE if row.target in ENDS}

        assert recalls == ends | {Event.STAY}

    def test_brings_a_listing_into_force_only_by_another_person(self):
        into_force = [row for row in TABLE if row.target is State.IN_FORCE]

        assert {row.event for row in into_force} == {Event.DECIDE, Event.ACCEPT}
        for row in into_force:
            assert row.who is Who.OTHER
            assert Guard.SAME_PERSON in row.guards
            assert row.measures is Measures.FIRE

    @pytest.mark.parametrize("state", [*EFFECTIVE, *ENDS])
    def test_fills_what_due_process_demands_on_every_path(self, state):
        demanded = {
            *("basis", "notice_served_on", "notice_proof", "window_closes_on"),
            *("proposed_by", "decided_by", "decided_on", "decision_no", "expires_on"),
        }

        assert demanded <= filling.filled_in(state)

    def test_lets_nothing_follow_an_end(self):
        for state in (*ENDS, State.DROPPED):
            assert events_from(state) == ()


class TestEveryPath:
    def test_reaches_every_state(self):
        reached = {each.listing.state for each in walked()}

        assert reached == {*State, None}

    def test_into_force_has_basis_notice_closed_window_second_person_and_term(self):
        assert effective()
        for each in effective():
            listing = each.listing
            assert listing.basis
            assert listing.notice_proof
            assert listing.notice_served_on <= listing.window_closes_on
            assert listing.window_closes_on < listing.decided_on < listing.expires_on
            assert listing.decided_by not in ("", listing.proposed_by)

    def test_into_force_leaves_time_to_ask_for_a_hearing(self):
        for each in effective():
            until = each.listing.hearing_until
            assert each.is_imported or each.listing.decided_on > until

    def test_puts_no_sole_proprietor_on_any_list(self):
        states = {each.listing.state for each in walked() if each.listing.code == SOLE}

        assert states == {None}

    def test_leaves_no_measure_of_a_listing_that_has_ended_or_is_stayed(self):
        for each in walked():
            has_effect = each.listing.state in EFFECTIVE and not each.listing.is_stayed
            assert each.has_measures == has_effect

    def test_answers_every_statement_and_hears_everyone_who_asked(self):
        assert {State.STATED, State.HEARING}.isdisjoint(step(Event.DECIDE).sources)
        assert set(events_from(State.HEARING)) == {Event.HEAR, Event.DROP}
        assert set(events_from(State.STATED)) == {
            Event.REQUEST_HEARING,
            Event.ANSWER,
            Event.DROP,
        }

    def test_shows_nothing_after_the_term_whether_swept_or_not(self):
        for each in effective():
            last = each.listing.expires_on - timedelta(days=1)
            assert is_in_force(each.listing, last) is not each.listing.is_stayed
            assert not is_in_force(each.listing, each.listing.expires_on)

    def test_is_never_in_force_outside_the_two_states(self):
        for each in walked():
            if each.listing.state not in EFFECTIVE:
                assert not any(is_in_force(each.listing, day) for day in DAYS)


def notified(kind=ListKind.EXCLUSION):
    listing = Listing(CODE, kind)
    for event in (Event.PROPOSE, Event.SERVE):
        act = Act(event, "first", LATER, told(event, SERVED))
        listing = advance(listing, act, LAWFUL)
    return listing


def decided(by="second", day=AFTER, end=END, around=LAWFUL, kind=ListKind.EXCLUSION):
    act = Act(Event.DECIDE, by, LATER, told(Event.DECIDE, day, end))
    return advance(notified(kind), act, around)


class TestDecide:
    def test_is_done_by_another_person_after_the_window(self):
        assert decided().state is State.IN_FORCE

    @pytest.mark.parametrize(
        ("changes", "rule"),
        [
            ({"by": "first"}, "SAME_PERSON"),
            ({"day": CLOSES}, "WINDOW_OPEN"),
            ({"day": HEARING_UNTIL}, "WINDOW_OPEN"),
            ({"day": date(2019, 7, 2)}, "DAY_AHEAD"),
            ({"end": date(2021, 6, 14)}, "TERM_TOO_LONG"),
            ({"end": LATER}, "TERM_OVER"),
        ],
    )
    def test_is_refused_with_the_rule(self, changes, rule):
        assert decided(**changes).rule == rule

    @pytest.mark.parametrize(
        ("changes", "rule"),
        [
            ({"may_determine": False}, "AUTHORITY_OUTSIDE_SCHEME"),
            ({"is_scheme_active": False}, "SCHEME_INACTIVE"),
            ({"is_organization_active": False}, "ORGANIZATION_ENDED"),
            ({"is_listed": True}, "ALREADY_LISTED"),
            ({"is_adopted": False}, "NOT_ADOPTED"),
        ],
    )
    def test_is_refused_for_what_is_true_around_it(self, changes, rule):
        around = dataclasses.replace(LAWFUL, **changes)

        assert decided(around=around).rule == rule

    def test_recognizes_nobody_who_is_on_an_exclusion(self):
        around = dataclasses.replace(LAWFUL, is_excluded=True)

        assert decided(around=around).state is State.IN_FORCE
        refused = decided(around=around, kind=ListKind.RECOGNITION)
        assert refused.rule == "ON_AN_EXCLUSION"

    def test_names_what_is_missing(self):
        act = Act(Event.DECIDE, "second", LATER, {Need.DECISION_NO: "示〔2019〕1号"})

        refused = advance(notified(), act, LAWFUL)

        assert refused.missing == (Need.DECIDED_ON, Need.EXPIRES_ON)

    def test_is_unknown_before_a_notice(self):
        listing = Listing(CODE, ListKind.EXCLUSION, State.PROPOSED)
        act = Act(Event.DECIDE, "second", LATER, told(Event.DECIDE, AFTER))

        assert advance(listing, act, LAWFUL) == Refused()


class TestStatement:
    def test_is_in_time_on_the_last_day_and_not_after(self):
        for day, is_in_time in ((CLOSES, True), (HEARING_UNTIL, False)):
            act = Act(Event.STATE, "first", LATER, told(Event.STATE, day))
            after = advance(notified(), act, LAWFUL)
            assert isinstance(after, Listing) is is_in_time

    def test_must_be_answered_before_the_decision(self):
        act = Act(Event.STATE, "first", LATER, told(Event.STATE, CLOSES))
        stated = advance(notified(), act, LAWFUL)
        decide = Act(Event.DECIDE, "second", LATER, told(Event.DECIDE, AFTER))

        assert advance(stated, decide, LAWFUL) == Refused()


class TestIsInForce:
    def test_ends_with_the_last_day_of_the_term(self):
        listing = decided()

        assert not is_in_force(listing, CLOSES)
        assert is_in_force(listing, AFTER)
        assert is_in_force(listing, END - timedelta(days=1))
        assert not is_in_force(listing, END)

    def test_pauses_while_a_court_has_stayed_it(self):
        act = Act(Event.STAY, "first", LATER, told(Event.STAY, LATER))

        assert not is_in_force(advance(decided(), act, LAWFUL), LATER)
