"""What a bulletin says, gathered at one ledger size: queries and nothing else.

The same month, ledger size and day give the same facts. What units wrote (briefs) comes
from their own table; a brief counts where its approval is among the entries.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.campaigns import counting as campaigns
from xinheng.apps.campaigns.counting import Figures as CampaignFigures
from xinheng.apps.cases import counting as cases
from xinheng.apps.cases.tables import OBJECTION, REPAIR, regulated
from xinheng.apps.duties import queries as duties
from xinheng.apps.duties.views import UnitCounts
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.measures import counting
from xinheng.apps.measures.counting import OpenRecalls
from xinheng.apps.records import tallies
from xinheng.apps.statistics import queries
from xinheng.apps.units import queries as units
from xinheng.core.catalog import periods
from xinheng.core.duties import rates
from xinheng.core.procedures import figures
from xinheng.core.procedures.figures import Figures
from xinheng.core.statistics import doubts, naming, overlap
from xinheng.core.statistics.doubts import Note
from xinheng.core.statistics.monthly import MonthlyTable
from xinheng.core.statistics.naming import Named
from xinheng.core.statistics.overlap import Overlap, Pattern
from xinheng.rulebook import bulletin as rulebook
from xinheng.rulebook import catalog, plausibility


@dataclass(frozen=True, slots=True)
class Redress:
    """A procedure's figures of the month, with its outcomes' titles and counts."""

    title: str
    figures: Figures
    outcomes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """A month as a bulletin tells it.

    `ledger_root` is in hex; `as_of` the day for which duties are judged. `history` has
    the totals of earlier months by unit code, the latest last.
    """

    table: MonthlyTable
    ledger_root: str
    as_of: date
    rates: tuple[UnitCounts, ...]
    named: Named
    overlaps: tuple[Overlap, ...]
    notes: tuple[Note, ...]
    open_recalls: tuple[OpenRecalls, ...]
    redress: tuple[Redress, ...]
    campaigns: tuple[CampaignFigures, ...]


def gather(table: MonthlyTable, *, as_of: date) -> Facts:
    """Return all that a bulletin says about a table's month at its ledger size."""
    size = table.ledger_size
    counted = duties.list_counts(
        actor=OPERATOR, period=table.period, on=as_of, ledger_size=size
    )
    return Facts(
        table=table,
        ledger_root=ledger.root(size=size).hex(),
        as_of=as_of,
        rates=counted,
        named=naming.name(
            table,
            _of_city(counted, as_of),
            leading=rulebook.rules().leading.thresholds,
        ),
        overlaps=list_overlaps(table),
        notes=doubts.look(table, list_history(table), plausibility.doubts()),
        open_recalls=queries.list_open_recalls(table),
        redress=tuple(_redress(name, table) for name in (OBJECTION, REPAIR)),
        campaigns=campaigns.list_figures(period=table.period, ledger_size=size),
    )


def _of_city(counted: tuple[UnitCounts, ...], on: date) -> Mapping[str, rates.Counts]:
    """Return the counts by the city's unit, those of its districts added to its own."""
    parents = {unit.code: unit.parent for unit in units.list_units(on)}
    grouped: defaultdict[str, list[rates.Counts]] = defaultdict(list)
    for each in counted:
        grouped[parents.get(each.unit_code) or each.unit_code].append(each.counts)
    return {code: rates.add(counts) for code, counts in grouped.items()}


def list_overlaps(table: MonthlyTable) -> tuple[Overlap, ...]:
    """Return the units whose columns count the same organizations, in table order.

    Columns are named by category.
    """
    members = _members(table)
    order = tuple(column.name for column in table.columns)
    in_order = {
        row.unit.code: members[row.unit.code]
        for row in table.units
        if row.unit.code in members
    }
    return overlap.find(in_order, order=order)


def _members(table: MonthlyTable) -> dict[str, Mapping[Pattern, int]]:
    size, period = table.ledger_size, table.period
    category = {
        item.name: item.category
        for item in catalog.datasets()
        if item.category is not None
    }
    found: defaultdict[str, Counter[Pattern]] = defaultdict(Counter)
    bits = {name: 1 << place for place, name in enumerate(sorted(category))}
    for unit, mask, count in tallies.count_members(
        period=period, ledger_size=size, bits=bits
    ):
        columns = frozenset(category[name] for name, bit in bits.items() if mask & bit)
        found[unit][columns] += count
    return {**found, **_with_cases(table, category)}


def _with_cases(
    table: MonthlyTable, category: Mapping[str, str]
) -> dict[str, Counter[Pattern]]:
    """Return the members of units with something that counts without a record."""
    size, period = table.ledger_size, table.period
    reported = [
        (case.unit, case.category, case.organization)
        for case in counting.list_cases(period=period, ledger_size=size)
    ]
    reported += [
        (each.unit, each.category, each.organization)
        for each in campaigns.list_counted(period=period, ledger_size=size)
        if each.organization
    ]
    above = queries.units_above(table)
    acting = {above.get(unit, unit) for unit, _, _ in reported}
    known = tallies.list_members(period=period, ledger_size=size, units=acting)
    pairs = [
        (unit, category[name], org) for unit, name, org in known if name in category
    ]
    pairs += [(above.get(unit, unit), column, org) for unit, column, org in reported]
    return overlap.patterns(pairs)


def list_history(table: MonthlyTable) -> dict[str, tuple[int, ...]]:
    """Return the totals of the months before a table's, by unit code, latest last."""
    months = rulebook.rules().plausibility.months
    wanted = [periods.before(table.period, back) for back in range(months, 0, -1)]
    totals = queries.totals_by_month(periods=wanted, ledger_size=table.ledger_size)
    return {
        unit: tuple(of_unit.get(month, 0) for month in wanted)
        for unit, of_unit in totals.items()
    }


def _redress(name: str, table: MonthlyTable) -> Redress:
    first = periods.first_day(table.period)
    last = periods.first_day(periods.before(table.period, -1)) - timedelta(days=1)
    size = table.ledger_size
    procedure = regulated(name).procedure
    found = (
        cases.endings_as_of(
            procedure=name,
            first=first,
            last=last,
            as_of=ledger.get_entry(size - 1).recorded_at,
            ledger_size=size,
        )
        if size
        else ()
    )
    counted = figures.count(found)
    return Redress(
        title=procedure.title,
        figures=counted,
        outcomes=tuple(
            (each.title, counted.outcomes.get(each.name, 0))
            for each in procedure.outcomes
        ),
    )
