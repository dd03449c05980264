"""What the register can count of units in some months, for the items of a scheme.

A unit counts by itself; its districts' units are not assessed. Where a unit owes
nothing that a share could be made of, nothing is known, and nothing is scored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.duties import production
from xinheng.apps.duties import queries as duties
from xinheng.apps.measures import counting
from xinheng.apps.standing import queries as standing
from xinheng.core.assessments.schemes import Input
from xinheng.core.assessments.scoring import Fact
from xinheng.core.catalog import periods
from xinheng.core.duties import rates
from xinheng.core.duties.rates import Counts
from xinheng.core.duties.standing import State

Facts = Mapping[str, Mapping[Input, Fact]]  # a unit's code -> what was counted
DOUBLE = ("permit", "penalty")
CASES = ("joint_restriction_case", "joint_incentive_case")
MET = frozenset({State.REPORTED, State.NIL})


def months_of(first: str, last: str) -> tuple[str, ...]:
    """Return the months from one to the other, both included; none run backward."""
    found, month = [], first
    while month <= last:
        found.append(month)
        month = periods.before(month, -1)
    return tuple(found)


def count(*, months: Sequence[str], on: date, ledger_size: int) -> Facts:
    """Return what was counted of each unit, as the ledger of that size knew it."""
    found: defaultdict[str, dict[Input, Fact]] = defaultdict(dict)
    every = _counts(months, on, ledger_size, None)
    double = [_counts(months, on, ledger_size, name) for name in DOUBLE]
    for unit, counts in every.items():
        both = rates.add(each[unit] for each in double if unit in each)
        found[unit] |= _of_counts(counts, both)
    for unit, fact in _duties(months, on, ledger_size).items():
        found[unit][Input.DUTIES] = fact
    returns = production.count_returns(months=months, on=on, ledger_size=ledger_size)
    for unit, each in returns.items():
        found[unit][Input.RETURNS] = Fact(each.in_time, each.owed)
        produced = each.produced if each.filed else None
        found[unit][Input.PUBLISHED] = Fact(each.published, produced)
    for unit, number in _cases(months, ledger_size).items():
        found[unit][Input.CASES] = Fact(number)
    for unit, number in standing.count_by_unit(months=months).items():
        found[unit][Input.LOOK_UPS] = Fact(number)
    return found


def _counts(
    months: Iterable[str], on: date, size: int, dataset: str | None
) -> dict[str, Counts]:
    gathered: defaultdict[str, list[Counts]] = defaultdict(list)
    for month in months:
        rows = duties.list_counts(
            actor=OPERATOR, period=month, on=on, dataset=dataset, ledger_size=size
        )
        for row in rows:
            gathered[row.unit_code].append(row.counts)
    return {unit: rates.add(counts) for unit, counts in gathered.items()}


def _of_counts(every: Counts, double: Counts) -> dict[Input, Fact]:
    received = every.received
    reported = every.reported - double.reported
    return {
        Input.REPORTED: _declared(every.matched, every),
        Input.TIMELY_DOUBLE: Fact(double.reported - double.late, double.reported),
        Input.TIMELY_OTHER: Fact(reported - (every.late - double.late), reported),
        Input.STORED: Fact(received - every.rejected - every.questionable, received),
        Input.ACCURATE: Fact(received - every.rejected, received),
    }


def _declared(numerator: int, counts: Counts) -> Fact:
    return Fact(numerator, counts.produced if counts.declared else None)


def _duties(months: Sequence[str], on: date, size: int) -> dict[str, Fact]:
    counted: defaultdict[str, list[bool]] = defaultdict(list)
    for item in duties.list_standings(
        actor=OPERATOR, months=months, on=on, ledger_size=size
    ):
        stands = item.standing
        if stands.state is not State.OPEN:
            is_met = stands.state in MET and stands.days_late == 0
            counted[item.duty.unit_code].append(is_met)
    return {unit: Fact(sum(met), len(met)) for unit, met in counted.items()}


def _cases(months: Iterable[str], size: int) -> dict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for month in months:
        counted = counting.count_cases(period=month, ledger_size=size)
        for (unit, category), number in counted.items():
            if category in CASES:
                found[unit] += number
    return found
