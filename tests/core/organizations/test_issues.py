"""What is wrong with a text in a column of codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.linkage.test_repair import codes
from tests.core.linkage.test_slips import slipped
from xinheng.core.identifiers import organization_code, uscc
from xinheng.core.identifiers.codes import CodeClass, classify
from xinheng.core.linkage import shapes
from xinheng.core.organizations.issues import IssueKind, of_code

VALID = "91110000600037341L"


def with_last(body: str) -> str:
    return body + uscc.check_character(body)


def ending_in_one() -> str:
    """Return a code of the fictional city whose check character is 1."""
    for number in range(10_000):
        first_eight = f"MA9{number + 12_900:05d}"
        body = "91210899" + first_eight + organization_code.check_character(first_eight)
        if uscc.check_character(body) == "1":
            return body + "1"
    raise AssertionError


class TestOfCode:
    def test_finds_nothing_in_a_valid_code(self) -> None:
        assert of_code(VALID.lower()) is None

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("", IssueKind.PLACEHOLDER),
            ("暂无", IssueKind.PLACEHOLDER),
            ("000000000000000000", IssueKind.PLACEHOLDER),
            ("110108000000016", IssueKind.LEGACY_ONLY),
            ("企合示总字第0001号", IssueKind.LEGACY_ONLY),
            ("600037341", IssueKind.LEGACY_ONLY),
            ("9.1110000600037E+17", IssueKind.TRANSMISSION),
            ("９1110000600037341L", IssueKind.TRANSMISSION),
            ("91110000 600037341L", IssueKind.TRANSMISSION),
            ("9111000060003734?L", IssueKind.TRANSMISSION),
            ("91110000600037341Y", IssueKind.BAD_CHECK_18),
            ("91110000QWERTYUIOP", IssueKind.INVENTED),
            ("91110000777777777X", IssueKind.INVENTED),
            ("示例市某某有限公司", IssueKind.BAD_FORMAT),
            ("9111000060003734", IssueKind.TRANSMISSION),
            ("91110000", IssueKind.BAD_FORMAT),
            ("91000000600037341L", IssueKind.BAD_FORMAT),
        ],
    )
    def test_tells_kinds_apart(self, text: str, kind: IssueKind) -> None:
        assert of_code(text) is kind

    def test_tells_inner_outer_and_both_apart(self) -> None:
        inner = VALID[:16] + ("2" if VALID[16] != "2" else "3")

        assert of_code(with_last(inner)) is IssueKind.BAD_CHECK_ORG
        wrong = "0" if uscc.check_character(inner) != "0" else "1"
        assert of_code(inner + wrong) is IssueKind.BAD_CHECK_BOTH

    def test_knows_the_printed_y(self) -> None:
        assert of_code(ending_in_one()[:-1] + "Y") is IssueKind.PRINTED_Y
        assert of_code(ending_in_one()[:-1] + "X") is IssueKind.BAD_CHECK_18

    @given(st.text(max_size=40))
    def test_takes_any_text(self, text: str) -> None:
        assert (of_code(text) is None) == (uscc.reason(text) is None)

    @given(st.one_of(st.text(uscc.ALPHABET, max_size=18), codes.flatmap(slipped)))
    def test_says_what_the_shape_tells(self, text: str) -> None:
        told = shapes.findings(text, classify(text))

        kind = of_code(text)

        if shapes.TRUNCATED in told:
            assert kind in (IssueKind.TRANSMISSION, IssueKind.PLACEHOLDER)
        if classify(text) is CodeClass.WRONG_CHECK and told:
            rules = {shapes.PRINTED_Y: "PRINTED_Y", shapes.INVENTED: "INVENTED"}
            assert kind == rules[told[0]]
