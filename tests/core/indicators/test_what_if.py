"""What an act moves, and how often it is needed: never a share above the whole."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.indicators.test_figures import figure
from xinheng.core.catalog.datasets import Verification
from xinheng.core.indicators import what_if
from xinheng.core.indicators.packs import Form
from xinheng.core.indicators.what_if import Action

COUNTS = st.integers(0, 2000)


def action(numerator=1, denominator=0, moved="x"):
    return Action(
        "act", "做", "act", moved, numerator, denominator,
        Verification.COMPUTED, "test",
    )  # fmt: skip


class TestApply:
    def test_tells_before_after_and_effort(self):
        effect = what_if.apply(figure(50, 100), action(), 10, hours_each=Decimal("0.5"))

        assert (effect.before, effect.after) == (Fraction(1, 2), Fraction(3, 5))
        assert (effect.change, effect.hours) == (Fraction(1, 10), 5)

    def test_stops_at_the_whole_and_at_nothing(self):
        full = what_if.apply(figure(98, 100), action(), 10)
        none = what_if.apply(figure(3, 100), action(-1), 10)

        assert (full.after, full.times) == (1, 2)
        assert (none.after, none.times) == (0, 3)

    def test_knows_nothing_of_what_is_not_known(self):
        effect = what_if.apply(figure(None), action(), 5)

        assert (effect.before, effect.after, effect.change) == (None, None, None)
        assert what_if.apply(figure(0, 0), action(1, 1), 5).change is None

    def test_refuses_an_act_on_another_input(self):
        with pytest.raises(ValueError, match="does not move"):
            what_if.apply(figure(1, 2), action(moved="y"), 1)

    @given(COUNTS, COUNTS, COUNTS, st.sampled_from([(1, 0), (1, 1), (-1, 0), (0, 1)]))
    def test_keeps_a_share_a_share(self, numerator, more, times, adds):
        effect = what_if.apply(
            figure(numerator, numerator + more), action(*adds), times
        )

        assert effect.after is None or 0 <= effect.after <= 1
        assert effect.times <= times


class TestNeeded:
    def test_finds_the_fewest(self):
        assert what_if.needed(figure(50, 100), action(), Fraction(3, 5)) == 10
        assert what_if.needed(figure(50, 100), action(1, 1), Fraction(3, 5)) == 25
        days = figure(30, 4, Form.DAYS)
        assert what_if.needed(days, action(-1), Fraction(5)) == 10

    def test_says_where_it_is_never_reached(self):
        assert what_if.needed(figure(50, 100), action(1, 1), Fraction(1)) is None
        assert what_if.needed(figure(0, 0), action(1, 1), Fraction(1, 2)) is None

    @given(COUNTS, COUNTS, st.fractions(0, 1, max_denominator=50),
           st.sampled_from([(1, 0), (1, 1)]))  # fmt: skip
    def test_reaches_with_it_and_not_with_one_less(self, numerator, more, target, adds):
        before, act = figure(numerator, numerator + more + 1), action(*adds)

        times = what_if.needed(before, act, target, most=5000)

        if times is None:
            assert what_if.apply(before, act, 5000).after < target
        else:
            assert what_if.apply(before, act, times).after >= target
            assert times == 0 or what_if.apply(before, act, times - 1).after < target
