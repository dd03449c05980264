"""Conditions: a figure and two limits, in either direction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.upkeep.conditions import (
    BY_CODE,
    LIMITS,
    SEVERITY,
    Condition,
    Limit,
    State,
    worst,
)

FIGURES = st.floats(allow_nan=False, min_value=-1e9, max_value=1e9)


class TestJudge:
    @pytest.mark.parametrize(
        ("value", "state"),
        [(0.9, "fine"), (1, "warn"), (9.9, "warn"), (10, "bad"), (11, "bad")],
    )
    def test_more_is_worse(self, value, state):
        assert Limit("x", "count", 1, 10).judge(value) == state

    @pytest.mark.parametrize(
        ("value", "state"), [(31, "fine"), (30, "warn"), (7, "bad"), (-1, "bad")]
    )
    def test_less_is_worse_where_the_second_limit_is_lower(self, value, state):
        assert Limit("x", "days", 30, 7).judge(value) == state

    def test_says_for_itself_what_it_is_without_a_figure(self):
        assert BY_CODE["backup_age"].judge(None) == State.BAD
        assert BY_CODE["certificate_left"].judge(None) == State.UNKNOWN
        assert BY_CODE["deliveries_age"].judge(None) == State.FINE

    @given(st.sampled_from(LIMITS), FIGURES, FIGURES)
    def test_never_gets_better_by_going_the_wrong_way(self, limit, one, other):
        better, worse = sorted([one, other], reverse=limit.falls)

        assert SEVERITY[limit.judge(better)] <= SEVERITY[limit.judge(worse)]


class TestWorst:
    def test_is_the_most_severe(self):
        limit = Limit("x", "count", 1, 10)

        assert worst([Condition(limit, 0), Condition(limit, 3)]) == 1
        assert worst([]) == 0


def test_every_condition_has_one_name_and_a_known_unit():
    assert len(BY_CODE) == len(LIMITS)
    assert {each.unit for each in LIMITS} <= {"seconds", "days", "count", "ratio"}
