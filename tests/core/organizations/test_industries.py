"""Codes of industries, with and without the section's letter."""

from __future__ import annotations

import pytest

from xinheng.core.organizations import industries
from xinheng.rulebook import organizations


class TestRead:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("F", "F"),
            ("f5111", "F5111"),
            (" 0111 ", "A0111"),
            ("70", "K70"),
            ("A70", None),
            ("F5", None),
            ("99", None),
            ("批发", None),
            ("", None),
        ],
    )
    def test_gives_the_letter_to_the_digits(self, text: str, code: str | None) -> None:
        assert industries.read(text, organizations.sections()) == code
