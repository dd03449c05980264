"""Which units a bulletin names, and as what: by a rule that it prints.

| list | a unit is on it that |
|---|---|
| silent | neither handed in a file nor filed a nil return |
| nil | filed a nil return and handed in nothing |
| fruitless | handed in a file of which not one row was taken |
| late | has records of the month that came after their last day |
| leading | has records, and rates at or above the thresholds |

A unit whose rates are not known (it has no duty) is never late and never leading. Among
the leading, the order is by number of records; units with the same number stand or fall
together at the end of the list.

Source: thresholds in `rulebook/bulletin.toml`; the rule is ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from xinheng.core.duties.rates import Counts
from xinheng.core.statistics.monthly import MonthlyTable, State, UnitRow


@dataclass(frozen=True, slots=True)
class Leading:
    """Thresholds of the leading: shares from 0 to 1, and the length of the list."""

    timely_at_least: Fraction
    compliance_at_least: Fraction
    at_most: int


@dataclass(frozen=True, slots=True)
class Named:
    """The names by list, each in the order of the table, but for the leading."""

    silent: tuple[str, ...]
    nil: tuple[str, ...]
    fruitless: tuple[str, ...]
    late: tuple[tuple[str, int], ...]
    leading: tuple[tuple[str, int], ...]


def name(
    table: MonthlyTable, counts: Mapping[str, Counts], *, leading: Leading
) -> Named:
    """Return who is named; `counts` by unit code, of the units that owe something."""
    reported = table.in_state(State.REPORTED)
    return Named(
        silent=_names(table.in_state(State.SILENT)),
        nil=_names(table.in_state(State.NIL)),
        fruitless=_names(row for row in reported if not row.total),
        late=tuple(
            (row.unit.name, counts[row.unit.code].late)
            for row in table.units
            if row.unit.code in counts and counts[row.unit.code].late
        ),
        leading=_leading(reported, counts, leading),
    )


def _names(rows: Iterable[UnitRow]) -> tuple[str, ...]:
    return tuple(row.unit.name for row in rows)


def _leading(
    rows: Iterable[UnitRow], counts: Mapping[str, Counts], rule: Leading
) -> tuple[tuple[str, int], ...]:
    found = [
        (row.unit.name, row.total)
        for row in rows
        if row.total and _leads(counts.get(row.unit.code), rule)
    ]
    found.sort(key=lambda item: -item[1])
    if len(found) <= rule.at_most:
        return tuple(found)
    last = found[rule.at_most - 1][1]
    if found[rule.at_most][1] == last:  # they stand or fall together
        return tuple(item for item in found[: rule.at_most] if item[1] > last)
    return tuple(found[: rule.at_most])


def _leads(counts: Counts | None, rule: Leading) -> bool:
    if counts is None:
        return False
    timely, compliance = counts.timely.value, counts.compliance.value
    if timely is None or compliance is None:
        return False
    return timely >= rule.timely_at_least and compliance >= rule.compliance_at_least
