"""Twelve months at a glance: who reports, how much, against what: queries, no tables.

Everything but the code rates is cut at a ledger size; those are counted from what is
known today and say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from xinheng.apps.ledger import queries as ledger
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.organizations.rates import CodeRates, code_rates, count_active
from xinheng.apps.records import queries as records
from xinheng.apps.records import tallies
from xinheng.apps.statistics import queries
from xinheng.core.catalog import periods
from xinheng.core.catalog.datasets import SourceUnit
from xinheng.core.statistics.monthly import MonthlyTable
from xinheng.rulebook import catalog

MONTHS = 12
CODE_MONTHS = 6
DOUBLE = ("permit", "penalty")  # 双公示
DOUBLE_ZH = "双公示比＝当月行政许可和行政处罚的入库记录数÷月末存续的机构数"
DOUBLE_EN = (
    "double publicity = permits and penalties of the month that landed / organizations"
    " that existed at its end"
)


@dataclass(frozen=True, slots=True)
class UnitMonths:
    """A unit's records in each of the months, in their order."""

    unit: SourceUnit
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Records of all the months."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Publicity:
    """Permits and penalties of a month against the organizations at its end."""

    month: str
    permits: int
    penalties: int
    organizations: int

    @property
    def share(self) -> float | None:
        """Records by organizations; null without any organization."""
        records = self.permits + self.penalties
        return records / self.organizations if self.organizations else None


@dataclass(frozen=True, slots=True)
class Overview:
    """The months up to one, the earliest first; `table` is that of the last one."""

    months: tuple[str, ...]
    table: MonthlyTable
    units: tuple[UnitMonths, ...]
    publicity: tuple[Publicity, ...]
    codes: tuple[CodeRates, ...]

    @property
    def totals(self) -> tuple[int, ...]:
        """Records of all units by month."""
        by_month = zip(*(row.counts for row in self.units), strict=True)
        return tuple(map(sum, by_month)) or (0,) * len(self.months)


def look(*, period: str, ledger_size: int | None = None) -> Overview:
    """Return the overview of the months up to `period`; `ledger_size` null for now.

    Raises:
        InvalidPeriodError, UnknownLedgerSizeError: as `queries.table`.
    """
    table = queries.table(period=period, ledger_size=ledger_size)
    months = tuple(
        periods.before(table.period, back) for back in range(MONTHS - 1, -1, -1)
    )
    counted = _counted(months, table.ledger_size)
    columns = {item.name: item.category for item in catalog.datasets()}
    by_unit: dict[tuple[str, str], int] = {}
    by_dataset: dict[tuple[str, str], int] = {}
    for (unit, dataset, month), count in counted.items():
        by_dataset[dataset, month] = by_dataset.get((dataset, month), 0) + count
        if columns.get(dataset):
            by_unit[unit, month] = by_unit.get((unit, month), 0) + count
    return Overview(
        months=months,
        table=table,
        units=tuple(
            UnitMonths(
                row.unit, tuple(by_unit.get((row.unit.code, m), 0) for m in months)
            )
            for row in table.units
        ),
        publicity=tuple(_publicity(month, by_dataset) for month in months),
        codes=tuple(code_rates(month=month) for month in months[-CODE_MONTHS:]),
    )


@dataclass(frozen=True, slots=True)
class RegisterSize:
    """How much the register holds: organizations, and permits in force."""

    organizations: int
    permits: int


def register_size() -> RegisterSize:
    """Return how much the register holds, counted once for each state of the ledger.

    To count millions of rows for each reader of the first page would take a second;
    whatever changes the figures is an entry.
    """
    size = ledger.size()
    if not size:
        return _count_register()
    return _register_at(size, ledger.root(size=size))


@lru_cache(maxsize=4)
def _register_at(_ledger_size: int, _root: bytes) -> RegisterSize:
    return _count_register()


def _count_register() -> RegisterSize:
    return RegisterSize(organizations.count(), records.count_current(dataset=DOUBLE[0]))


def _publicity(month: str, counted: dict[tuple[str, str], int]) -> Publicity:
    permits, penalties = (counted.get((name, month), 0) for name in DOUBLE)
    return Publicity(month, permits, penalties, count_active(month))


def _counted(
    months: tuple[str, ...], ledger_size: int
) -> MappingProxyType[tuple[str, str, str], int]:
    return _counted_at(months, ledger_size, ledger.root(size=ledger_size))


@lru_cache(maxsize=8)
def _counted_at(
    months: tuple[str, ...],
    ledger_size: int,
    root: bytes,
) -> MappingProxyType[tuple[str, str, str], int]:
    """Return records by unit, dataset and month; the same for the same ledger."""
    rows = tallies.count_by_month(periods=months, ledger_size=ledger_size)
    return MappingProxyType({(unit, name, month): n for unit, name, month, n in rows})
