"""Numbers of the time before the unified code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.identifiers import registration_number


class TestIsValid15:
    def test_passes_a_published_number(self):
        assert registration_number.is_valid_15("110108000000016")

    @pytest.mark.parametrize(
        "text", ["", "110108000000017", "11010800000001", "１10108000000016", "1" * 16]
    )
    def test_refuses_the_rest(self, text):
        assert not registration_number.is_valid_15(text)

    @given(
        st.from_regex(r"\A[0-9]{15}\Z"),
        st.integers(0, 14),
        st.sampled_from("0123456789"),
    )
    def test_catches_every_single_digit_error(self, body, position, other):
        number = next(
            body[:14] + check
            for check in "0123456789"
            if registration_number.is_valid_15(body[:14] + check)
        )
        changed = number[:position] + other + number[position + 1 :]

        assert registration_number.is_valid_15(changed) == (changed == number)


class TestLegacyForms:
    @pytest.mark.parametrize(
        "text", ["110108000000016", "210899NA000252X", "210899NB0000010"]
    )
    def test_fifteen(self, text):
        assert registration_number.is_legacy_15(text)

    @pytest.mark.parametrize(
        "text", ["110108000000017", "210899N0000252X", "210899NA00025"]
    )
    def test_not_fifteen(self, text):
        assert not registration_number.is_legacy_15(text)

    def test_thirteen_digits(self):
        assert registration_number.is_legacy_13("2108991100626")
        assert not registration_number.is_legacy_13("210899110062X")

    @pytest.mark.parametrize(
        "text",
        [
            "企合苏锡总字第0001号",
            "企合苏锡总字第0001",
            "企独示总字第000123号-1",
            "工商企外示字第12345号",
            "企作示总副字000012号",
        ],
    )
    def test_foreign_invested(self, text):
        assert registration_number.is_foreign_invested(text)

    @pytest.mark.parametrize(
        "text", ["企业名称", "示审许字〔2019〕第1号", "企合苏锡总字第号"]
    )
    def test_not_foreign_invested(self, text):
        assert not registration_number.is_foreign_invested(text)
