"""One spelling for the numbers of official documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.identifiers import document_number

COMMON = "示环罚〔2019〕12-A号"


class TestNormalize:
    @pytest.mark.parametrize(
        "text",
        [
            COMMON,
            "示环罚(2019)12-a号",
            "示环罚（2019）12－A号",
            "示环罚[2019]12—A号",
            "示环罚［２０１９］１２–Ａ号",
            "示环罚【2019】12-A号",
            "示环罚《2019》12‑ａ号",
            " 示环罚 〔2019〕　12-A 号\n",
            "示环罚\u200b﹝2019﹞12-A号\ufeff",
        ],
    )
    def test_gives_one_number_one_spelling(self, text):
        assert document_number.normalize(text) == COMMON

    def test_keeps_different_numbers_apart(self):
        spellings = {
            document_number.normalize(text)
            for text in (
                "示环罚〔2019〕12号",
                "示环罚〔2019〕012号",
                "示环罚〔2019〕1号2",
            )
        }

        assert len(spellings) == 3

    @given(st.text())
    def test_changes_nothing_the_second_time(self, text):
        once = document_number.normalize(text)

        assert document_number.normalize(once) == once

    @given(st.text(st.sampled_from([*document_number.FOLDINGS, "示", "〔", "1"])))
    def test_leaves_no_character_that_has_another_spelling(self, text):
        assert not set(document_number.normalize(text)) & set(document_number.FOLDINGS)
