"""Texts of suggestions: one for every reason, in both languages."""

import pytest

from xinheng.core.linkage.repair import Reason, Suggestion
from xinheng.core.linkage.slips import Slip, Step
from xinheng.rulebook import suggestions


def suggestion(*steps, reasons=(Reason.HELD, Reason.SAME_NAME)):
    return Suggestion("91110000600037341L", steps, True, 1.0, reasons, True)


class TestTell:
    @pytest.mark.parametrize("slip", list(Slip))
    def test_says_what_happened_where(self, slip):
        told = suggestions.tell(suggestion(Step(5, slip, "8", "B")))

        assert told.codes == (f"{slip}@5", "HELD", "SAME_NAME")
        assert "8" in told.zh or "B" in told.zh
        assert "{" not in told.zh + told.en

    @pytest.mark.parametrize("reason", [*Reason])
    def test_has_a_text_for_every_reason_in_both_languages(self, reason):
        texts = suggestions.load()[reason]

        assert texts.text_zh
        assert texts.text_en.isascii()

    def test_names_the_first_codes_that_are_as_likely(self):
        step = Step(5, Slip.SUBSTITUTION, "8", "3")

        told = suggestions.tell_several([suggestion(step)] * 5)

        assert told.codes == ("SEVERAL",)
        assert "5" in told.zh
        assert told.zh.count("91110000600037341L") == 3
