"""When two names mean one organization, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.linkage import folding, names
from xinheng.core.linkage.name_parts import NameReader, Vocabulary, numbers
from xinheng.core.linkage.names import Ear, Reason, Verdict

WORDS = Vocabulary(
    forms={
        "有限公司": "limited",
        "有限责任公司": "limited",
        "股份有限公司": "stock",
        "厂": "factory",
    },
    branch_endings=("分公司", "营业部"),
    places={
        "示例": ("2108",),
        "示例市": ("2108",),
        "辽东省": ("21",),
        "云溪市": ("3301",),
        "云溪": ("3301",),
        "东方": ("4690",),
        "和平区": ("210102", "120101"),
        "沈河市": ("2101",),
    },
)
READER = NameReader(WORDS, lambda text: folding.fold(text, {}))
# No name is known, and nothing sounds alike.
DEAF = Ear(is_known_pair=lambda pair: False, sounds_alike=lambda one, other: False)
KNOWING = Ear(is_known_pair=lambda pair: True, sounds_alike=lambda one, other: False)

name_texts = st.text("示例市云溪安邦商贸有限责任公司厂分第一二()（）", max_size=24)


def compare(query, register, ear=DEAF, division=None):
    found = names.compare(
        READER.readings(query), READER.readings(register), ear, division=division
    )
    reasons = None if found is None else [each.reason for each in found]
    return names.verdict(found), reasons


class TestReader:
    def test_takes_a_name_apart(self):
        (parts,) = READER.readings("示例市安邦商贸有限公司云溪分公司")

        assert parts.places == ("示例市",)
        assert parts.core == "安邦商贸"
        assert (parts.form, parts.form_class) == ("有限公司", "limited")
        assert parts.branch == "云溪分公司"

    def test_finds_a_place_in_brackets(self):
        (parts,) = READER.readings("安邦（云溪）商贸有限公司")

        assert (parts.places, parts.core) == (("云溪",), "安邦商贸")
        assert parts.is_place_inside

    def test_reads_a_place_without_its_ending_in_two_ways(self):
        as_place, as_word = READER.readings("东方机械有限公司")

        assert (as_place.places, as_place.core) == (("东方",), "机械")
        assert (as_word.places, as_word.core) == ((), "东方机械")

    def test_takes_a_second_place_only_inside_the_first(self):
        assert READER.readings("辽东省示例市安邦厂")[0].places == ("辽东省", "示例市")
        assert READER.readings("示例市东方机械厂")[0].places == ("示例市",)

    @given(st.text(max_size=40))
    def test_reads_any_text_the_same_way_twice(self, text):
        assert READER.readings(text) == READER.readings(text)

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("第一小学", ("一",)),
            ("二分厂", ("二",)),
            ("8号店", ("8",)),
            ("一达商贸", ()),
        ],
    )
    def test_knows_numbers_from_words(self, text, found):
        assert numbers(text) == found


class TestSame:
    @pytest.mark.parametrize(
        ("query", "reason"),
        [
            ("示例市安邦（商贸）有限公司", Reason.SAME_NAME),
            ("示例市安邦商贸有限责任公司", Reason.FORM_WRITTEN),
            ("示例安邦商贸有限公司", Reason.PLACE_WRITTEN),
            ("辽东省示例市安邦商贸有限公司", Reason.PLACE_WRITTEN),
        ],
    )
    def test_is_said_where_only_the_writing_differs(self, query, reason):
        verdict, reasons = compare(query, "示例市安邦商贸有限公司")

        assert (verdict, reasons) == (Verdict.SAME, [reason])

    @given(name_texts, name_texts)
    def test_is_said_both_ways_or_not_at_all(self, one, other):
        is_same = compare(one, other)[0] is Verdict.SAME

        assert is_same == (compare(other, one)[0] is Verdict.SAME)

    @given(name_texts, name_texts)
    def test_is_never_said_of_a_branch_and_its_parent(self, one, other):
        verdict, reasons = compare(one, other)

        assert not (verdict is Verdict.SAME and Reason.PARENT in reasons)


class TestPossible:
    @pytest.mark.parametrize(
        ("query", "reason"),
        [
            ("安邦（示例）商贸有限公司", Reason.PLACE_MOVED),
            ("安邦商贸（示例）有限公司", Reason.PLACE_MOVED),
            ("安邦商贸有限公司", Reason.PLACE_MISSING),
            ("示例市安邦商贸股份有限公司", Reason.FORM_DIFFERS),
            ("示例市安邦商贸", Reason.FORM_MISSING),
            ("示例市安邦商贸有限公司云溪分公司", Reason.PARENT),
            ("示例市安邦商有限公司", Reason.SLIP_DROPPED),
            ("示例市安安邦商贸有限公司", Reason.SLIP_ADDED),
            ("示例市安商邦贸有限公司", Reason.SLIP_SWAPPED),
            ("示例市安帮商贸有限公司", Reason.SLIP_SUBSTITUTED),
            ("示例市安邦商贸有眼公司", Reason.SLIP_SUBSTITUTED),
        ],
    )
    def test_has_a_reason(self, query, reason):
        verdict, reasons = compare(query, "示例市安邦商贸有限公司")

        assert (verdict, reasons) == (Verdict.POSSIBLE, [reason])

    def test_knows_places_of_one_name_in_two_cities(self):
        answer = compare("和平区安邦商贸厂", "沈河市和平区安邦商贸厂")

        assert answer == (Verdict.POSSIBLE, [Reason.PLACE_WIDER])

    def test_tells_a_place_in_other_brackets(self):
        answer = compare("安邦（示例）商贸厂", "安邦商贸（示例）厂")

        assert answer == (Verdict.POSSIBLE, [Reason.PLACE_MOVED])

    @given(name_texts, name_texts)
    def test_is_never_said_without_a_reason(self, one, other):
        _, reasons = compare(one, other)

        assert reasons is None or reasons

    def test_hears_a_slip_in_a_name_that_reads_well(self):
        ear = Ear(lambda pair: True, lambda one, other: {one, other} == {"帮", "邦"})

        answer = compare("示例市安帮商贸有限公司", "示例市安邦商贸有限公司", ear)

        assert answer == (Verdict.POSSIBLE, [Reason.SLIP_SOUND])

    def test_takes_the_place_from_the_code_where_the_name_has_none(self):
        near = compare("示例市安邦商贸厂", "安邦商贸厂", division="210801")
        far = compare("示例市安邦商贸厂", "安邦商贸厂", division="330101")

        assert near == (Verdict.POSSIBLE, [Reason.PLACE_ADDED])
        assert far == (Verdict.NONE, None)


class TestNone:
    @pytest.mark.parametrize(
        "query",
        [
            "云溪市安邦商贸有限公司",
            "示例市宏图商贸有限公司",
            "示例市第二安邦商贸有限公司",
            "示例市安邦商贸有限公司一分店有限公司",
            "",
            "有限公司",
        ],
    )
    def test_is_said_of_another_organization(self, query):
        assert compare(query, "示例市安邦商贸有限公司")[0] is Verdict.NONE

    @pytest.mark.parametrize(
        ("query", "register"),
        [
            ("示例市第一中学", "示例市第二中学"),
            ("示例市机械一分厂", "示例市机械二分厂"),
            ("示例市安邦1号商店", "示例市安邦2号商店"),
        ],
    )
    def test_is_said_where_the_number_differs(self, query, register):
        assert compare(query, register)[0] is Verdict.NONE

    def test_is_said_where_the_other_character_makes_a_name_of_its_own(self):
        answer = compare("示例市安达商贸有限公司", "示例市安邦商贸有限公司", KNOWING)

        assert answer == (Verdict.NONE, None)

    def test_is_said_of_a_branch_where_its_parent_was_named(self):
        answer = compare("示例市安邦商贸厂", "示例市安邦商贸厂云溪分公司")

        assert answer == (Verdict.NONE, None)


class TestSlip:
    @given(st.text(max_size=12), st.text(max_size=12))
    def test_is_found_both_ways_or_not_at_all(self, one, other):
        there, back = names.find_slip(one, other), names.find_slip(other, one)

        assert (there is None) == (back is None)

    @given(st.text("甲乙丙丁", min_size=1, max_size=8))
    def test_is_undone(self, text):
        for before in names.one_slip_away(text):
            slip = names.find_slip(text, before)

            assert before == text or slip is not None
