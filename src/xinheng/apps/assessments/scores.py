"""Scores of units: as the register stands, with what was entered by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from xinheng.apps.assessments import facts
from xinheng.apps.assessments.models import Entry, Result
from xinheng.apps.assessments.views import Standing
from xinheng.apps.units import queries as units
from xinheng.apps.units.queries import UnitView
from xinheng.core.assessments import scoring
from xinheng.core.assessments.schemes import Input, Item, Kind, Scheme
from xinheng.core.assessments.scoring import Fact, Reason, Score
from xinheng.core.catalog import periods

Scores = dict[str, dict[str, Score]]  # a unit's code -> an item's name -> its score
Entries = Mapping[tuple[str, str], Entry]  # a unit's code, an item's name


def assessed_units(last_month: str) -> list[UnitView]:
    """Return the city's own units of a month's last day, in the table's order."""
    on = periods.first_day(periods.before(last_month, -1)) - timedelta(days=1)
    return [each for each in units.list_units(on) if each.parent is None]


def simulate(
    *, scheme: Scheme, months: Sequence[str], on: date, ledger_size: int
) -> Scores:
    """Return what a scheme would have given for past months; nothing is kept.

    Items by hand are left out: nobody claimed anything for it.
    """
    return score_all(scheme, months, on=on, ledger_size=ledger_size, entries=None)


def score_all(
    scheme: Scheme,
    months: Sequence[str],
    *,
    on: date,
    ledger_size: int,
    entries: Entries | None,
) -> Scores:
    """Return the scores of all assessed units; `entries` null leaves items out."""
    counted = facts.count(months=months, on=on, ledger_size=ledger_size)
    return {
        unit.code: {
            item.name: _score(item, unit.code, counted.get(unit.code, {}), entries)
            for item in scheme.items
        }
        for unit in assessed_units(months[-1])
    }


def _score(
    item: Item, unit: str, known: Mapping[Input, Fact], entries: Entries | None
) -> Score:
    if item.input is not None:
        if item.kind is not Kind.RATIO:  # a register that holds none has counted 0
            return scoring.score(item, known.get(item.input, Fact(0)))
        return scoring.score(item, known.get(item.input))
    if entries is None:
        return Score(None, item.points, Reason.BY_HAND)
    return by_hand(item, entries.get((unit, item.name)))


def by_hand(item: Item, entry: Entry | None) -> Score:
    """Return the score of what the office gave, or of nothing claimed."""
    if entry is None or entry.given_number is None:
        return scoring.unclaimed(item)
    if item.kind is Kind.MANUAL:
        return Score(scoring.rounded(entry.given_number), item.points, Reason.GIVEN)
    scored = scoring.score(item, Fact(int(entry.given_number), entry.given_of))
    is_known = scored.points is not None
    return Score(
        scored.points,
        scored.of,
        Reason.GIVEN if is_known else scored.reason,
        scored.fact,
    )


def fixed(results: Sequence[Result]) -> Scores:
    """Return the scores that were fixed when a round was published."""
    found: Scores = {}
    for row in results:
        fact = None
        if row.numerator is not None:
            fact = Fact(row.numerator, row.denominator)
        score = Score(_two(row.points), row.of, Reason(row.reason), fact)
        found.setdefault(row.unit_id, {})[row.item] = score
    return found


def _two(points: Decimal | None) -> Decimal | None:
    return None if points is None else scoring.rounded(points)


def standings(scheme: Scheme, scores: Scores) -> tuple[Standing, ...]:
    """Return the units by rank, those without one last, in the order of their names."""
    totals = {unit: scoring.total(scheme, each) for unit, each in scores.items()}
    ranks = scoring.ranks(totals)
    named = {code: units.get_unit(code) for code in scores}
    found = [
        Standing(
            code,
            named[code].name,
            named[code].name_en,
            total,
            ranks[code],
            scoring.verdict(scheme, total),
        )
        for code, total in totals.items()
    ]
    return tuple(
        sorted(found, key=lambda each: (each.rank or len(found) + 1, each.unit_name))
    )
