"""Rates: parts of a whole, whatever comes in."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.duties.test_due_dates import NOTICES, SEVEN_DAYS
from xinheng.core.duties import rates
from xinheng.core.duties.rates import Counts, Rate, Rows
from xinheng.core.duties.standing import Landed

numbers = st.integers(0, 10**6)
days = st.dates(date(2018, 1, 1), date(2028, 12, 31))
groups = st.lists(
    st.builds(Landed, st.just("2019-05"), st.none() | days, days, numbers), max_size=6
)


@st.composite
def some_rows(draw):
    received = draw(numbers)
    rejected = draw(st.integers(0, received))
    return Rows(received, rejected, draw(st.integers(0, received - rejected)))


some_counts = st.builds(
    lambda landed, rows, produced: rates.count(
        landed=landed, rows=rows, produced=produced, terms=SEVEN_DAYS, calendar=NOTICES
    ),
    groups,
    some_rows(),
    st.none() | numbers,
)


def of(counts):
    return counts.timely, counts.compliance, counts.reporting


class TestRate:
    def test_is_null_without_a_denominator(self):
        assert Rate(0, 0, "", "").value is None
        assert Rate(0, None, "", "").value is None

    @pytest.mark.parametrize(("part", "whole"), [(2, 1), (-1, 1), (1, None)])
    def test_refuses_what_is_no_part(self, part, whole):
        with pytest.raises(ValueError, match="part"):
            Rate(part, whole, "", "")


class TestCount:
    @given(some_counts)
    def test_gives_rates_from_0_to_1_whatever_comes_in(self, counts):
        for rate in of(counts):
            assert rate.value is None or 0 <= rate.value <= 1
            assert (rate.value is None) == (not rate.denominator)
            assert rate.formula_zh
            assert rate.formula_en

    @given(st.lists(some_counts, max_size=5))
    def test_still_does_when_datasets_are_added_up(self, several):
        together = rates.add(several)

        assert all(rate.value is None or 0 <= rate.value <= 1 for rate in of(together))
        assert together.omitted == sum(each.omitted for each in several)

    def test_shows_over_reporting_as_a_contradiction(self):
        counts = rates.count(
            landed=[Landed("2019-05", date(2019, 5, 6), date(2019, 5, 7), 5)],
            rows=Rows(5),
            produced=3,
            terms=SEVEN_DAYS,
            calendar=NOTICES,
        )

        assert counts.reporting.value == 1
        assert (counts.over_reported, counts.omitted) == (2, 0)

    def test_counts_late_omitted_and_wrong(self):
        decided_on = date(2019, 4, 26)
        counts = rates.count(
            landed=[
                Landed("2019-04", decided_on, date(2019, 5, 8), 3),
                Landed("2019-04", decided_on, date(2019, 5, 9), 1),
            ],
            rows=Rows(6, 1, 1),
            produced=10,
            terms=SEVEN_DAYS,
            calendar=NOTICES,
        )

        assert (counts.late, counts.omitted, counts.rejected) == (1, 6, 1)
        assert [rate.value for rate in of(counts)] == [
            Fraction(3, 4),
            Fraction(2, 3),
            Fraction(2, 5),
        ]

    def test_tells_nothing_declared_from_nothing_produced(self):
        assert Counts().reporting.denominator is None
        assert Counts(declared=True).reporting.denominator == 0

    def test_says_where_a_last_day_may_still_move(self):
        counts = rates.count(
            landed=[
                Landed("2026-12", day, day + timedelta(days=1), 1)
                for day in [date(2026, 12, 28)]
            ],
            rows=Rows(),
            produced=None,
            terms=SEVEN_DAYS,
            calendar=NOTICES,
        )

        assert counts.provisional


class TestAdd:
    def test_never_fills_one_datasets_gap_with_anothers_surplus(self):
        surplus = Counts(
            reported=9, declared=True, produced=5, matched=5, over_reported=4
        )
        gap = Counts(reported=1, declared=True, produced=5, matched=1)

        together = rates.add([surplus, gap])

        assert together.reporting.value == Fraction(6, 10)
        assert (together.omitted, together.over_reported) == (4, 4)
