"""The reference rules of the unified social credit code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from xinheng.core.identifiers import organization_code, uscc
from xinheng.core.identifiers.blanks import BLANKS

VALID = (
    "91110000600037341L",
    "91230500MA1B3N1N2M",
    "11230500001755309F",
    "91320105780688132K",
)


@st.composite
def codes(draw, leads=("11", "91", "92", "N2", "Y1", "A1", "G1")):
    division = draw(st.from_regex(r"\A[1-9][0-9]{5}\Z"))
    identifier = draw(st.text(uscc.ALPHABET, min_size=8, max_size=8))
    body = draw(st.sampled_from(leads)) + division + identifier
    body += organization_code.check_character(identifier)
    return body + uscc.check_character(body)


class TestParse:
    def test_reads_a_code_typed_in_lower_case_with_blanks(self):
        assert uscc.parse("　91110000600037341l \n").text == "91110000600037341L"

    def test_names_the_parts(self):
        code = uscc.parse("91230500MA1B3N1N2M")

        assert (code.authority, code.kind) == ("9", "1")
        assert code.division == "230500"
        assert code.organization_code == "MA1B3N1N2"

    def test_says_which_rule_failed_and_not_on_what(self):
        with pytest.raises(uscc.InvalidUsccError) as failure:
            uscc.parse("91110000600037341M")

        assert failure.value.reason == "check_character"
        assert "600037341" not in str(failure.value)


class TestReason:
    @pytest.mark.parametrize("text", VALID)
    def test_passes_published_codes(self, text):
        assert uscc.reason(text) is None

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "length"),
            ("9111000060003734", "length"),
            ("91110000600037341L1", "length"),
            ("91110000600037341O", "alphabet"),
            ("9111000060003734１L", "alphabet"),
            ("9111000060003734 L", "alphabet"),
            ("91A10000600037341L", "division"),
            ("000000000000000000", "division"),
            ("91310115MA1G4L1WXK", "organization_code"),
            ("91110000600037341M", "check_character"),
        ],
    )
    def test_names_the_first_failed_rule(self, text, reason):
        assert uscc.reason(text) == reason

    def test_repairs_no_ligature_into_letters_of_the_alphabet(self):
        assert uscc.reason("91110000" + "ﬀ" * 5) == "length"

    @given(codes())
    def test_passes_every_code_with_both_check_characters(self, code):
        assert uscc.reason(code) is None

    @given(codes(leads=("11", "51", "91", "93")))
    def test_agrees_with_an_independent_implementation_on_digits(self, code):
        assert stdnum_uscc.is_valid(code)

    @given(codes(), st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
    def test_catches_every_single_character_error(self, code, position, other):
        changed = code[:position] + other + code[position + 1 :]

        assert (uscc.reason(changed) is None) == (changed == code)

    @given(codes(), st.integers(0, 16))
    def test_catches_every_exchange_of_neighbors(self, code, position):
        pair = code[position : position + 2]
        changed = code[:position] + pair[::-1] + code[position + 2 :]

        assert (uscc.reason(changed) is None) == (pair[0] == pair[1])

    @given(codes(), st.text(BLANKS, max_size=3), st.text(BLANKS, max_size=3))
    def test_reads_through_blanks_and_case(self, code, before, after):
        assert uscc.reason(before + code.lower() + after) is None

    @given(st.text())
    def test_answers_any_text(self, text):
        assert uscc.reason(text) in (None, *uscc.REASONS)


class TestIsKnownAuthorityAndKind:
    @pytest.mark.parametrize("code", ["91", "92", "93", "12", "54", "A1", "N3", "Y1"])
    def test_knows_the_published_table(self, code):
        assert uscc.is_known_authority_and_kind(code) == (code != "54")

    @pytest.mark.parametrize("code", ["", "9", "94", "G1", "J1", "M1", "Q1", "00"])
    def test_does_not_know_the_rest(self, code):
        assert not uscc.is_known_authority_and_kind(code)
