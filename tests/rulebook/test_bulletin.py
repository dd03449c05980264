"""The rule by which a bulletin names units."""

from __future__ import annotations

from fractions import Fraction
from importlib.resources import files

import pytest

from xinheng.rulebook import bulletin
from xinheng.rulebook.failures import RulebookError


class TestRules:
    def test_are_shares_and_a_length(self):
        rule = bulletin.rules().leading

        assert rule.thresholds.compliance_at_least == Fraction(95, 100)
        assert rule.verification.value == "unverified"

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("compliance_at_least = 0.95", "compliance_at_least = 1.5"),
            ("at_most = 10", "at_most = 0"),
            ("at_most = 10", "at_least = 10"),
        ],
    )
    def test_are_refused_where_they_are_none(self, tmp_path, old, new):
        text = (files("xinheng.rulebook") / "bulletin.toml").read_text("utf-8")
        assert old in text
        (tmp_path / "bulletin.toml").write_text(text.replace(old, new), "utf-8")

        with pytest.raises(RulebookError):
            bulletin.load(tmp_path / "bulletin.toml")
