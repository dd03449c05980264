"""What a brief may say."""

from __future__ import annotations

import random

import pytest

from tests.factories import people
from xinheng.core.statistics import briefs
from xinheng.core.statistics.briefs import Refusal, Text


class TestRead:
    def test_takes_blanks_off_and_keeps_paragraphs(self):
        assert briefs.read(" 题目 ", "一\r\n二 ") == Text("题目", "一\n二")

    @pytest.mark.parametrize("title", ["", "  ", "题" * 101, "题\n目"])
    def test_wants_one_line_of_a_title(self, title):
        assert briefs.read(title, "正文") is Refusal.TITLE

    @pytest.mark.parametrize("text", ["", " \n", "文" * 3001])
    def test_wants_a_text(self, text):
        assert briefs.read("题目", text) is Refusal.TEXT

    def test_refuses_a_personal_number_in_either(self):
        number = people.number_18(random.Random(8))

        assert briefs.read(f"题 {number}", "文") is Refusal.PERSONAL_ID
        assert briefs.read("题", f"文{number}") is Refusal.PERSONAL_ID
