"""What a check says, in both languages."""

from __future__ import annotations

import re

import pytest

from xinheng.core.submissions import findings
from xinheng.core.submissions.findings import Rule, Severity
from xinheng.rulebook import catalog

# house.md section 6, and what the validators of the domain notes need beside.
CODES = """
USCC_FORMAT USCC_CHECK ORG_CODE_CHECK USCC_AUTHORITY USCC_DIVISION USCC_WIDTH
LEGACY_CODE CODE_PLACEHOLDER EXCEL_NUMBER CATEGORY_CODE SOLE_PROPRIETOR_LIST
PERSONAL_ID PERSONAL_ID_SUSPECTED NATURAL_PERSON REQUIRED LENGTH CODE_LIST DATE_FORMAT
DATE_FUTURE DATE_ORDER NUMBER_FORMAT AMOUNT AMOUNT_UNIT CONTROL_CHARACTER
DUPLICATE_ROW DUPLICATE_KEY NAME_MISMATCH UNKNOWN_ORGANIZATION LATE LATE_PROVISIONAL
CALENDAR_UNKNOWN NO_LEGAL_BASIS
HEADER_ROW CODE_TAKEN CHANGE_UNKNOWN TOO_MANY_CHANGES STATUS_ORDER REGISTER_STATUS
INDUSTRY_CODE PARENT_UNKNOWN UNIT_UNKNOWN
OTHER_UNIT AUTHORITY_NAME FORMER_CODE
CELL_COUNT CELL_ERROR FORMULA_VALUE
DUP_CODE CODE_INVENTED CODE_PRINTED_Y CODE_TRUNCATED CODE_SEVERAL CODE_NAME
CODE_ORGANIZATION
"""

QUESTIONS = {
    "AMOUNT_UNIT",
    "CODE_INVENTED",
    "DUP_CODE",
    "NAME_MISMATCH",
    "OTHER_UNIT",
    "PERSONAL_ID_SUSPECTED",
}
NOTICES = {
    "AUTHORITY_NAME",
    "CALENDAR_UNKNOWN",
    "CODE_PRINTED_Y",
    "FORMER_CODE",
    "INDUSTRY_CODE",
    "LATE",
    "LATE_PROVISIONAL",
    "PARENT_UNKNOWN",
    "REGISTER_STATUS",
    "UNIT_UNKNOWN",
    "UNKNOWN_ORGANIZATION",
    "USCC_AUTHORITY",
    "USCC_DIVISION",
}
RULES = list(catalog.rules().values())


def test_every_rule_is_there() -> None:
    assert sorted(catalog.rules()) == sorted(CODES.split())


def test_what_is_no_error_is_a_question_or_a_notice() -> None:
    questions = {rule.code for rule in RULES if rule.severity is Severity.QUESTION}
    notices = {rule.code for rule in RULES if rule.severity is Severity.NOTICE}

    assert (questions, notices) == (QUESTIONS, NOTICES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
class TestTexts:
    def test_are_filled_in_completely(self, rule: Rule) -> None:
        text = findings.describe(rule, title="栏目", title_en="Column", limit="7")

        written = (text.message_zh, text.message_en, text.advice_zh, text.advice_en)
        assert not [part for part in written if "{" in part or "}" in part]

    def test_are_in_the_language_they_say(self, rule: Rule) -> None:
        assert re.search("[\u4e00-\u9fff]", rule.message_zh)
        assert re.search("[\u4e00-\u9fff]", rule.advice_zh)
        assert not re.search("[\u4e00-\u9fff]", rule.message_en)
        assert re.search("[a-z]{3}", rule.message_en)
        assert re.search("[a-z]{3}", rule.advice_en)

    def test_have_a_short_title_that_names_no_column(self, rule: Rule) -> None:
        assert 0 < len(rule.title_zh) <= 20
        assert 0 < len(rule.title_en) <= 50
        assert not re.search("[{}。.]", rule.title_zh + rule.title_en)

    def test_are_one_sentence_each(self, rule: Rule) -> None:
        assert rule.message_zh.count("。") == rule.advice_zh.count("。") == 1
        assert rule.message_zh.endswith("。")
        assert rule.message_en.endswith(".")
        assert ". " not in rule.message_en
        assert ". " not in rule.advice_en

    def test_name_the_same_placeholders_in_both_languages(self, rule: Rule) -> None:
        def named(text: str) -> set[str]:
            return set(re.findall(r"\{(\w+)\}", text))

        assert named(rule.message_zh) == named(rule.message_en)
        assert named(rule.advice_zh) == named(rule.advice_en)
