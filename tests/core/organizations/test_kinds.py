"""A reported kind beside the kind that the code says."""

from __future__ import annotations

import pytest

from xinheng.core.organizations import kinds
from xinheng.rulebook import organizations


class TestContradicts:
    @pytest.mark.parametrize(
        ("prefix", "reported", "is_wrong"),
        [
            ("91", "有限责任公司(自然人独资)", False),
            ("92", "个体工商户", False),
            ("91", "个体工商户", True),
            ("92", "有限责任公司", True),
            ("12", "事业单位法人", False),
            ("91", "其他", False),
            ("91", "", False),
        ],
    )
    def test_only_where_the_words_leave_no_doubt(
        self, prefix: str, reported: str, is_wrong: bool
    ) -> None:
        known = organizations.reported_kinds()

        assert kinds.contradicts(prefix, reported, known) is is_wrong
