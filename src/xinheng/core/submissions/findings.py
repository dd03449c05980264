"""Findings: what is wrong with a row, and what to do about it.

A finding names the row, the field and the rule; it never carries the value. The rules'
texts are data (`rulebook/findings.toml`), so that each reads the same in a reject file,
on a page and in an API answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding does to its row."""

    ERROR = "error"  # the row is rejected
    QUESTION = "question"  # the row is kept aside until a person decides
    NOTICE = "notice"  # the row is taken, the unit is told


@dataclass(frozen=True, slots=True)
class Rule:
    """A check with a stable code and its texts.

    The texts may hold `{title}` (the field's title in that language) and `{limit}`
    (what the catalog allows: a length, a list, a range). `title_zh` and `title_en` name
    the rule in a list, whatever the column.
    """

    code: str
    severity: Severity
    message_zh: str
    message_en: str
    advice_zh: str
    advice_en: str
    title_zh: str = ""
    title_en: str = ""


@dataclass(frozen=True, slots=True)
class FindingText:
    """A rule's texts for one field, as a reject file shows them."""

    message_zh: str
    message_en: str
    advice_zh: str
    advice_en: str


def describe(rule: Rule, *, title: str, title_en: str, limit: str) -> FindingText:
    """Return the texts of a finding; `limit` is empty where the rule has none.

    Empty titles stand for the whole row.
    """
    zh = {"title": title or "本行", "limit": limit}
    en = {"title": title_en or "The row", "limit": limit}
    return FindingText(
        rule.message_zh.format(**zh),
        rule.message_en.format(**en),
        rule.advice_zh.format(**zh),
        rule.advice_en.format(**en),
    )
