"""Files of feedback: what can be followed, and what is named and kept."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import exchange as made
from xinheng.core.exchange import feedback
from xinheng.core.exchange.answers import RowState
from xinheng.core.exchange.feedback import UnreadableFeedbackError, Why

PROFILE = made.profile("province-drop")


def read(text, *, encoding="utf-8"):
    return feedback.read(feedback.table(text.encode(encoding)), PROFILE)


class TestRead:
    def test_takes_a_row_by_its_key(self):
        lines, kept = read(
            "数据集,键,结果,代码,说明\npermit,A|B|C,失败,1001,名称不符\n"
        )

        assert kept == []
        (line,) = lines
        assert (line.key, line.said.state, line.said.code) == (
            "A|B|C",
            RowState.REFUSED,
            "1001",
        )

    def test_takes_a_row_by_the_columns_of_its_key(self):
        head = "XK_XKJGDM,XK_WSH,XK_XDR_SHXYM,结果"

        lines, _ = read(f"{head}\nA,B,C,成功\n", encoding="gb18030")

        assert (lines[0].dataset, lines[0].key) == ("permit", "A|B|C")

    def test_takes_json(self):
        said = '{"rows": [{"dataset": "XZXK", "key": "A", "status": "accepted"}]}'

        (line,), _ = read(said)

        assert (line.dataset, line.number) == ("permit", 1)

    @pytest.mark.parametrize(
        ("row", "why"),
        [
            ("permit,A,也许", Why.NO_STATUS),
            ("permit,,成功", Why.NO_KEY),
            ("judgment,A,成功", Why.NO_DATASET),
            (",A,成功", Why.NO_DATASET),
        ],
    )
    def test_keeps_what_it_can_not_follow(self, row, why):
        lines, kept = read(f"数据集,键,结果\n{row}\n")

        assert (lines, kept[0].why, kept[0].number) == ([], why, 1)

    def test_follows_neither_of_two_lines_that_contradict_each_other(self):
        lines, kept = read(
            "数据集,键,结果\npermit,A,成功\npermit,A,失败\npermit,B,成功\n"
        )

        assert [line.key for line in lines] == ["B"]
        assert [each.why for each in kept] == [Why.CONTRADICTS] * 2

    def test_keeps_no_number_of_a_natural_person(self):
        _, kept = read("数据集,键,结果,说明\npermit,,失败,经办人 210899199001010012\n")

        assert "2108991990" not in str(kept)

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "FORM"),
            (b"\xff\xfe\x00\x00", "FORM"),
            (b"<html>502 Bad Gateway</html>", "HEADER"),
            (b'{"rows": 3}', "FORM"),
            (b"[1, 2]", "FORM"),
            (b'{"a": [' * 100_000, "FORM"),
            (b"a,b\n1,2\n", "HEADER"),
            (b'key,status\n"A,accepted\n', "FORM"),
        ],
    )
    def test_says_that_a_file_is_none(self, data, code):
        with pytest.raises(UnreadableFeedbackError) as refused:
            feedback.read(feedback.table(data), PROFILE)
        assert refused.value.code == code

    @given(st.binary(max_size=200))
    def test_never_breaks(self, data):
        with suppress(UnreadableFeedbackError):
            feedback.read(feedback.table(data), PROFILE)
