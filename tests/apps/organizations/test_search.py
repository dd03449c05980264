"""Search: what is found, in which order, and what nobody can find."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.factories import register
from xinheng.apps.organizations.search import near, search

pytestmark = pytest.mark.django_db

STEEL = "示例市营河特种钢铁有限公司"


def codes(text, **more):
    return [hit.uscc for hit in search(text=text, **more).items]


def names(text, **more):
    return [hit.name for hit in search(text=text, **more).items]


class TestNames:
    @pytest.mark.parametrize(
        "text",
        [
            "钢铁",
            "特种钢铁",
            STEEL,
            "鋼鐵",
            "钢 铁",
            "（钢）铁",
            "特種[鋼]鐵",
            "鋼\u200b铁",
        ],
    )
    def test_finds_part_of_a_name_however_it_is_written(self, text):
        register.add(STEEL, "示例市海产有限公司")

        assert names(text) == [STEEL]

    def test_ignores_width_and_case(self):
        register.add("示例ＡＢ科技有限公司")

        assert names("例ab科") == ["示例ＡＢ科技有限公司"]

    def test_ignores_brackets_in_the_name(self):
        register.add("鼎盛（示例）贸易有限公司")

        assert names("鼎盛示例贸易") == ["鼎盛（示例）贸易有限公司"]

    def test_finds_no_name_that_has_the_pairs_but_not_the_piece(self):
        """Every pair of the piece stands in the name, in another order."""
        register.add("示例钢铁例钢厂")

        assert names("例钢铁例钢") == ["示例钢铁例钢厂"]
        assert names("铁例钢铁") == []
        assert names("示例钢厂") == []

    def test_finds_nothing_across_two_names(self):
        register.add(("示例海运甲", "乙仓储示例"))

        assert names("甲乙") == []
        assert names("乙甲") == []

    def test_says_which_former_name_was_meant(self):
        register.add(("示例新名称有限公司", "示例老字号商行"))

        (hit,) = search(text="老字号").items

        assert (hit.name, hit.former_name) == ("示例新名称有限公司", "示例老字号商行")

    def test_names_no_former_name_where_the_present_one_is_meant(self):
        register.add(("示例新名称有限公司", "示例老名称有限公司"))

        assert search(text="名称").items[0].former_name is None

    @pytest.mark.parametrize("text", ["", "示", " 示 ", "（）", "（示）", "！？", "9"])
    def test_does_not_look_for_less_than_two_characters(self, text):
        register.add("示例市一九厂")

        assert search(text=text).total == 0


class TestInitials:
    @pytest.mark.parametrize("text", ["yhtz", "YHTZGT", "ＹＨ", "y h t z"])
    def test_finds_by_initials(self, text):
        register.add(STEEL, "示例市海产有限公司")

        assert names(text) == [STEEL]

    def test_reads_a_word_as_it_is_spoken(self):
        register.add("示例重庆小面馆", "示例长春药房")

        assert names("cqxm") == ["示例重庆小面馆"]
        assert names("slcc") == ["示例长春药房"]

    def test_says_which_former_name_was_meant(self):
        register.add(("示例新名称有限公司", "示例老字号商行"))

        assert search(text="lzh").items[0].former_name == "示例老字号商行"

    def test_finds_letters_that_stand_in_the_name(self):
        register.add("示例K11百货商场")

        assert names("k11") == ["示例K11百货商场"]


class TestCodes:
    def test_finds_a_whole_code_and_the_beginning_of_one(self):
        code, *_ = register.add(STEEL)

        assert codes(code) == codes(code.lower()) == codes(code[:12]) == [code]

    def test_orders_by_code(self):
        known = register.add(*(f"示例{number}号厂" for number in "一二三四五"))

        assert codes("91210899") == sorted(known)

    def test_reads_no_sole_proprietors_off_one_after_the_other(self):
        code, *_ = register.add("顺发小吃店", prefix="92210899")

        assert codes("92") == codes("92210899") == codes(code[:17]) == []
        assert codes(code) == [code]

    def test_finds_by_a_former_code_and_says_so(self):
        code, *_ = register.add(STEEL, "示例市海产有限公司")
        register.add_code(code, "210800004012348")

        (hit,) = search(text="210800004012348").items

        assert (hit.uscc, hit.former_code) == (code, "210800004012348")
        assert codes("2108000040") == []

    def test_shows_both_where_two_have_borne_a_code(self):
        first, second = register.add(STEEL, "示例市海产有限公司")
        register.add_code(second, first)

        assert [(hit.uscc, hit.former_code) for hit in search(text=first).items] == [
            (first, None),
            (second, first),
        ]


class TestNear:
    def test_suggests_the_code_that_one_slip_away_is_held(self):
        first, *_ = register.add(STEEL, "示例市海产有限公司")
        mistyped = first[:10] + ("8" if first[10] != "8" else "7") + first[11:]

        assert [hit.name for hit in near(mistyped)] == [STEEL]
        assert [hit.uscc for hit in near(f" {first[:9]} {first[10:]}")] == [first]

    def test_suggests_no_sole_proprietor(self):
        code, *_ = register.add("顺发小吃店", prefix="92210899")

        assert near(code[:17] + ("0" if code[17] != "0" else "1")) == ()

    @pytest.mark.parametrize(
        "text", ["", "示例", "91" * 200, "\x00", register.valid_code("91210899", 5)]
    )
    def test_suggests_nothing_for_anything_else(self, text):
        register.add(STEEL)

        assert near(text) == ()


class TestHiddenNames:
    def test_finds_no_sole_proprietor_by_what_is_not_shown(self):
        register.add(
            "赵示例",
            "顺发小吃店(赵示例)",
            ("好味面馆", "赵示例面馆"),
            prefix="92210899",
        )

        assert codes("赵示") == codes("赵示例") == codes("zsl") == codes("店赵") == []
        assert names("顺发小吃") == ["顺发小吃店"]
        assert names("面馆") == ["好味面馆"]

    def test_does_not_hold_it_in_the_index(self):
        from xinheng.apps import bulk

        register.add("赵示例", "顺发小吃店(赵示例)", prefix="92210899")

        held = bulk.fetch("SELECT names, initials FROM organizations_search")

        assert sorted(held) == [("", ""), ("顺发小吃店", "SFXCD")]


class TestOrder:
    def test_puts_registered_before_others_and_short_before_long(self):
        register.add("示例长长长厂", "示例短厂")
        register.add("示例厂", status="DEREGISTERED")
        register.add("示例销厂", status="REVOKED")

        assert names("示例") == ["示例短厂", "示例长长长厂", "示例销厂", "示例厂"]

    def test_orders_equals_by_code(self):
        known = register.add(*(f"示例{number}厂" for number in "一二三四五六七八"))

        assert codes("示例") == sorted(known)

    def test_turns_pages_without_gap_or_repetition(self):
        known = register.add(*(f"示例{number:03}号厂" for number in range(50)))

        pages = [search(text="示例", page=page) for page in (1, 2, 3, 4)]

        assert [len(page.items) for page in pages] == [20, 20, 10, 0]
        assert [hit.uscc for page in pages for hit in page.items] == sorted(known)
        assert {page.total for page in pages} == {50}

    def test_stops_counting(self, monkeypatch):
        from xinheng.apps.organizations import search as module

        register.add(*(f"示例{number:03}号厂" for number in range(50)))
        monkeypatch.setattr(module, "MOST_COUNTED", 30)

        first, second, third = (search(text="示例", page=page) for page in (1, 2, 3))

        assert (first.total, first.is_capped, first.pages) == (30, True, 2)
        assert [len(page.items) for page in (first, second, third)] == [20, 10, 0]
        assert search(text="例001").is_capped is False
        assert search(text="91").is_capped is True

    def test_turns_no_page_that_a_database_can_not_count(self):
        register.add("示例一厂")

        assert search(text="示例", page=10**30).items == ()
        assert search(text="示例", page=-1).number == 1


class TestStrangeInput:
    @pytest.mark.parametrize(
        "text",
        [
            '示例"', "示例' OR 1=1 --", "示例*", "names : 示例", "示例 AND 厂",
            "NEAR(示例 厂)",
            "^示例", "示例%", "示例_", "\\示例", "-示例", "{示例}", "(((((", '"""',
        ],
    )  # fmt: skip
    def test_takes_signs_of_a_query_language_for_text(self, text):
        register.add("示例厂")

        assert search(text=text).total in (0, 1)

    @pytest.mark.parametrize("text", ["示%", "示_厂", "_例", "%%", "__"])
    def test_knows_no_wildcards(self, text):
        register.add("示例厂")

        assert search(text=text).total == 0

    @pytest.mark.parametrize(
        "text",
        [
            "示\x00例",
            "示" * 10_000,
            "9" * 10_000,
            "\ud800示",
            "😀😀",
            "\n\n\n",
            "ﷺ" * 300,
        ],
    )
    def test_finds_nothing_under_what_no_name_can_be(self, text):
        register.add("示例厂")

        assert search(text=text).total == 0

    def test_finds_characters_outside_the_basic_plane(self):
        register.add("示例𠮷野商店", "示例\U00020bb7厂")

        assert names("例𠮷") == ["示例𠮷厂", "示例𠮷野商店"]
        assert names("𠮷野") == ["示例𠮷野商店"]


class TestImport:
    def test_finds_what_an_import_brought_and_by_which_name(self, tmp_path):
        from tests.factories import files
        from xinheng.apps.organizations import operations
        from xinheng.rulebook import samples

        one = samples.organizations(3, seed=0)[0]
        for number, name in enumerate(("示例市旧名有限公司", "示例市新名有限公司")):
            path = files.write_csv(
                tmp_path / f"{number}.csv", [{"name": name, "uscc": one.code}]
            )
            operations.import_register(
                path=path, actor="test", at=datetime(2019, 6, 3, tzinfo=UTC)
            )

        assert codes("新名") == codes("旧名") == [one.code]
        assert search(text="旧名").items[0].former_name == "示例市旧名有限公司"
