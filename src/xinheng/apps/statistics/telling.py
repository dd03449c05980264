"""The bulletin as data: the stable shape of house.md section 6, and what was added."""

from __future__ import annotations

from typing import Any

from xinheng.apps.duties.views import UnitCounts
from xinheng.apps.measures.counting import OpenRecalls
from xinheng.apps.statistics.composing import Told
from xinheng.apps.statistics.facts import Facts, Redress
from xinheng.core.duties.rates import Rate
from xinheng.core.statistics.monthly import MonthlyTable, State, UnitRow


def tell(told: Told) -> dict[str, Any]:
    """Return all that the bulletin says as JSON's types, without fractions.

    `number` is empty in a draft. A rate is told as its numerator and denominator.
    """
    facts, heading = told.facts, told.heading
    return {
        **tell_table(facts.table),
        "ledger_root": facts.ledger_root,
        "demo": told.is_demo,
        "as_of": facts.as_of.isoformat(),
        "open_recalls": tell_recalls(facts.open_recalls),
        "number": heading.number,
        "dated": heading.dated,
        "restates": heading.restates,
        "changes": [
            {"unit": each.unit, "column": each.column}
            | {"before": each.before, "now": each.now}
            for each in heading.changes
        ],
        **_findings(facts),
        "briefs": [
            {"section": section, "unit": unit, "title": text.title, "text": text.text}
            for section, unit, text in told.briefs
        ],
    }


def tell_recalls(recalls: tuple[OpenRecalls, ...]) -> list[dict[str, Any]]:
    """Return the units that have not undone measures whose cause has ended."""
    return [
        {"unit": each.name, "code": each.code, "open": each.open, "late": each.late}
        for each in recalls
    ]


def tell_table(table: MonthlyTable) -> dict[str, Any]:
    """Return a month's table alone.

    `cells` and `totals` are in the order of `columns`; `grand_total` stands where they
    meet and is no part of `totals`.
    """
    return {
        "period": table.period,
        "ledger_size": table.ledger_size,
        "columns": [category.title for category in table.columns],
        "categories": [category.name for category in table.columns],
        "units": [_row(row) for row in table.units],
        "totals": list(table.totals),
        "grand_total": table.grand_total,
        "zero_units": [row.unit.name for row in table.zero_units],
        "silent_units": [row.unit.name for row in table.in_state(State.SILENT)],
        "nil_units": [row.unit.name for row in table.in_state(State.NIL)],
    }


def _row(row: UnitRow) -> dict[str, Any]:
    return {
        "position": row.unit.position,
        "unit": row.unit.name,
        "code": row.unit.code,
        "cells": list(row.cells),
        "total": row.total,
        "state": row.state.value,
        "nil_returns": list(row.nil_returns),
    }


def _findings(facts: Facts) -> dict[str, Any]:
    named = facts.named
    return {
        "rates": [_rates(each) for each in facts.rates],
        "late_units": [{"unit": unit, "late": late} for unit, late in named.late],
        "leading_units": [
            {"unit": unit, "records": count} for unit, count in named.leading
        ],
        "overlaps": [
            {
                "code": each.unit,
                "organizations": each.distinct,
                "by_category": dict(each.by_column),
                "shared": [
                    {
                        "categories": list(one.columns),
                        "organizations": one.organizations,
                    }
                    for one in each.shared
                ],
            }
            for each in facts.overlaps
        ],
        "doubts": [
            {"unit": each.unit, "rule": each.code, "count": each.count}
            | {"columns": list(each.columns), "usual": each.usual}
            for each in facts.notes
        ],
        "redress": [_redress(each) for each in facts.redress],
    }


def _rates(each: UnitCounts) -> dict[str, Any]:
    counts = each.counts
    return {
        "unit": each.unit_name,
        "code": each.unit_code,
        "timely": _rate(counts.timely),
        "compliance": _rate(counts.compliance),
        "reporting": _rate(counts.reporting),
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "formula": rate.formula_zh,
    }


def _redress(each: Redress) -> dict[str, Any]:
    return {
        "procedure": each.title,
        "received": each.figures.received,
        "decided": each.figures.decided,
        "overdue": each.figures.overdue,
        "outcomes": dict(each.outcomes),
    }
