"""The verdict on a printed table in words and in JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xinheng.core.statistics import footing
from xinheng.core.statistics.footing import Crossfoot, PrintedTable


@dataclass(frozen=True, slots=True)
class Note:
    """Something to look at that makes no printed total wrong.

    `facts` go into the JSON beside the messages.
    """

    code: str
    facts: Mapping[str, object]
    message_zh: str
    message_en: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A printed table with what was found in it.

    `unnamed_units` are the silent units that the list of names leaves out; null where
    no list was given.
    """

    table: PrintedTable
    found: Crossfoot
    unnamed_units: tuple[str, ...] | None
    notes: tuple[Note, ...]


def reach(table: PrintedTable, *, named: Sequence[str] | None) -> Verdict:
    """Crossfoot a table; names of both sides are compared as they stand."""
    found = footing.crossfoot(table)
    unnamed = None if named is None else footing.unnamed(found.silent_units, named)
    notes = (*_shape_notes(table), *_count_notes(found), *_name_notes(table, named))
    return Verdict(table=table, found=found, unnamed_units=unnamed, notes=notes)


def as_json(verdict: Verdict) -> dict[str, object]:
    """Return the shape of house.md section 6, with `notes` and the counts behind it."""
    found = verdict.found
    answer: dict[str, object] = {
        "ok": found.is_ok,
        "cells": [
            {
                "row": cell.row,
                "column": cell.column,
                "printed": cell.printed,
                "computed": cell.computed,
            }
            for cell in found.wrong_cells
        ],
        "explained_by": [
            {"unit": omission.unit, "value": omission.value}
            for omission in found.explained_by
        ],
        "silent_units": list(found.silent_units),
    }
    if verdict.unnamed_units is not None:
        answer["unnamed_zero_units"] = list(verdict.unnamed_units)
    answer["units"] = len(verdict.table.rows)
    answer["columns"] = len(verdict.table.columns)
    answer["notes"] = [
        {
            "code": note.code,
            **note.facts,
            "message_zh": note.message_zh,
            "message_en": note.message_en,
        }
        for note in verdict.notes
    ]
    return answer


def as_text(verdict: Verdict) -> Iterator[str]:
    """Return the verdict in Chinese, one finding to a line."""
    found, table = verdict.found, verdict.table
    yield f"共 {len(table.rows)} 个单位，{len(table.columns)} 列。"
    if found.is_ok:
        yield "印出的合计全部正确。"
    for cell in found.wrong_cells:
        yield (
            f"错误：“{cell.row}”行“{cell.column}”列印为 {cell.printed:,}，"
            f"应为 {cell.computed:,}（差 {cell.difference:+,}）。"
        )
    if found.explained_by:
        names = "、".join(
            f"{each.unit}（{each.value:,}）" for each in found.explained_by
        )
        yield f"原因：合计行可能漏计了：{names}。"
    silent = "、".join(found.silent_units)
    yield f"合计为零的单位：{len(found.silent_units)} 个" + (
        f"：{silent}。" if silent else "。"
    )
    if verdict.unnamed_units is not None:
        unnamed = "、".join(verdict.unnamed_units)
        yield (
            f"其中名单没有点到的：{len(verdict.unnamed_units)} 个"
            + (f"：{unnamed}。" if unnamed else "。")
        )
    yield from (f"提示：{note.message_zh}" for note in verdict.notes)


def _shape_notes(table: PrintedTable) -> Iterator[Note]:
    if table.totals is None:
        yield Note(
            "NO_TOTALS_ROW",
            {},
            "表里没有合计行，只核对了每个单位的合计。",
            "The table has no totals row; only the units' totals were checked.",
        )
    if table.total_column is None:
        yield Note(
            "NO_TOTAL_COLUMN",
            {},
            "表里没有合计列，只核对了合计行。",
            "The table has no column of totals; only the totals row was checked.",
        )


def _count_notes(found: Crossfoot) -> Iterator[Note]:
    for unit in found.duplicate_units:
        yield Note(
            "DUPLICATE_UNIT",
            {"unit": unit},
            f"“{unit}”出现了不止一行，各行都已计入。",
            f"{unit} has more than one row; all of them were counted.",
        )
    for cell in found.suspect_cells:
        yield Note(
            "SUSPECT_CELL",
            {"unit": cell.unit, "column": cell.column, "expected": cell.expected},
            f"“{cell.unit}”行“{cell.column}”列若为 {cell.expected:,}"
            f"（印为 {cell.printed:,}），行、列合计便都对得上。",
            f"If {cell.unit}, {cell.column} read {cell.expected:,} instead of"
            f" {cell.printed:,}, its row and its column would add up.",
        )
    for repeat in found.repeated_counts:
        columns = "".join(f"“{column}”" for column in repeat.columns)
        yield Note(
            "REPEATED_COUNT",
            {
                "unit": repeat.unit,
                "value": repeat.value,
                "columns": list(repeat.columns),
            },
            f"“{repeat.unit}”有 {len(repeat.columns)} 列同为 {repeat.value:,}，"
            f"可能是同一批案例重复计数：{columns}。",
            f"{repeat.unit} shows {repeat.value:,} in {len(repeat.columns)} columns:"
            " the same cases, perhaps.",
        )


def _name_notes(table: PrintedTable, named: Sequence[str] | None) -> Iterator[Note]:
    units = {row.unit: row for row in table.rows}
    for name in dict.fromkeys(named or ()):
        if name not in units:
            yield Note(
                "NAMED_UNKNOWN",
                {"unit": name},
                f"名单里的“{name}”不在表中。",
                f"{name} stands on the list of names and not in the table.",
            )
        elif any(units[name].cells):
            yield Note(
                "NAMED_NOT_ZERO",
                {"unit": name},
                f"名单里的“{name}”并不是零。",
                f"{name} stands on the list of names and is not zero.",
            )
