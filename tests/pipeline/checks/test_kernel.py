"""The kernel's sums: every character at every place, and no carry between them."""

import polars as pl
import pytest

from xinheng.core.identifiers import organization_code, uscc
from xinheng.pipeline.checks import kernel

BYTES = [chr(code) for code in range(1, 128)]
HEAVIEST = max(uscc.ALPHABET)


def failed(code):
    reason = uscc.reason(code) if code == uscc.normalize(code) else "?"
    return 0 if reason is None else uscc.REASONS.index(reason) + 1


class TestFailedUsccRules:
    @pytest.mark.parametrize("place", range(uscc.LENGTH))
    def test_weighs_every_character_at_every_place(self, place):
        right = "91210899MA0000004U"
        right = right[:17] + uscc.check_character(right[:17])
        codes = [right[:place] + sign + right[place + 1 :] for sign in BYTES]
        codes = [code for code in codes if code == uscc.normalize(code)]

        answer = kernel.failed_uscc_rules(pl.Series(codes))

        assert answer.tolist() == [failed(code) for code in codes]

    @pytest.mark.parametrize("code", ["Y" * 18, "0" * 18, "X" * 18, HEAVIEST * 18])
    def test_carries_nothing_from_one_sum_into_the_next(self, code):
        assert kernel.failed_uscc_rules(pl.Series([code])).tolist() == [failed(code)]

    def test_tells_length_from_alphabet_by_characters_not_bytes(self):
        codes = ["示" * 18, "示" * 6, "示" * 5 + "123", None, "", "9" * 17 + "é"]

        answer = kernel.failed_uscc_rules(pl.Series(codes, dtype=pl.String))

        assert answer.tolist() == [2, 1, 1, 0, 1, 2]

    def test_answers_an_empty_column(self):
        assert kernel.failed_uscc_rules(pl.Series([], dtype=pl.String)).tolist() == []


class TestFailedOrganizationCodeRules:
    @pytest.mark.parametrize("place", range(organization_code.LENGTH))
    def test_weighs_every_character_at_every_place(self, place):
        right = "MA000000" + organization_code.check_character("MA000000")
        codes = [right[:place] + sign + right[place + 1 :] for sign in BYTES]
        codes = [code for code in codes if code == organization_code.normalize(code)]
        reasons = [None, *organization_code.REASONS]

        answer = kernel.failed_organization_code_rules(pl.Series(codes))

        assert [reasons[place] for place in answer] == [
            organization_code.reason(code) for code in codes
        ]


class TestWithRightLast:
    @pytest.mark.parametrize("last", uscc.ALPHABET)
    def test_puts_the_one_character_that_the_others_ask_for(self, last):
        body = "9121089912345678" + last

        answer = kernel.with_right_last(pl.Series([body + "0", body + "Y", body]))

        right = body + uscc.check_character(body)
        assert answer.to_list() == [right, right, None]
