"""The plausibility rules: each there, whole, and with its source."""

from __future__ import annotations

from importlib.resources import files

import pytest

from xinheng.core.submissions.plausibility import CODES
from xinheng.rulebook.failures import RulebookError
from xinheng.rulebook.plausibility import doubts, load

TEXT = (files("xinheng.rulebook") / "plausibility.toml").read_text("utf-8")


class TestDoubts:
    def test_are_all_there_with_texts_in_both_languages(self):
        assert tuple(doubts()) == CODES
        for doubt in doubts().values():
            assert all(
                (doubt.message_zh, doubt.message_en, doubt.advice_zh, doubt.advice_en)
            )

    def test_claim_no_text_as_their_source(self):
        assert {str(doubt.verification) for doubt in doubts().values()} == {
            "unverified"
        }


class TestLoad:
    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("[SAME_DAY]", "[SAME_WEEK]", "SAME_WEEK: is no plausibility rule"),
            ("times = 10\n", "", "needs times"),
            ("at_least = 20", "at_least = 0", "at_least: must be at least 1"),
            ("at_least = 20", "at_least = 20\ntimes = 2", "SAME_DAY: needs times"),
            ("known_months = 3", "known_months = 0", "thresholds of at least 1"),
        ],
    )
    def test_names_the_place_of_a_mistake(self, tmp_path, old, new, told):
        file = tmp_path / "plausibility.toml"
        file.write_text(TEXT.replace(old, new, 1), "utf-8")

        with pytest.raises(RulebookError, match=told):
            load(file)

    def test_misses_a_rule(self, tmp_path):
        file = tmp_path / "plausibility.toml"
        file.write_text(TEXT.partition("[FILE_AGAIN]")[0], "utf-8")

        with pytest.raises(RulebookError, match="FILE_AGAIN: is missing"):
            load(file)
