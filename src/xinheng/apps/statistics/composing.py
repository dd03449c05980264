"""The bulletin as a document: masthead, sections, colophon, every number with its rule.

Nothing is typed here but the words around the numbers. A section without content is
left out, but for the report itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xinheng.apps.statistics import composing_report as report
from xinheng.apps.statistics.facts import Facts
from xinheng.core.statistics.briefs import Text
from xinheng.core.statistics.document import Block, Cell, Document, Section, Table
from xinheng.rulebook import bulletin as rulebook

DEMO_NOTE = "示例：城市、单位和机构均为虚构，仅供演示。"
DRAFT = "草稿，未发布"


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that another issue of the month printed otherwise."""

    unit: str
    column: str
    before: int
    now: int


@dataclass(frozen=True, slots=True)
class Heading:
    """What an issue bears besides its month; all empty in a draft.

    `number` and `dated` are texts as printed; `restates` the number of the issue that
    this one puts right, with the cells that changed.
    """

    number: str = ""
    dated: str = DRAFT
    contact: str = ""
    distribution: str = ""
    restates: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """All that a bulletin is made of; `briefs` are (section, unit, text)."""

    facts: Facts
    heading: Heading
    briefs: tuple[tuple[str, str, Text], ...]
    is_demo: bool


def compose(told: Told) -> Document:
    """Return the document."""
    facts, heading = told.facts, told.heading
    table = facts.table
    year, month = table.period.split("-")
    return Document(
        masthead=rulebook.rules().masthead,
        title=f"{year}年{int(month)}月公共信用信息报送情况",
        number=heading.number,
        dated=heading.dated,
        mark=DEMO_NOTE if told.is_demo else "",
        period=table.period,
        ledger_size=table.ledger_size,
        sections=tuple(_numbered(_sections(told))),
        colophon=tuple(_colophon(told)),
    )


def _sections(told: Told) -> Iterator[tuple[str, str, tuple[Block, ...]]]:
    facts = told.facts
    parts: tuple[tuple[str, str, Callable[[], Iterator[Block]]], ...] = (
        ("restatement", "更正说明", lambda: _restatement(told.heading)),
        ("progress", "工作进展", lambda: _texts(told, "PROGRESS")),
        ("measures", "联合奖惩", lambda: _measures(told)),
        ("briefs", "单位简讯", lambda: _texts(told, "BRIEF")),
        ("report", "报送情况", lambda: report.situation(facts)),
        ("names", "点名", lambda: report.names(facts)),
        ("rates", "三率", lambda: report.rates_of_units(facts)),
        ("overlap", "各栏目涉及的机构", lambda: report.overlaps(facts)),
        ("doubts", "请核对的数字", lambda: report.doubts(facts)),
        ("redress", "异议与信用修复", lambda: report.redress(facts)),
        ("campaigns", "专项治理", lambda: report.campaigns(facts)),
        ("table", "报送情况表", lambda: report.whole_table(facts)),
    )
    for key, title, blocks in parts:
        found = tuple(blocks())
        if found:
            yield key, title, found


_NUMERALS = "一二三四五六七八九十"


def _numbered(
    sections: Iterator[tuple[str, str, tuple[Block, ...]]],
) -> Iterator[Section]:
    for place, (key, title, blocks) in enumerate(sections):
        tens, ones = divmod(place, len(_NUMERALS))
        numeral = ("十" if tens else "") + _NUMERALS[ones]
        yield Section(key, f"{numeral}、{title}", blocks)


def _restatement(heading: Heading) -> Iterator[Block]:
    if not heading.restates:
        return
    yield Block(
        text=f"本期更正{heading.restates}。更正前后不同的数共 {len(heading.changes)} "
        "处，其他各数不变；原期保留，不作改动。"
    )
    if heading.changes:
        rows = tuple(
            (
                Cell(each.unit),
                Cell(each.column),
                Cell(f"{each.before:,}", each.before),
                Cell(f"{each.now:,}", each.now),
            )
            for each in heading.changes
        )
        heads = ("部门名称", "栏目", "原数", "现数")
        yield Block(table=Table("changes", "更正前后", heads, rows, labels=2))


def _texts(told: Told, section: str) -> Iterator[Block]:
    for kind, unit, text in told.briefs:
        if kind == section:
            title = f"{text.title}（{unit}）" if unit else text.title
            yield Block(title=title, text=text.text)


def _measures(told: Told) -> Iterator[Block]:
    yield from _texts(told, "MEASURES")
    yield from report.measures(told.facts)


def _colophon(told: Told) -> Iterator[tuple[str, str]]:
    table, heading = told.facts.table, told.heading
    yield (
        "统计口径",
        f"报送月份为 {table.period}、在账本前 {table.ledger_size} 项之内入库且未被更正"
        f"取代的记录；各项义务以 {told.facts.as_of.isoformat()} 为准。"
        "同一月份、同一账本规模得出的数完全相同。",
    )
    yield "账本根值", told.facts.ledger_root
    if heading.contact:
        yield "联系", heading.contact
    if heading.distribution:
        yield "报送", heading.distribution
