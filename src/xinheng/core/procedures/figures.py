"""What is published about redress: how many, with what result, how fast.

No figure stands without its denominator: of `received` cases so many have ended, and
days are those of the ended ones alone. A small number of cases is a fact, not a rate.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Ending:
    """A case as it is counted.

    `decided_on` is null while none is decided; `outcome` is then empty. `was_overdue`
    says that a term of an authority ran out in it.
    """

    unit: str
    received_on: date
    decided_on: date | None
    outcome: str
    was_overdue: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of some cases; `mean_days` and `median_days` are null where none ended.

    Days are calendar days from the application to the decision.
    """

    received: int
    decided: int
    overdue: int
    outcomes: Mapping[str, int]
    mean_days: Fraction | None
    median_days: Fraction | None


def count(cases: Iterable[Ending]) -> Figures:
    """Return the figures of some cases."""
    known = tuple(cases)
    days = [
        (case.decided_on - case.received_on).days for case in known if case.decided_on
    ]
    return Figures(
        received=len(known),
        decided=len(days),
        overdue=sum(case.was_overdue for case in known),
        outcomes=Counter(case.outcome for case in known if case.decided_on),
        mean_days=Fraction(sum(days), len(days)) if days else None,
        median_days=Fraction(statistics.median(map(Fraction, days))) if days else None,
    )


def by_unit(cases: Iterable[Ending]) -> dict[str, Figures]:
    """Return the figures of each unit that has a case, by its code in order."""
    known = tuple(cases)
    units = sorted({case.unit for case in known})
    return {unit: count(each for each in known if each.unit == unit) for unit in units}
