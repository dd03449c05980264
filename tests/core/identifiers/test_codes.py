"""Classes of what stands in a column of unified codes."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.identifiers import codes, uscc
from xinheng.core.identifiers.codes import CodeClass
from xinheng.core.screening import personal_id

DATA = Path(__file__).parents[4] / "shared" / "data"
# Made up: a person's number; one that passes as a unified code as well.
PERSON = "210899198001011248"
PERSON_AND_CODE = "210899195001010516"


class TestIsPlaceholder:
    @pytest.mark.parametrize(
        "text",
        ["", "　", "无", " 无 ", "-", "—", "/", "N/A", "n/a", "null", "0", "0" * 18],
    )
    def test_knows_what_people_write_for_nothing(self, text):
        assert codes.is_placeholder(text)
        assert codes.classify(text) is CodeClass.PLACEHOLDER

    @pytest.mark.parametrize("text", ["91110000600037341L", "1", "无锡", "９"])
    def test_passes_over_the_rest(self, text):
        assert not codes.is_placeholder(text)


class TestClassify:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("91110000600037341l ", CodeClass.VALID),
            ("91310115MA1G4L1WXK", CodeClass.WRONG_CHECK),
            ("91110000600037341Y", CodeClass.WRONG_CHECK),
            ("110108000000016", CodeClass.LEGACY_15),
            ("210899800101123", CodeClass.LEGACY_15),
            ("210899NA000252X", CodeClass.LEGACY_15),
            ("2108991100626", CodeClass.LEGACY_13),
            ("企合示总字第0001号", CodeClass.LEGACY_OTHER),
            (PERSON, CodeClass.PERSONAL_ID),
            ("210899 19800101 1248", CodeClass.PERSONAL_ID),
            ("２１０８９９１９８００１０１１２４８", CodeClass.PERSONAL_ID),
            ("210899800101124", CodeClass.PERSONAL_ID),
            (PERSON + "01", CodeClass.PERSONAL_ID),
            (PERSON_AND_CODE, CodeClass.PERSONAL_ID),
            ("13830295-X", CodeClass.MALFORMED),
            ("9111000060003734 1L", CodeClass.MALFORMED),
            ("９１１１００００６０００３７３４１Ｌ", CodeClass.MALFORMED),
            ("91A10000600037341L", CodeClass.MALFORMED),
            ("110108000000017", CodeClass.MALFORMED),
        ],
    )
    def test_tells_what_a_text_is(self, text, expected):
        assert codes.classify(text) is expected

    def test_lets_a_registered_code_pass_that_is_a_persons_number_as_well(self):
        answer = codes.classify(PERSON_AND_CODE, registered=True)

        assert answer is CodeClass.VALID

    def test_refuses_a_persons_number_that_is_no_code_whatever_the_register_says(self):
        answer = codes.classify(PERSON, registered=True, confirmed=True)

        assert answer is CodeClass.PERSONAL_ID

    def test_takes_a_wrong_code_as_issued_where_the_register_confirms_it(self):
        assert (
            codes.classify("91110000600037341Y", confirmed=True)
            is CodeClass.NONCONFORMING
        )

    def test_keeps_an_older_number_what_it_is(self):
        answer = codes.classify("110108000000016", confirmed=True, registered=True)

        assert answer is CodeClass.LEGACY_15

    @given(st.text(max_size=24), st.booleans(), st.booleans())
    def test_calls_valid_only_what_parses(self, text, confirmed, registered):
        answer = codes.classify(text, confirmed=confirmed, registered=registered)

        assert (answer is not CodeClass.VALID) or uscc.reason(text) is None

    @given(st.text("0123456789Xx 　-", max_size=24))
    def test_misses_no_persons_number(self, text):
        is_certain = personal_id.find_embedded(text) is personal_id.Kind.CERTAIN

        assert (codes.classify(text) is CodeClass.PERSONAL_ID) == is_certain


def rows(name):
    path = DATA / name
    if not path.exists():
        pytest.skip("../shared/data is absent")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


CLASS_OF_LABEL = {
    "checksum_only_wrong_inner_org_code_ok": CodeClass.WRONG_CHECK,
    "checksum_and_inner_org_code_wrong": CodeClass.WRONG_CHECK,
    "made_up_looking": CodeClass.WRONG_CHECK,
    "issued_Y_where_standard_gives_1": CodeClass.WRONG_CHECK,
    "legacy_15_digit_registration_no": CodeClass.LEGACY_15,
    "legacy_15_char_registration_no": CodeClass.LEGACY_15,
    "legacy_13_char_registration_no": CodeClass.LEGACY_13,
    "legacy_foreign_invested_no": CodeClass.LEGACY_OTHER,
    "wrong_length_other": CodeClass.MALFORMED,
    "bad_charset": CodeClass.MALFORMED,
    "placeholder": CodeClass.PLACEHOLDER,
}


@pytest.mark.shared_data
class TestRealRegisters:
    def test_every_labeled_code_has_the_class_of_its_label(self):
        wrong = [
            row
            for row in rows("cn_uscc_problem_codes_labelled.csv")
            if codes.classify(row["code_as_recorded"])
            is not CLASS_OF_LABEL[row["label"]]
        ]

        assert wrong == []

    def test_codes_issued_with_y_are_nonconforming_once_confirmed(self):
        issued = [
            row["code_as_recorded"]
            for row in rows("cn_uscc_problem_codes_labelled.csv")
            if row["label"] == "issued_Y_where_standard_gives_1"
        ]

        answers = {codes.classify(code, confirmed=True) for code in issued}

        assert answers == {CodeClass.NONCONFORMING}

    @pytest.mark.parametrize(
        ("name", "wrong_checks"),
        [("cn_yingkou_orgs.csv", 0), ("cn_liaoning_orgs.csv", 3)],
    )
    def test_a_register_holds_valid_codes_and_no_person(self, name, wrong_checks):
        answers = [codes.classify(row["uscc"]) for row in rows(name)]

        assert answers.count(CodeClass.WRONG_CHECK) == wrong_checks
        assert answers.count(CodeClass.VALID) == len(answers) - wrong_checks

    def test_the_vectors_of_other_projects_are_valid_or_wrong_in_a_check_character(
        self,
    ):
        vectors = rows("peer_uscc_test_vectors.csv")

        answers = {row["uscc"]: codes.classify(row["uscc"]) for row in vectors}

        accepted = {row["uscc"] for row in vectors if row["stdnum_valid"] == "1"}
        assert {
            code for code, answer in answers.items() if answer is CodeClass.VALID
        } == accepted
        assert set(answers.values()) == {CodeClass.VALID, CodeClass.WRONG_CHECK}
