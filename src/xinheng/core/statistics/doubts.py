"""Figures of a month's table that are possible and not likely: a person is asked.

The rules and thresholds are those by which a landing raises questions
(`core.submissions.plausibility`); here they look at a unit's whole row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xinheng.core.statistics.monthly import MonthlyTable, UnitRow
from xinheng.core.submissions import plausibility
from xinheng.core.submissions.plausibility import Doubt


@dataclass(frozen=True, slots=True)
class Note:
    """A doubt about a unit's row.

    `count` is the number that raised it; `columns` those that are equal, else empty;
    `usual` the number of other months, null where none is meant.
    """

    unit: str
    code: str
    count: int
    columns: tuple[str, ...] = ()
    usual: int | None = None


def look(
    table: MonthlyTable,
    history: Mapping[str, Sequence[int]],
    doubts: Mapping[str, Doubt],
) -> tuple[Note, ...]:
    """Return the doubts about a table, unit by unit.

    `history` has the totals of earlier months by unit code.
    """
    titles = tuple(column.title for column in table.columns)
    return tuple(
        note
        for row in table.units
        for note in _of_row(row, titles, history.get(row.unit.code, ()), doubts)
    )


def _of_row(
    row: UnitRow,
    titles: tuple[str, ...],
    history: Sequence[int],
    doubts: Mapping[str, Doubt],
) -> Iterator[Note]:
    equal = plausibility.find_equal(
        dict(zip(titles, row.cells, strict=True)),
        at_least=doubts[plausibility.EQUAL_COUNTS].at_least,
    )
    if equal is not None:
        yield Note(row.unit.name, plausibility.EQUAL_COUNTS, equal.count, equal.columns)
    for code in (plausibility.COUNT_EXPLODED, plausibility.COUNT_COLLAPSED):
        usual = plausibility.usual(history, known_months=doubts[code].known_months or 1)
        if usual is not None and _is_far(row.total, usual, doubts[code]):
            yield Note(row.unit.name, code, row.total, usual=usual)


def _is_far(count: int, usual: int, doubt: Doubt) -> bool:
    judge = {
        plausibility.COUNT_EXPLODED: plausibility.has_exploded,
        plausibility.COUNT_COLLAPSED: plausibility.has_collapsed,
    }[doubt.code]
    return judge(count, usual=usual, times=doubt.times or 1, at_least=doubt.at_least)
