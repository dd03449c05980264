"""The monthly table: unit by category, counted from records and never typed.

Every total is computed from the cells, so a table can't print what its rows do not add
up to. A unit with nothing in the register for the month has either said so or kept
silent, and the two are different facts:

| state | the unit |
|---|---|
| reported | has records of the month, or handed in a file of which nothing was taken |
| nil | filed a nil return and handed in nothing |
| silent | did neither |
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from xinheng.core.catalog.datasets import Category, SourceUnit
from xinheng.core.statistics.footing import PrintedTable, Row


class State(StrEnum):
    """What a unit did about a month."""

    REPORTED = "reported"
    NIL = "nil"
    SILENT = "silent"


class RaggedTableError(ValueError):
    """A unit has another number of cells than the table has columns."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit's counts of a month, in the order of the table's columns.

    `nil_returns` are the datasets for which it stated that it had nothing; `submitted`
    says whether it handed in a file.
    """

    unit: SourceUnit
    cells: tuple[int, ...]
    submitted: bool = False
    nil_returns: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Records of the month over all columns."""
        return sum(self.cells)

    @property
    def state(self) -> State:
        """What the unit did about the month."""
        if self.total or self.submitted:
            return State.REPORTED
        return State.NIL if self.nil_returns else State.SILENT

    @property
    def silent(self) -> bool:
        """Whether it neither handed in a file nor filed a nil return."""
        return self.state is State.SILENT


@dataclass(frozen=True, slots=True)
class MonthlyTable:
    """The table of a month as a ledger of `ledger_size` entries knew it.

    Units in their order; the same period and size always give the same counts.

    Raises:
        RaggedTableError: where a unit's cells do not fit the columns.
    """

    period: str
    ledger_size: int
    columns: tuple[Category, ...]
    units: tuple[UnitRow, ...]

    def __post_init__(self) -> None:
        """Refuse a ragged table."""
        if any(len(row.cells) != len(self.columns) for row in self.units):
            raise RaggedTableError(self.period)

    @property
    def totals(self) -> tuple[int, ...]:
        """The totals row: one total for each column."""
        return tuple(
            sum(row.cells[index] for row in self.units)
            for index in range(len(self.columns))
        )

    @property
    def grand_total(self) -> int:
        """Records of the month over all units and columns."""
        return sum(row.total for row in self.units)

    @property
    def zero_units(self) -> tuple[UnitRow, ...]:
        """The units without a single record, whatever their state."""
        return tuple(row for row in self.units if not row.total)

    @property
    def is_untouched(self) -> bool:
        """Whether no unit did anything about the month."""
        return all(row.silent for row in self.units)

    def in_state(self, state: State) -> tuple[UnitRow, ...]:
        """Return the units in that state."""
        return tuple(row for row in self.units if row.state is state)


@dataclass(frozen=True, slots=True)
class Returns:
    """What units did about a month besides their records, by unit code."""

    submitted: Collection[str]
    nil_returns: Mapping[str, tuple[str, ...]]


def tabulate(
    *,
    units: Iterable[SourceUnit],
    columns: tuple[Category, ...],
    counts: Mapping[tuple[str, str], int],
    returns: Returns,
) -> tuple[UnitRow, ...]:
    """Return a row for each unit; `counts` by (unit code, category name)."""
    return tuple(
        UnitRow(
            unit=unit,
            cells=tuple(counts.get((unit.code, column.name), 0) for column in columns),
            submitted=unit.code in returns.submitted,
            nil_returns=returns.nil_returns.get(unit.code, ()),
        )
        for unit in units
    )


def as_printed(table: MonthlyTable, *, row: str, column: str) -> PrintedTable:
    """Return the table as it is printed; `row` and `column` head the totals."""
    return PrintedTable(
        columns=tuple(category.title for category in table.columns),
        rows=tuple(Row(unit.unit.name, unit.cells, unit.total) for unit in table.units),
        total_row=row,
        totals=table.totals,
        total_column=column,
        grand_total=table.grand_total,
    )
