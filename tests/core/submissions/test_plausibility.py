"""Figures that are possible and not likely."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.submissions.plausibility import (
    Equal,
    find_equal,
    has_collapsed,
    has_exploded,
    ranges,
    usual,
)

counts = st.integers(0, 10**6)


class TestFindEqual:
    @pytest.mark.parametrize(
        ("columns", "found"),
        [
            ({"a": 3, "b": 3, "c": 3, "d": 3}, Equal(3, ("a", "b", "c", "d"))),
            ({"a": 3, "b": 3, "c": 3, "d": 4}, None),
            ({"a": 0, "b": 0, "c": 0, "d": 0}, None),
            ({}, None),
        ],
    )
    def test_needs_four_that_are_not_zero(self, columns, found):
        assert find_equal(columns, at_least=4) == found

    @given(st.dictionaries(st.text(), st.integers(0, 4)), st.integers(1, 6))
    def test_finds_a_number_that_no_other_beats(self, columns, at_least):
        found = find_equal(columns, at_least=at_least)

        times = [list(columns.values()).count(n) for n in set(columns.values()) - {0}]
        most = max(times, default=0)
        assert (found is None) == (most < at_least)
        assert found is None or len(found.columns) == most


class TestUsual:
    @pytest.mark.parametrize(
        ("months", "expected"),
        [([], None), ([0, 5, 7], None), ([5, 0, 9, 7], 7), ([1, 2, 3, 4], 2)],
    )
    def test_is_the_middle_of_the_months_with_records(self, months, expected):
        assert usual(months, known_months=3) == expected

    @given(st.lists(counts, min_size=1), st.integers(0, 5))
    def test_is_one_of_the_months(self, months, known_months):
        found = usual(months, known_months=known_months)

        assert found is None or found in months


class TestFarFromTheUsual:
    @pytest.mark.parametrize(
        ("count", "exploded", "collapsed"),
        [(4, False, True), (5, False, False), (399, False, False), (400, True, False)],
    )
    def test_is_ten_times_as_many_or_a_tenth(self, count, exploded, collapsed):
        limits = {"usual": 40, "times": 10, "at_least": 30}

        assert has_exploded(count, **limits) == exploded
        assert has_collapsed(count, **limits) == collapsed

    @given(counts, st.integers(1, 10**6), st.integers(2, 100), st.integers(1, 100))
    def test_is_never_both(self, count, usual, times, at_least):
        limits = {"usual": usual, "times": times, "at_least": at_least}

        assert not (has_exploded(count, **limits) and has_collapsed(count, **limits))


class TestRanges:
    @given(st.lists(st.integers(1, 60)))
    def test_name_every_number_and_no_other(self, numbers):
        told = set()
        for part in filter(None, ranges(numbers).split(",")):
            first, _, last = part.partition("-")
            told |= set(range(int(first), int(last or first) + 1))

        assert told == set(numbers)

    def test_are_short(self):
        assert ranges([7, 1, 2, 3, 2]) == "1-3,7"
