"""When a cause is in force: by its days, and by what a ledger of a size knew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.standing.effects import Effect

EFFECT = Effect(
    cause=("listing", "1"),
    scheme="arrears",
    measures=(("memo", "M-PROC"),),
    effective_on=date(2026, 6, 1),
    expires_on=date(2027, 6, 1),
    begun_seq=10,
)
ENDED = replace(EFFECT, ended_on=date(2026, 9, 1), ended_seq=20)


class TestIsInForce:
    @pytest.mark.parametrize(
        ("on", "expected"),
        [
            (date(2026, 5, 31), False),
            (date(2026, 6, 1), True),
            (date(2027, 5, 31), True),
            (date(2027, 6, 1), False),
        ],
    )
    def test_lasts_for_its_term(self, on, expected):
        assert EFFECT.is_in_force(on, 100) is expected

    @pytest.mark.parametrize(
        ("on", "size", "expected"),
        [
            (date(2026, 8, 31), 100, True),
            (date(2026, 9, 1), 100, False),
            (date(2026, 9, 1), 20, True),  # the end is entry 20, not known yet
            (date(2026, 9, 1), 21, False),
        ],
    )
    def test_ends_when_the_ledger_says_so(self, on, size, expected):
        assert ENDED.is_in_force(on, size) is expected

    def test_was_not_known_before_its_entry(self):
        assert not EFFECT.is_in_force(date(2026, 7, 1), 10)
        assert EFFECT.is_in_force(date(2026, 7, 1), 11)

    @given(days=st.integers(-400, 800), size=st.integers(0, 40))
    def test_an_end_never_lengthens_it(self, days, size):
        on = EFFECT.effective_on + timedelta(days=days)

        if ENDED.is_in_force(on, size):
            assert EFFECT.is_in_force(on, size)
