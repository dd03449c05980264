"""Suggestions for damaged codes: what may be one, in which order, and how sure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.linkage.test_slips import slipped
from xinheng.core.identifiers import organization_code, uscc
from xinheng.core.linkage import repair
from xinheng.core.linkage.repair import Candidate, Reason

DIVISION = "210899"
DIVISIONS = frozenset({DIVISION})
NAME = "示例恒泰商贸有限公司"


def code_of(first_eight, prefix=f"91{DIVISION}"):
    body = prefix + first_eight + organization_code.check_character(first_eight)
    return body + uscc.check_character(body)


CODE, OTHER = code_of("MA0UDGPB"), code_of("MA0UDGPC")
PERSON = "210899198001011248"  # made up

identifiers = st.text(uscc.ALPHABET, min_size=8, max_size=8)
codes = st.builds(code_of, identifiers)


def found(text, held=frozenset(), most=2):
    return repair.candidates(text, held=held, divisions=DIVISIONS, most=most)


def suggest(text, *candidates, name=None):
    return repair.suggest(text, candidates, name=name)


class TestCandidates:
    @given(codes, st.data())
    def test_has_the_original_of_every_single_slip(self, code, data):
        text = data.draw(slipped(code))

        if repair.is_repairable(text) and repair.is_possible(code):
            assert code in found(text, most=1)

    @given(codes, st.data())
    def test_has_the_original_of_two_slips_where_the_register_holds_it(
        self, code, data
    ):
        text = data.draw(slipped(data.draw(slipped(code))))

        if repair.is_repairable(text) and repair.is_possible(code):
            assert code in found(text, held={code, OTHER})

    @given(st.one_of(codes.flatmap(slipped), st.text(max_size=22)))
    def test_has_only_codes_that_pass_both_checks_and_are_nobodys_number(self, text):
        for code in found(text, held={CODE, OTHER}):
            assert uscc.reason(code) is None
            assert not repair.may_be_person(code)

    def test_changes_the_division_only_to_one_that_is_known_or_held(self):
        elsewhere = code_of("MA0UDGPB", prefix="91990000")
        in_division = elsewhere[:3] + "1" + elsewhere[4:]
        in_last = elsewhere[:17] + ("1" if elsewhere[17] != "1" else "2")

        assert elsewhere not in found(in_division)
        assert elsewhere in found(in_division, held={elsewhere})
        assert elsewhere in found(in_last)

    @pytest.mark.parametrize(
        "text", [PERSON, PERSON[:17] + "1", PERSON + "01", f"{PERSON[:6]} {PERSON[6:]}"]
    )
    def test_has_none_for_what_may_be_a_persons_number(self, text):
        held = {code_of("00101124", prefix="11" + DIVISION)}

        assert found(text, held) == frozenset()

    def test_has_none_for_a_valid_code(self):
        assert found(CODE, held={CODE, OTHER}) == frozenset()


class TestSuggest:
    def test_sees_through_width_and_marks(self):
        wide = "９１" + CODE[2:8] + "-" + CODE[8:]

        (only,) = suggest(wide, Candidate(CODE, True))

        assert only.code == CODE
        assert only.steps == ()
        assert only.reasons == (Reason.WIDTH, Reason.HELD)

    def test_puts_what_the_register_holds_before_the_likelier_slip(self):
        text = CODE[:-1] + "0"
        held = Candidate(CODE[:1] + "2" + CODE[2:], True)

        ordered = suggest(text, Candidate(CODE), held)

        assert ordered[0].is_held
        assert not ordered[0].is_certain  # two slips, and no name

    def test_puts_the_same_name_before_fewer_slips(self):
        text = "B" + CODE[1:]
        other = Candidate("B" + CODE[1:-1] + "0", True, ("示例盛源食品厂",))
        same = Candidate(CODE[:-2] + "00", True, (NAME,))

        assert suggest(text[:-1] + "0", other, same, name=NAME)[0].code == same.code

    def test_says_how_the_names_compare(self):
        damaged = CODE[:-1] + "0"
        names = {
            NAME: Reason.SAME_NAME,
            NAME.replace("泰", "太"): Reason.LIKE_NAME,
            "示例某镇卫生院": Reason.OTHER_NAME,
        }

        for name, reason in names.items():
            (only,) = suggest(damaged, Candidate(CODE, True, (NAME,)), name=name)
            assert reason in only.reasons

    @pytest.mark.parametrize(
        ("text", "name", "is_certain"),
        [
            (CODE[:-1] + "0", None, True),
            (CODE[:-1] + "0", NAME, True),
            (CODE[:-1] + "0", "示例某镇卫生院", False),
            (CODE[:-2] + "00", None, False),
            (CODE[:-2] + "00", NAME, True),
            (CODE[:-2] + "00", NAME.replace("泰", "太"), False),
        ],
    )
    def test_is_certain_only_of_one_slip_or_the_same_name(self, text, name, is_certain):
        (only,) = suggest(text, Candidate(CODE, True, (NAME,)), name=name)

        assert only.is_certain is is_certain

    def test_is_never_certain_of_what_no_register_holds(self):
        (only,) = suggest(CODE[:-1] + "0", Candidate(CODE))

        assert not only.is_certain
        assert Reason.NOT_HELD in only.reasons

    def test_says_where_another_code_is_as_likely(self):
        text = CODE[:9] + "#" + CODE[10:]
        one, other = CODE, CODE[:9] + "7" + CODE[10:]

        ordered = suggest(text, Candidate(one, True), Candidate(other, True))

        assert all(each.is_one_of_several for each in ordered)
        assert not any(each.is_certain for each in ordered)

    def test_leaves_out_what_two_slips_do_not_explain(self):
        assert suggest("91" + "0" * 16, Candidate(CODE, True)) == ()


class TestLikeness:
    @given(st.text(), st.text())
    def test_lies_between_none_and_the_same(self, one, other):
        assert 0 <= repair.likeness(one, other) <= 1
        assert repair.likeness(one, other) == repair.likeness(other, one)
        assert repair.likeness(one, one) == 1
