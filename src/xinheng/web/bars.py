"""The monthly table as bars and shades: widths, levels and the order of the eye.

Numbers stand beside every bar; widths and levels only say again what they say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xinheng.core.catalog.datasets import Category, SourceUnit
from xinheng.core.statistics.monthly import MonthlyTable, UnitRow

WIDTH = 1000  # of the longest bar, in the bar's own units
LEVELS = (1, 10, 100, 1000)  # a cell's shade: the last of these that it reaches


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of the table; `level` from 0 (nothing) to 4."""

    category: Category
    records: int
    level: int


@dataclass(frozen=True, slots=True)
class UnitBar:
    """A unit's total as a bar, with the cells behind it."""

    unit: SourceUnit
    state: str
    total: int
    width: int
    cells: tuple[Cell, ...]

    @property
    def parts(self) -> tuple[Cell, ...]:
        """The categories in which the unit has records, the largest first."""
        filled = (cell for cell in self.cells if cell.records)
        return tuple(sorted(filled, key=lambda cell: -cell.records))


def in_order(table: MonthlyTable) -> list[UnitBar]:
    """Return the units in the table's order."""
    longest = max((row.total for row in table.units), default=0) or 1
    return [_bar(row, table, longest) for row in table.units]


def by_total(bars: Iterable[UnitBar]) -> list[UnitBar]:
    """Return the units that have records, the largest total first."""
    return sorted((bar for bar in bars if bar.total), key=lambda bar: -bar.total)


def _bar(row: UnitRow, table: MonthlyTable, longest: int) -> UnitBar:
    return UnitBar(
        unit=row.unit,
        state=str(row.state),
        total=row.total,
        width=width(row.total, longest),
        cells=tuple(
            Cell(category, records, sum(records >= level for level in LEVELS))
            for category, records in zip(table.columns, row.cells, strict=True)
        ),
    )


def width(amount: int, longest: int) -> int:
    """Return a bar's width; whatever is not zero can be seen."""
    return max(amount * WIDTH // longest, 4) if amount else 0
