"""The reference rules of the organization code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.identifiers import organization_code

bodies = st.text(organization_code.ALPHABET, min_size=8, max_size=8)


class TestCheckCharacter:
    @pytest.mark.parametrize(
        ("body", "check"),
        [("60003734", "1"), ("MA1B3N1N", "2"), ("00175530", "9"), ("78068813", "2")],
    )
    def test_is_that_of_published_codes(self, body, check):
        assert organization_code.check_character(body) == check

    def test_is_x_for_ten(self):
        assert organization_code.check_character("13830295") == "X"

    @pytest.mark.parametrize("body", ["1234567", "123456789"])
    def test_refuses_another_length(self, body):
        with pytest.raises(ValueError, match="zip"):
            organization_code.check_character(body)


class TestReason:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("13830295X", None),
            ("13830295-X", None),
            (" 13830295-x　", None),
            ("13830295", "length"),
            ("1383029-5X", "length"),
            ("13830295－X", "length"),
            ("1383029一X", "alphabet"),
            ("138302951", "check_character"),
        ],
    )
    def test_names_the_first_failed_rule(self, text, reason):
        assert organization_code.reason(text) == reason
        assert organization_code.is_valid(text) == (reason is None)

    @given(bodies, st.sampled_from(organization_code.ALPHABET))
    def test_one_check_character_is_right(self, body, check):
        right = organization_code.check_character(body)

        assert organization_code.is_valid(body + check) == (check == right)
