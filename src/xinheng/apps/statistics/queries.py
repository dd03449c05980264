"""The monthly table, read from the records as the ledger of a given size knew them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from django.utils import timezone

from xinheng.apps.campaigns import counting as campaigns
from xinheng.apps.intake import queries as intake
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.measures import counting
from xinheng.apps.measures.counting import OpenRecalls
from xinheng.apps.records import queries as records
from xinheng.apps.records import tallies
from xinheng.apps.units import queries as units
from xinheng.core.catalog import periods
from xinheng.core.catalog.datasets import SourceUnit
from xinheng.core.statistics import monthly
from xinheng.core.statistics.monthly import MonthlyTable
from xinheng.rulebook import catalog


class UnknownLedgerSizeError(LookupError):
    """The ledger does not reach that size."""

    def __init__(self, *, asked: int, size: int) -> None:
        super().__init__(f"the ledger has {size} entries, {asked} were asked for")
        self.asked = asked
        self.size = size


def table(*, period: str, ledger_size: int | None = None) -> MonthlyTable:
    """Return the monthly table; `ledger_size` null means the ledger as it stands.

    A row for each city unit that existed at the end of the month or has records of it;
    a district's unit counts with the city's unit above it.

    Raises:
        InvalidPeriodError: the period is no month.
        UnknownLedgerSizeError: the ledger never had so many entries.
    """
    month = periods.parse(period)
    size = _size(ledger_size)
    counted = records.count_by_unit_and_dataset(period=month, ledger_size=size)
    submitted = intake.units_that_submitted(period=month, ledger_size=size)
    nil_returns = intake.list_nil_returns(period=month, ledger_size=size)
    cases = counting.count_cases(period=month, ledger_size=size)
    cases += campaigns.count(period=month, ledger_size=size)
    acting = {unit for unit, _, _ in counted} | {unit for unit, _ in cases}
    acting |= submitted | {unit for unit, _ in nil_returns}
    rows, above = _units(month, acting)
    columns = catalog.categories()
    return MonthlyTable(
        period=month,
        ledger_size=size,
        columns=columns,
        units=monthly.tabulate(
            units=rows,
            columns=columns,
            counts=_by_category(counted, above) + _of_city(cases, above),
            returns=monthly.Returns(
                submitted={above[unit] for unit in submitted},
                nil_returns=_by_unit(nil_returns, above),
            ),
        ),
    )


def day_of(ledger_size: int, *, else_: date) -> date:
    """Return the day of the last entry of a ledger of that size, `else_` of none."""
    if ledger_size == 0:
        return else_
    return timezone.localdate(ledger.get_entry(ledger_size - 1).recorded_at)


def _size(asked: int | None) -> int:
    size = ledger.size()
    if asked is None:
        return size
    if not 0 <= asked <= size:
        raise UnknownLedgerSizeError(asked=asked, size=size)
    return asked


def _units(month: str, acting: set[str]) -> tuple[list[SourceUnit], dict[str, str]]:
    """Return the table's units and, for every unit's code, the code it counts under."""
    found = {unit.code: unit for unit in units.list_units(_last_day(month))}
    for code in acting - set(found):
        found[code] = units.get_unit(code)
    for parent in {unit.parent for unit in found.values() if unit.parent} - set(found):
        found[parent] = units.get_unit(parent)
    city = sorted(
        (unit for unit in found.values() if unit.parent is None),
        key=lambda unit: (unit.position, unit.code),
    )
    rows = [SourceUnit(u.code, u.position, u.name, u.name_en) for u in city]
    return rows, {unit.code: unit.parent or unit.code for unit in found.values()}


def _last_day(month: str) -> date:
    next_month = periods.first_day(month) + timedelta(days=31)
    return next_month.replace(day=1) - timedelta(days=1)


def _by_category(
    counted: Iterable[tuple[str, str, int]], above: Mapping[str, str]
) -> Counter[tuple[str, str]]:
    category = {item.name: item.category for item in catalog.datasets()}
    counts: Counter[tuple[str, str]] = Counter()
    for unit, dataset, count in counted:
        if column := category.get(dataset):
            counts[above[unit], column] += count
    return counts


def _of_city(
    cases: Mapping[tuple[str, str], int], above: Mapping[str, str]
) -> Counter[tuple[str, str]]:
    """Return what counts without a record, a district's with the city's unit."""
    counts: Counter[tuple[str, str]] = Counter()
    for (unit, category), count in cases.items():
        counts[above[unit], category] += count
    return counts


def months_with_records() -> tuple[str, ...]:
    """Return the months that have a record in force, in order."""
    return records.list_periods()


def units_above(table: MonthlyTable) -> dict[str, str]:
    """Return, for each unit's code, the code that it counts under in the table."""
    return _units(table.period, set())[1]


def totals_by_month(
    *, periods: Collection[str], ledger_size: int
) -> dict[str, dict[str, int]]:
    """Return the records of some months by the city's unit and month, as `table` would.

    Only records that stand in a column of the table count; what counts without one
    (cases of measures, campaigns, activities) is left out.
    """
    counted = tallies.count_by_month(periods=periods, ledger_size=ledger_size)
    category = {item.name: item.category for item in catalog.datasets()}
    totals: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for unit, dataset, month, count in counted:
        if category.get(dataset):
            totals[unit][month] = totals[unit].get(month, 0) + count
    return dict(totals)


def list_open_recalls(table: MonthlyTable) -> tuple[OpenRecalls, ...]:
    """Return who had not acknowledged recalls when the table was cut, by unit.

    What is late is told for the last day of the table's month.
    """
    return counting.list_open_recalls(
        ledger_size=table.ledger_size, on=_last_day(table.period)
    )


def _by_unit(
    pairs: Iterable[tuple[str, str]], above: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for unit, dataset in pairs:
        grouped[above[unit]].append(dataset)
    return {unit: tuple(sorted(set(names))) for unit, names in grouped.items()}
