"""How names are folded before they are compared."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xinheng.core.linkage import folding

SIMPLIFIED = {ord("營"): "营", ord("鋼"): "钢"}


def fold(text):
    return folding.fold(text, SIMPLIFIED)


class TestFold:
    @pytest.mark.parametrize(
        "written",
        ["示例营钢Ab", "示例營鋼ＡＢ", "示例（营）钢ab", " 示例\u200b营\u3000钢·A-B。"],
    )
    def test_makes_ways_of_writing_one_name_equal(self, written):
        assert fold(written) == "示例营钢AB"

    @pytest.mark.parametrize(
        "bracket", "()（）[]［］{}【】〔〕〈〉《》「」『』<>＜＞〖〗"
    )
    def test_drops_every_kind_of_bracket(self, bracket):
        assert fold(f"示{bracket}例") == "示例"

    @pytest.mark.parametrize(
        ("one", "other"),
        [("第一厂", "第二厂"), ("1号", "2号"), ("甲", "乙"), ("é", "e")],
    )
    def test_keeps_what_tells_names_apart(self, one, other):
        assert fold(one) != fold(other)

    @pytest.mark.parametrize("empty", ["", " \t\n", "（）", "😀", "\ud800", "\u3164"])
    def test_leaves_nothing_of_a_text_without_letters(self, empty):
        assert fold(empty) == ""

    @given(st.text(st.characters(codec=None), max_size=12))
    @example("ᄀ\u200bᅡ")  # two parts of one Hangul letter, kept apart by nothing
    @example("ǰ\u0301ΐ")
    def test_changes_nothing_a_second_time(self, text):
        assert fold(fold(text)) == fold(text)

    @given(st.text(st.characters(codec=None), max_size=12))
    def test_leaves_letters_and_numbers_only(self, text):
        assert all(folding.stays(character) for character in fold(text))
