"""The reference rules for numbers of natural persons; all numbers are made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from xinheng.core.identifiers import registration_number, uscc
from xinheng.core.screening import personal_id
from xinheng.core.screening.personal_id import Kind

ID_18 = "210899198001011248"
ID_X = "21089919800101123X"
# ID-shaped; the first fails the check of a registration number, the second passes it.
ID_15 = "210899800101124"
ID_15_CHECKED = "210899800101123"
# A division, no date, a right check: a registration number and nothing else.
REGISTRATION = "110108000000016"

provinces = st.sampled_from(sorted(personal_id.PROVINCES))
days = st.dates().filter(lambda day: 1900 <= day.year <= 2099)


@st.composite
def resident_ids(draw):
    division = draw(provinces) + draw(st.from_regex(r"\A[0-9]{4}\Z"))
    serial = draw(st.from_regex(r"\A[0-9]{3}\Z"))
    body = f"{division}{draw(days):%Y%m%d}{serial}"
    return next(
        body + c for c in "0123456789X" if personal_id.is_resident_id_18(body + c)
    )


class TestIsResidentId18:
    def test_the_examples_of_this_module_are_what_they_say(self):
        assert personal_id.is_resident_id_18(ID_18)
        assert personal_id.is_resident_id_18(ID_X)

    @pytest.mark.parametrize(
        "text",
        [
            "210899198001011249",  # check
            "990802198001011233",  # no such province
            "210899198002301233",  # 30 February
            "210899189901011233",  # 1899
            "21089919800101123",
            "２１０８９９１９８００１０１１２４８",
            "",
        ],
    )
    def test_refuses_what_breaks_one_rule(self, text):
        assert not personal_id.is_resident_id_18(text)

    @given(resident_ids())
    def test_agrees_with_an_independent_check_character(self, number):
        assert ric.calc_check_digit(number) == number[-1]

    @given(resident_ids(), st.integers(0, 17), st.sampled_from("0123456789"))
    def test_catches_every_single_digit_error(self, number, position, other):
        changed = number[:position] + other + number[position + 1 :]

        assert personal_id.is_resident_id_18(changed) == (changed == number)


class TestFind:
    @pytest.mark.parametrize(
        "text",
        [
            ID_18,
            ID_X,
            ID_X.lower(),
            ID_X.replace("X", "Ⅹ"),
            ID_X.replace("X", "×"),
            f"'{ID_18}",
            f"{ID_18}.0",
            f"身份证号:{ID_18}",
            f"法定代表人张某（{ID_18}）变更为李某",
            f"张某{ID_X}李某",
            f"ID{ID_18}CN",
            "210899 19800101 1248",
            "210899-19800101-1248",
            "210899.1980.01.01.1248",
            "2 1 0 8 9 9 1 9 8 0 0 1 0 1 1 2 4 8",
            "210899　19800101　1248",
            "210899 – 19800101 – 1248",
            "210899\u200b19800101\u200b1248",
            "210899\u202f19800101\u20071248",
            "210899\u201519800101\u30fc1248",
            "\u202a210899\u200e19800101\u202c1248",
            "２１０８９９１９８００１０１１２４８",
            "２１０８９９１９８００１０１１２３ｘ",
            f"2019-05-06 {ID_18}",
            f"电话13900000000 {ID_18} 13900000000",
            f"身份证{ID_18}13900000000",
            f"居民身份证号码为0{ID_18}",
            ID_15,
            f"身份证（{ID_15}）",
            "210899 800101 124",
        ],
    )
    def test_is_certain_of(self, text):
        assert personal_id.find(text) is Kind.CERTAIN

    @pytest.mark.parametrize(
        "text", [ID_15_CHECKED, REGISTRATION, f"注册号{REGISTRATION}。"]
    )
    def test_suspects_fifteen_digits_that_pass_as_a_registration_number(self, text):
        assert personal_id.find(text) is Kind.SUSPECTED

    def test_names_the_stronger_of_two(self):
        assert personal_id.find(f"{REGISTRATION}、{ID_18}") is Kind.CERTAIN
        assert personal_id.find(f"{REGISTRATION}、{ID_15}") is Kind.CERTAIN

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "无",
            "2019-05-06 2019-05-07",
            "91110000600037341L",
            "11230500001755309F",
            "示审许字〔2019〕第00012号",
            "JY12108020001234",
            "0417-2812345，13900000000",
            "20190506123000123456",
            f"{ID_18}01",
            f"0{ID_18}",
            f"{ID_15}4",
            "999999999999999",
            "🏢" * 20,
        ],
    )
    def test_passes_over(self, text):
        assert personal_id.find(text) is None

    @given(
        resident_ids(),
        st.text("甲乙（），号a ", max_size=5),
        st.text("甲乙（），号a", max_size=5),
    )
    def test_finds_every_number_within_a_text(self, number, before, after):
        assert personal_id.find(before + number + after) is Kind.CERTAIN

    @given(resident_ids(), st.data())
    def test_finds_every_number_that_is_written_apart(self, number, data):
        gap = st.text(personal_id.SEPARATORS, max_size=personal_id.MAX_SEPARATORS)

        written = "".join(digit + data.draw(gap) for digit in number)

        assert personal_id.find(written) is Kind.CERTAIN

    @given(st.text())
    def test_answers_any_text(self, text):
        assert personal_id.find(text) in (None, Kind.CERTAIN, Kind.SUSPECTED)


class TestFindEmbedded:
    @pytest.mark.parametrize("text", [f"{ID_18}01", f"{ID_X}01", f"0{ID_18}", ID_18])
    def test_reads_longer_groups_of_digits_through(self, text):
        assert personal_id.find_embedded(text) is Kind.CERTAIN

    @given(
        resident_ids(),
        st.from_regex(r"\A[0-9]{0,3}\Z"),
        st.from_regex(r"\A[0-9]{0,3}\Z"),
    )
    def test_finds_every_number_among_digits(self, number, before, after):
        assert personal_id.find_embedded(before + number + after) is Kind.CERTAIN

    def test_passes_over_a_unified_code(self):
        assert personal_id.find_embedded("912108007777777774") is None


class TestFindInRegistrationNumber:
    def test_expects_fifteen_digits_that_look_like_no_person(self):
        assert personal_id.find_in_registration_number(REGISTRATION) is None

    def test_asks_about_those_that_do(self):
        assert personal_id.find_in_registration_number(ID_15_CHECKED) is Kind.SUSPECTED

    def test_is_certain_of_what_fails_the_check_and_of_eighteen(self):
        assert personal_id.find_in_registration_number(ID_15) is Kind.CERTAIN
        assert personal_id.find_in_registration_number(ID_18) is Kind.CERTAIN


class TestCollisions:
    def test_a_number_may_pass_as_a_unified_code_as_well(self):
        both = "210899195001010516"

        assert personal_id.is_resident_id_18(both)
        assert uscc.reason(both) is None

    @given(st.from_regex(r"\A[1-6][1-5][0-9]{12}\Z"))
    def test_one_check_digit_in_ten_makes_a_registration_number(self, body):
        passing = [d for d in "0123456789" if registration_number.is_valid_15(body + d)]

        assert len(passing) == 1
