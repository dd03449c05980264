"""A run against simulated platforms: what is found out, and what never happens."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import exchange as made
from xinheng.core.exchange.answers import Answer, Kind
from xinheng.core.exchange.sending import Purpose
from xinheng.core.exchange.session import Session
from xinheng.core.exchange.upper_channel import SimulatedChannel
from xinheng.core.exchange.upper_rules import DAY, Telling


def send(platform, rows, **channel):
    way = SimulatedChannel(platform, **channel)
    return Session(platform.profile, "permit", way).run(rows), way


def bad_of(platform, rows):
    names = ("authority_uscc", "decision_no", "uscc")
    return {
        row.id
        for row in rows
        if platform.is_mismatched(
            "permit", "|".join(row.values[name] for name in names)
        )
    }


class TestIsolate:
    @given(count=st.integers(1, 70), one_of=st.integers(2, 40), seed=st.integers(0, 99))
    @settings(max_examples=60)
    def test_finds_exactly_the_bad_rows_within_the_bound(self, count, one_of, seed):
        platform = made.plain(made.profile(), mismatch_of=one_of, is_partial=False)
        platform.rules = replace(platform.rules, seed=seed)
        rows = made.rows(count)

        outcome, _ = send(platform, rows)

        assert set(outcome.refused) == bad_of(platform, rows)
        assert outcome.accepted == {row.id for row in rows} - set(outcome.refused)
        for one in outcome.isolations:
            most = 2 * one.bad * math.ceil(math.log2(one.rows)) if one.rows > 1 else 0
            assert one.sends <= most

    def test_counts_the_sends_that_isolate_apart(self):
        platform = made.plain(made.profile(), mismatch_of=10, is_partial=False)

        outcome, way = send(platform, made.rows(40))

        told = [each for each in way.trials if each.purpose is Purpose.ISOLATING]
        assert sum(each.sends for each in outcome.isolations) == len(told)
        assert outcome.sent[Purpose.PLAIN] == 1

    def test_sends_nothing_more_where_the_platform_names_the_rows(self):
        platform = made.plain(made.profile(), mismatch_of=10)

        outcome, way = send(platform, made.rows(40))

        assert len(way.trials) == 1
        assert {each.code for each in outcome.refused.values()} == {"1001"}


class TestLearn:
    @pytest.mark.parametrize("telling", list(Telling))
    @pytest.mark.parametrize(
        ("rule", "key"),
        [
            ({"rows": 13}, "limits.rows"),
            ({"date_format": "%Y%m%d"}, "date_format"),
            ({"forbidden": ("〔",)}, "forbidden"),
        ],
    )
    def test_finds_what_is_taken_and_tells_it_as_one_change(self, telling, rule, key):
        platform = made.plain(made.profile(), telling=telling, **rule)

        outcome, _ = send(platform, made.rows(30))

        assert len(outcome.accepted) == 30
        assert [each.key for each in outcome.changes] == [key]
        assert outcome.changes[0].lines()[1].startswith(f"+ {key} = ")

    def test_takes_the_number_that_an_answer_names(self):
        platform = made.plain(made.profile(), telling=Telling.EXPLICIT, rows=13)

        outcome, way = send(platform, made.rows(30))

        assert outcome.profile.limits.rows == 13
        assert len(way.trials) == 4

    def test_takes_the_order_of_the_platforms_header(self):
        profile = made.profile()
        titles = tuple(reversed(profile.sheet("permit").titles))
        platform = made.plain(profile, orders=(("permit", titles),))

        outcome, _ = send(platform, made.rows(3))

        assert outcome.profile.sheet("permit").titles == titles

    def test_stops_where_the_header_has_other_columns(self):
        platform = made.plain(made.profile(), orders=(("permit", ("别的", "列")),))

        outcome, _ = send(platform, made.rows(3))

        assert outcome.stopped == "TEMPLATE_DIFFERS"
        assert not outcome.accepted
        assert not outcome.refused

    def test_learns_how_many_packages_a_minute_are_taken(self):
        platform = made.plain(made.profile(), rows=2, per_minute=4)

        outcome, way = send(platform, made.rows(40))

        assert len(outcome.accepted) == 40
        assert outcome.profile.limits.per_minute <= 4
        assert sum(each.kind is Kind.BUSY for each in way.trials) == 1

    def test_proposes_nothing_that_did_not_help(self):
        platform = made.plain(made.profile(), mismatch_of=1, is_partial=False)

        outcome, _ = send(platform, made.rows(4))

        assert (len(outcome.refused), outcome.changes) == (4, ())


class TestAnswers:
    def test_asks_before_it_sends_what_may_have_arrived(self):
        platform = made.plain(made.profile(), rows=5, timeout_of=2, dedupes=False)

        outcome, _ = send(platform, made.rows(10), patience=1e9)

        assert platform.twice == 0
        assert len(platform.held) == len(outcome.accepted) == 10

    def test_takes_no_wrong_answer_for_an_acceptance(self):
        platform = made.plain(made.profile(), rows=3, wrong_of=1, dedupes=False)

        outcome, _ = send(platform, made.rows(30))

        assert platform.twice == 0
        assert len(outcome.accepted) == 30
        assert {"ROW_NEVER_SENT", "ANSWER_FORM"} <= {why for _, why in outcome.oddities}

    def test_accepts_nothing_before_the_feedback_came(self):
        platform = made.plain(made.profile(), late_seconds=3 * DAY)
        rows = made.rows(4)
        outcome, way = send(platform, rows)
        assert outcome.waiting == {row.id for row in rows}
        left = [
            replace(
                row, sent_in=(outcome.packages[row.id],), sent_key=outcome.keys[row.id]
            )
            for row in rows
        ]

        way.seconds += 3 * DAY
        later = Session(outcome.profile, "permit", way).run(left)

        assert len(later.accepted) == 4
        assert len(way.trials) == 1

    def test_leaves_everything_open_while_the_target_is_away(self):
        platform = made.plain(made.profile())

        outcome, _ = send(platform, made.rows(4), outages=[(0, DAY)])

        assert outcome.stopped == "UNREACHABLE"
        assert not outcome.accepted | outcome.waiting

    def test_sends_a_correction_and_does_not_take_the_old_state_for_it(self):
        platform = made.plain(made.profile())
        send(platform, [made.row(1)])

        class Deaf(SimulatedChannel):
            def send(self, package, purpose):
                super().send(package, purpose)
                return Answer(Kind.LOST)

        way = Deaf(platform)
        outcome = Session(platform.profile, "permit", way).run(
            [made.row(1, version="2")]
        )

        assert outcome.accepted == {"r000001"}
        assert len(way.trials) == 1

    def test_refuses_two_records_that_the_target_could_not_tell_apart(self):
        twin = replace(made.row(1), id="twin")

        outcome, _ = send(made.plain(made.profile()), [made.row(1), twin])

        assert outcome.refused["twin"].code == "R-TWO-KEYS"
