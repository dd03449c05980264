"""What the bulletin prints for May 2019: the counts that the demo city comes to.

Source: `may_2019.toml`, which names its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from xinheng.core.catalog.datasets import SourceUnit
from xinheng.core.statistics.footing import PrintedTable, Row
from xinheng.rulebook import catalog


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A row of the printed table: counts by category; what is not there is zero.

    `nil_return` says that the demo's unit, having nothing, states so.
    """

    position: int
    printed_name: str
    printed_total: int
    cells: Mapping[str, int]
    named_as_poor: bool
    nil_return: bool

    @property
    def unit(self) -> SourceUnit:
        """The demo city's unit in the same place."""
        return catalog.units()[self.position - 1]


@dataclass(frozen=True, slots=True)
class Facts:
    """The month, its units in their order, and the totals as printed."""

    period: str
    units: tuple[UnitFacts, ...]
    printed_totals: Mapping[str, int]
    printed_grand_total: int
    total_row: str
    total_column: str

    def as_printed(self) -> PrintedTable:
        """Return the table as printed, wrong totals and real names included."""
        columns = catalog.categories()
        return PrintedTable(
            columns=tuple(column.title for column in columns),
            rows=tuple(
                Row(
                    unit.printed_name,
                    tuple(unit.cells.get(column.name, 0) for column in columns),
                    unit.printed_total,
                )
                for unit in self.units
            ),
            total_row=self.total_row,
            totals=tuple(self.printed_totals.get(column.name, 0) for column in columns),
            total_column=self.total_column,
            grand_total=self.printed_grand_total,
        )

    def named_as_poor(self) -> tuple[str, ...]:
        """Return the printed names of the units that the text calls poor reporters."""
        return tuple(unit.printed_name for unit in self.units if unit.named_as_poor)


@cache
def may_2019() -> Facts:
    """Return the facts of May 2019."""
    source = files("xinheng.cli.demo") / "may_2019.toml"
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    printed = data["printed"]
    return Facts(
        period=data["period"],
        units=tuple(_unit(table) for table in data["units"]),
        printed_totals=printed["totals"],
        printed_grand_total=printed["grand_total"],
        total_row=printed["total_row"],
        total_column=printed["total_column"],
    )


def _unit(table: Mapping[str, Any]) -> UnitFacts:
    return UnitFacts(
        position=table["position"],
        printed_name=table["printed_name"],
        printed_total=table["printed_total"],
        cells=table.get("cells", {}),
        named_as_poor=table.get("named_as_poor", False),
        nil_return=table.get("nil_return", False),
    )
