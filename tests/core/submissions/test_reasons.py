"""Reasons are kept, so they say something, and nothing about a person."""

from __future__ import annotations

import random

import pytest

from tests.factories import people
from xinheng.core.submissions.reasons import LONGEST, Fault, ReasonError, require


class TestRequire:
    def test_returns_the_reason_without_blanks_around(self):
        assert require("  已核对\n") == "已核对"

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("", Fault.MISSING),
            ("\u3000\n", Fault.MISSING),
            ("长" * (LONGEST + 1), Fault.TOO_LONG),
        ],
    )
    def test_refuses_what_says_nothing_or_too_much(self, text, fault):
        with pytest.raises(ReasonError) as refused:
            require(text)

        assert refused.value.fault is fault

    def test_refuses_a_personal_number_and_repeats_none(self):
        number = people.number_18(random.Random(1))

        with pytest.raises(ReasonError) as refused:
            require(f"见证件 {number}")

        assert refused.value.fault is Fault.PERSONAL_ID
        assert number not in repr(refused.value)
