"""What a cell of the monthly table counts: its records, and cases reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xinheng.apps.campaigns import counting as campaigns
from xinheng.apps.measures import counting
from xinheng.apps.records import tallies
from xinheng.apps.records.tallies import Counted
from xinheng.apps.statistics import queries
from xinheng.core.catalog.datasets import Category, SourceUnit
from xinheng.core.paging import Page
from xinheng.core.statistics.monthly import MonthlyTable
from xinheng.rulebook import catalog


class UnknownCellError(LookupError):
    """The table has no such unit or column."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and what it counts: `count` = `records.total` + the number of `cases` and
    `acts`.

    `cases` are the days on which cases of measures were reported, `acts` those of
    notices in campaigns and of activities that were approved.
    """

    unit: SourceUnit
    category: Category
    ledger_size: int
    count: int
    records: Page[Counted]
    cases: tuple[date, ...]
    acts: tuple[date, ...]


def look(
    *,
    period: str,
    unit: str,
    category: str,
    ledger_size: int | None,
    on: date,
    page: int = 1,
) -> Cell:
    """Return a cell of a month's table, with a page of the records that it counts.

    `unit` is a code of the city's, `category` a column's name; what may be seen of the
    records is judged for the day `on`.

    Raises:
        InvalidPeriodError, UnknownLedgerSizeError: as `queries.table`.
        UnknownCellError: the table has no such unit or column.
    """
    table = queries.table(period=period, ledger_size=ledger_size)
    row = next((row for row in table.units if row.unit.code == unit), None)
    place = next(
        (n for n, each in enumerate(table.columns) if each.name == category), None
    )
    if row is None or place is None:
        raise UnknownCellError(f"{unit}/{category}")
    above = queries.units_above(table)
    own = {unit, *(code for code, city in above.items() if city == unit)}
    names = [item.name for item in catalog.datasets() if item.category == category]
    cases = counting.list_cases(period=table.period, ledger_size=table.ledger_size)
    return Cell(
        unit=row.unit,
        category=table.columns[place],
        ledger_size=table.ledger_size,
        count=row.cells[place],
        records=tallies.list_counted(
            cut=tallies.Cut(table.period, table.ledger_size),
            units=own,
            datasets=names,
            on=on,
            page=page,
        ),
        cases=tuple(
            case.reported_on
            for case in cases
            if case.unit in own and case.category == category
        ),
        acts=_acts(table, own, category),
    )


def _acts(table: MonthlyTable, own: set[str], category: str) -> tuple[date, ...]:
    found = campaigns.list_counted(period=table.period, ledger_size=table.ledger_size)
    return tuple(
        each.on for each in found if each.unit in own and each.category == category
    )
