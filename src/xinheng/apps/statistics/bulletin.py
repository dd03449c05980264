"""The monthly bulletin's table as a document: a page to print, a sheet, or data.

The text depends on the table alone: the same month at the same ledger size is the same
file, byte for byte. Which units are named, and as what, follows from their counts and
returns by the rule that the page prints; nobody types the list.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.template.loader import render_to_string

from xinheng.apps.measures.counting import OpenRecalls
from xinheng.core import formulas
from xinheng.core.statistics import footing, monthly
from xinheng.core.statistics.monthly import MonthlyTable, State, UnitRow

TOTAL_ROW = "合计"
TOTAL_COLUMN = "数据总量"
STATE_TITLES = MappingProxyType(
    {State.REPORTED: "已报送", State.NIL: "零报告", State.SILENT: "未报送"}
)
DEMO_NOTE = "示例：城市、单位和机构均为虚构，仅供演示。"


@dataclass(frozen=True, slots=True)
class Issue:
    """A bulletin: the table, the root of the ledger that it was cut at, the mark.

    `ledger_root` is in hex. `is_demo` puts 示例 on every rendering. `open_recalls` are
    the units that have not undone measures whose cause has ended.
    """

    table: MonthlyTable
    ledger_root: str
    is_demo: bool
    open_recalls: tuple[OpenRecalls, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A labeled bar; `share` is its length in percent of the longest, 0 to 100."""

    title: str
    value: int
    share: str

    @property
    def text(self) -> str:
        """The value as a page shows it."""
        return _grouped(self.value)


@dataclass(frozen=True, slots=True)
class _PrintedRow:
    """A unit's row as text; a zero is an empty cell, but for the total."""

    position: int
    name: str
    cells: tuple[str, ...]
    total: str
    state: str


def as_json(issue: Issue) -> bytes:
    """Return the shape of house.md section 6, as UTF-8 with a line end.

    `cells` and `totals` are in the order of `columns`; `grand_total` stands where they
    meet and is no part of `totals`.
    """
    table = issue.table
    answer = {
        "period": table.period,
        "ledger_size": table.ledger_size,
        "ledger_root": issue.ledger_root,
        "demo": issue.is_demo,
        "columns": [category.title for category in table.columns],
        "categories": [category.name for category in table.columns],
        "units": [
            {
                "unit": row.unit.name,
                "code": row.unit.code,
                "cells": list(row.cells),
                "total": row.total,
                "state": row.state,
                "nil_returns": list(row.nil_returns),
            }
            for row in table.units
        ],
        "totals": list(table.totals),
        "grand_total": table.grand_total,
        "zero_units": [row.unit.name for row in table.zero_units],
        "silent_units": [row.unit.name for row in table.in_state(State.SILENT)],
        "nil_units": [row.unit.name for row in table.in_state(State.NIL)],
        "open_recalls": [
            {"unit": each.name, "code": each.code, "open": each.open, "late": each.late}
            for each in issue.open_recalls
        ],
    }
    return (json.dumps(answer, ensure_ascii=False, indent=2) + "\n").encode()


def as_csv(issue: Issue) -> bytes:
    """Return the table with its totals as CSV: UTF-8 with BOM, CRLF, formula-safe.

    `xinheng crossfoot` reads it back.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for line in _csv_lines(issue):
        writer.writerow([formulas.disarmed(cell) for cell in line])
    return text.getvalue().encode("utf-8-sig")


def _csv_lines(issue: Issue) -> Iterator[list[object]]:
    table = issue.table
    titles = [category.title for category in table.columns]
    yield ["序号", "部门名称", *titles, TOTAL_COLUMN, "备注"]
    yield ["", TOTAL_ROW, *table.totals, table.grand_total, ""]
    for row in table.units:
        state = STATE_TITLES[row.state]
        yield [row.unit.position, row.unit.name, *row.cells, row.total, state]
    yield [f"注：{table.period}，账本规模 {table.ledger_size}，{issue.ledger_root}"]
    if issue.is_demo:
        yield [f"注：{DEMO_NOTE}"]


def as_html(issue: Issue) -> bytes:
    """Return the page to print: one file, no address in it is fetched."""
    table = issue.table
    printed = monthly.as_printed(table, row=TOTAL_ROW, column=TOTAL_COLUMN)
    context = {
        "issue": issue,
        "table": table,
        "year": table.period[:4],
        "month": int(table.period[5:]),
        "rows": [_printed_row(row) for row in table.units],
        "totals": [_grouped(total) for total in table.totals],
        "grand_total": _grouped(table.grand_total),
        "reported": table.in_state(State.REPORTED),
        "nil": table.in_state(State.NIL),
        "silent": table.in_state(State.SILENT),
        "empty_handed": [
            row for row in table.in_state(State.REPORTED) if not row.total
        ],
        "unit_bars": unit_bars(table),
        "category_bars": category_bars(table),
        "repeated": footing.crossfoot(printed).repeated_counts,
        "total_row": TOTAL_ROW,
        "total_column": TOTAL_COLUMN,
        "demo_note": DEMO_NOTE,
    }
    page = render_to_string("statistics/bulletin.html", context)
    return page.encode()


def _printed_row(row: UnitRow) -> _PrintedRow:
    return _PrintedRow(
        position=row.unit.position,
        name=row.unit.name,
        cells=tuple(_grouped(cell) if cell else "" for cell in row.cells),
        total=_grouped(row.total),
        state=STATE_TITLES[row.state],
    )


def _grouped(count: int) -> str:
    return f"{count:,}"


def unit_bars(table: MonthlyTable) -> list[Bar]:
    """Return a bar for each unit with records, the longest first."""
    return _bars({row.unit.name: row.total for row in table.units})


def category_bars(table: MonthlyTable) -> list[Bar]:
    """Return a bar for each category with records, the longest first."""
    titles = (category.title for category in table.columns)
    return _bars(dict(zip(titles, table.totals, strict=True)))


def _bars(values: Mapping[str, int]) -> list[Bar]:
    longest = max(values.values(), default=0)
    return [
        Bar(title, value, f"{100 * value / longest:.2f}")
        for title, value in sorted(values.items(), key=lambda item: -item[1])
        if value
    ]
