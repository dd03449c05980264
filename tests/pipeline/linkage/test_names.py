"""Organizations suggested for a name, from a register of a few."""

import csv
import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.linkage.names import Reason, Verdict
from xinheng.pipeline.linkage.name_index import COLUMNS, NameIndex
from xinheng.pipeline.linkage.names import NameMatcher, sound_alike, vocabulary
from xinheng.rulebook import division_names, legal_forms, name_reasons

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
PLACES = {
    "示例市": ("2108",),
    "示例": ("2108",),
    "云溪市": ("3301",),
    "云溪": ("3301",),
}
PARENT = ("91210899MA00000001", "示例市安邦商贸有限公司", False, "210899")
BRANCH = ("91210899MA00000002", "示例市安邦商贸有限公司云溪分公司", False, "210899")
SCHOOL = ("12210899MA00000003", "示例市第一实验中学", False, "210899")
RENAMED = ("91210899MA00000004", "示例市宏图机械厂", True, "210899")
RENAMED_NOW = ("91210899MA00000004", "示例市远大机械有限公司", False, "210899")
TWINS = [
    ("92210899MA00000005", "示例市便民小吃店", False, "210899"),
    ("92210899MA00000006", "示例市便民小吃店", False, "210899"),
]
REGISTER = [PARENT, BRANCH, SCHOOL, RENAMED, RENAMED_NOW, *TWINS]

name_texts = st.one_of(
    st.sampled_from([row[1] for row in REGISTER]),
    st.text("示例市安邦商贸有限责任公司便民小吃店第一二", max_size=16),
    st.text(max_size=20),
)


def matcher(rows):
    frame = pl.DataFrame(rows, schema=list(COLUMNS), orient="row")
    schema = {"code": pl.String, "name": pl.String, "is_former": pl.Boolean}
    return NameMatcher(NameIndex(frame.cast({**schema, "division": pl.String})), PLACES)


MATCHER = matcher(REGISTER)


def first(name, division=None):
    answer = MATCHER.suggest(name, division)
    return answer.verdict, [each.code for each in answer.suggestions]


class TestSuggest:
    @pytest.mark.parametrize(
        "written",
        [
            "示例市安邦商贸有限公司",
            "示例市(安邦)商贸 有限公司",
            "示例市安邦商貿有限公司",
            "示例安邦商贸有限责任公司",
        ],
    )
    def test_finds_the_organization_that_only_is_written_otherwise(self, written):
        assert first(written) == (Verdict.SAME, [PARENT[0]])

    def test_finds_a_former_name_and_says_so(self):
        answer = MATCHER.suggest("示例市宏图机械厂")

        assert answer.verdict is Verdict.SAME
        assert answer.suggestions[0].is_former
        reasons = [each.reason for each in answer.suggestions[0].differences]
        assert reasons == [Reason.SAME_NAME, Reason.FORMER_NAME]

    def test_takes_a_branch_for_itself_where_it_is_registered(self):
        assert first("示例市安邦商贸有限公司（云溪）分公司")[0] is Verdict.SAME
        assert first(BRANCH[1]) == (Verdict.SAME, [BRANCH[0]])

    def test_suggests_the_parent_of_an_unknown_branch(self):
        verdict, codes = first("示例市安邦商贸有限公司示例第二营业部")

        assert (verdict, codes) == (Verdict.POSSIBLE, [PARENT[0]])

    def test_never_prefers_one_of_two_bearers_of_a_name(self):
        answer = MATCHER.suggest("示例市便民小吃店")

        assert answer.verdict is Verdict.POSSIBLE
        assert [each.code for each in answer.suggestions] == [row[0] for row in TWINS]
        for each in answer.suggestions:
            assert each.differences[-1].reason is Reason.SHARED_NAME

    @pytest.mark.parametrize(
        "slip",
        ["示例市安帮商贸有限公司", "示例市邦安商贸有限公司", "示例市安邦商贸有限司"],
    )
    def test_finds_a_name_through_a_slip(self, slip):
        assert first(slip) == (Verdict.POSSIBLE, [PARENT[0]])

    def test_does_not_take_one_number_for_another(self):
        assert first("示例市第二实验中学") == (Verdict.NONE, [])

    def test_puts_the_own_division_first(self):
        rows = [
            ("91330100MA00000007", "云溪市安邦商贸有限公司", False, "330100"), PARENT
        ]  # fmt: skip

        for row in rows:
            answer = matcher(rows).suggest("安邦商贸有限公司", row[3])

            assert answer.verdict is Verdict.POSSIBLE
            assert answer.suggestions[0].code == row[0]
            assert answer.suggestions[0].division_digits == 6

    def test_hides_a_name_that_looks_personal_from_the_public(self):
        answer = matcher([("92210899MA00000008", "示例甲", False, None)]).suggest(
            "示例甲"
        )

        assert answer.suggestions[0].public_name is None


class TestAnything:
    @pytest.mark.parametrize(
        "text",
        ["", " ", "甲", "😀😀😀", "\ud800\udfff", "\x00\xff\x00", "有限公司", "（）"],
    )
    def test_that_is_no_name_means_nothing(self, text):
        assert first(text) == (Verdict.NONE, [])

    @pytest.mark.parametrize("text", ["示例市安邦商贸有限公司" * 1000, " " * 10_000])
    def test_that_is_too_long_means_nothing_at_once(self, text):
        started = time.perf_counter()

        assert first(text) == (Verdict.NONE, [])
        assert time.perf_counter() - started < 0.5

    def test_means_nothing_in_an_empty_register(self):
        assert matcher([]).suggest("示例市安邦商贸有限公司").verdict is Verdict.NONE

    @given(name_texts)
    def test_gets_one_answer(self, text):
        assert MATCHER.suggest(text) == matcher(REGISTER).suggest(text)

    @given(name_texts)
    def test_is_the_same_as_one_organization_at_most(self, text):
        answer = MATCHER.suggest(text)

        same = [each for each in answer.suggestions if each.verdict is Verdict.SAME]
        assert len({each.code for each in same}) <= 1

    @given(name_texts, name_texts)
    def test_becomes_the_same_only_as_an_organization_that_comes_to_be(
        self, text, another
    ):
        before = MATCHER.suggest(text)
        newcomer = ("91210899MA00000009", another, False, "210899")

        after = matcher([*REGISTER, newcomer]).suggest(text)

        if before.verdict is Verdict.NONE and after.verdict is Verdict.SAME:
            assert after.suggestions[0].code == newcomer[0]


class TestWords:
    def test_of_divisions_are_found_short_and_whole(self):
        known = division_names.load()

        assert known["营口市"] == ("2108",)
        assert "2108" in known["营口"]
        assert "鲅鱼圈" not in known
        assert known["新疆"] == ("65",)
        assert division_names.trimmed("210000") == "21"

    def test_of_forms_say_one_form_each(self):
        words = [word for form in legal_forms.load() for word in form.words]

        assert len(words) == len(set(words))
        assert legal_forms.classes()["有限公司"] == "limited_company"
        assert "分公司" in vocabulary().branch_endings

    @pytest.mark.parametrize("reason", Reason)
    def test_say_every_reason_in_both_languages(self, reason):
        text = name_reasons.load()[reason]

        assert text.text_zh.endswith("。")
        assert text.text_en.endswith(".")

    def test_sound_alike_by_their_common_reading(self):
        assert sound_alike("宏", "鸿")
        assert not sound_alike("安", "邦")
        assert not sound_alike("A", "B")


@pytest.mark.shared_data
@pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data")
class TestRealNames:
    """Nothing of the data is shown, also where a test fails."""

    def test_of_a_province_are_the_same_as_themselves_only(self):
        rows = _read("cn_liaoning_orgs.csv", "org_name", "uscc")[::20]
        known = NameMatcher(
            NameIndex(pl.DataFrame(rows, schema=list(COLUMNS), orient="row"))
        )

        wrong = sum(
            known.suggest(name).suggestions[0].name != name
            for _, name, *_ in rows[:500]
        )

        assert wrong == 0

    def test_with_two_codes_are_the_same_as_neither(self):
        rows = _read("cn_same_name_two_codes_orgs.csv", "org_name", "second_code")
        firsts = _read("cn_same_name_two_codes_orgs.csv", "org_name", "first_code")
        both = list(dict.fromkeys([*rows, *firsts]))
        known = NameMatcher(
            NameIndex(pl.DataFrame(both, schema=list(COLUMNS), orient="row"))
        )

        verdicts = {known.suggest(name).verdict for _, name, *_ in rows}

        assert verdicts == {Verdict.POSSIBLE}


def _read(file, name, code):
    with (DATA / file).open(encoding="utf-8-sig", newline="") as lines:
        return [
            (row[code], row[name], False, row[code][2:8])
            for row in csv.DictReader(lines)
        ]
