"""A figure has a value only where there is one."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.catalog.datasets import Verification
from xinheng.core.indicators import figures
from xinheng.core.indicators.figures import Figure, State
from xinheng.core.indicators.packs import Better, Form, Input

ON = date(2019, 5, 31)


def an_input(form=Form.SHARE, name="x"):
    return Input(
        name, "指标", "input", form, Better.HIGHER, "公式", "formula",
        Verification.UNVERIFIED, "test", "分母", "denominator",
    )  # fmt: skip


def figure(numerator, denominator=None, form=Form.SHARE):
    return Figure(an_input(form), numerator, denominator, ON)


class TestState:
    @pytest.mark.parametrize(
        ("numerator", "denominator", "state"),
        [
            (3, 4, State.KNOWN),
            (None, 4, State.NOT_HELD),
            (0, None, State.NOT_DECLARED),
            (0, 0, State.ZERO_DENOMINATOR),
            (5, 4, State.CONTRADICTS),
        ],
    )
    def test_says_why_there_is_no_value(self, numerator, denominator, state):
        found = figure(numerator, denominator)

        assert found.state is state
        assert (found.value is not None) == (state is State.KNOWN)

    @given(st.integers(0, 10**9), st.one_of(st.none(), st.integers(0, 10**9)))
    def test_keeps_a_share_within_the_whole(self, numerator, denominator):
        value = figure(numerator, denominator).value

        assert value is None or 0 <= value <= 1

    def test_lets_days_and_counts_exceed_one(self):
        assert figure(30, 4, Form.DAYS).value == Fraction(15, 2)
        assert figure(12, None, Form.COUNT).value == 12


class TestFigures:
    def test_has_one_for_every_input_counted_or_not(self):
        inputs = {"x": an_input(), "y": an_input(name="y")}

        found = figures.figures(inputs, {"x": (1, 2)}, on=ON)

        assert found["x"].value == Fraction(1, 2)
        assert found["y"].state is State.NOT_HELD
