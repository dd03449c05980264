"""Names as they are compared with the register's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.identifiers import names


class TestFold:
    @pytest.mark.parametrize(
        "written",
        [
            "示例（市）A公司",
            "示例(市)ａ公司",
            " 示例 [市]A\u200b公司",
            "示例〔市〕A公司",
        ],
    )
    def test_leaves_out_what_means_nothing(self, written):
        assert names.fold(written) == "示例(市)A公司"

    def test_keeps_everything_else(self):
        assert names.fold("示例市甲·乙公司") != names.fold("示例市甲乙公司")

    @given(st.text("示例市ａA（)〔】 \u3000\u200b公司", max_size=20))
    def test_changes_nothing_the_second_time(self, name):
        once = names.fold(name)

        assert names.fold(once) == once


class TestIsHeld:
    def test_knows_former_names(self):
        assert names.is_held("示例（市）公司", ["新名", "示例(市)公司"])

    def test_does_not_know_others(self):
        assert not names.is_held("示例公司", ["新名", "示例(市)公司"])
