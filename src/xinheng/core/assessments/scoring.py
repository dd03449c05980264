"""Points of an item, and of all items together.

What can't be counted is left out on both sides: it costs nobody a point and gives none,
and the total says out of how many points it is. That is never a zero in disguise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from xinheng.core.assessments.schemes import Item, Kind, Scheme

CENT = Decimal("0.01")


class Reason(StrEnum):
    """How a score came about; stable codes."""

    COUNTED = "COUNTED"  # from what the register holds
    GIVEN = "GIVEN"  # by the credit office
    NOT_CLAIMED = "NOT_CLAIMED"  # nobody claimed or found anything
    NOT_KNOWN = "NOT_KNOWN"  # the register was told nothing to count
    ZERO_DENOMINATOR = "ZERO_DENOMINATOR"  # a share of nothing: no score
    BY_HAND = "BY_HAND"  # left out, because it is entered by hand


LEFT_OUT = frozenset({Reason.NOT_KNOWN, Reason.ZERO_DENOMINATOR, Reason.BY_HAND})


@dataclass(frozen=True, slots=True)
class Fact:
    """What was counted: `denominator` null where it is no share, or not declared.

    A share has 0 <= numerator <= denominator; the numerator is null where unknown.
    """

    numerator: int | None
    denominator: int | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Points out of `of`; null where the item can't be counted, with the reason."""

    points: Decimal | None
    of: Decimal
    reason: Reason
    fact: Fact | None = None


def score(item: Item, fact: Fact | None) -> Score:
    """Return the score of a fact; `fact` null means that nothing is known."""
    if fact is None or fact.numerator is None:
        return Score(None, item.points, Reason.NOT_KNOWN, fact)
    if item.kind is not Kind.RATIO:
        points = _by_count(item, fact.numerator)
        return Score(points, item.points, Reason.COUNTED, fact)
    if fact.denominator is None:
        return Score(None, item.points, Reason.NOT_KNOWN, fact)
    if fact.denominator == 0:
        return Score(None, item.points, Reason.ZERO_DENOMINATOR, fact)
    share = Decimal(fact.numerator) / Decimal(fact.denominator)
    reached = Decimal(1) if share >= item.full_at else share
    return Score(rounded(item.points * reached), item.points, Reason.COUNTED, fact)


def _by_count(item: Item, count: int) -> Decimal:
    moved = (item.each or Decimal(0)) * count
    if item.kind is Kind.DEDUCT:
        return rounded(max(item.points - moved, Decimal(0)))
    return rounded(min(moved, item.points))


def rounded(points: Decimal) -> Decimal:
    """Return points with two places, half a hundredth up."""
    return points.quantize(CENT, ROUND_HALF_UP)


def unclaimed(item: Item) -> Score:
    """Return the score of an item by hand that nobody said anything about.

    Nothing claimed is nothing given; nothing found is nothing taken.
    """
    points = item.points if item.kind is Kind.DEDUCT else Decimal(0)
    return Score(points, item.points, Reason.NOT_CLAIMED)


@dataclass(frozen=True, slots=True)
class Total:
    """What a unit reached: points with bonus, out of the points that could be counted.

    `share` is what it is ranked by: without the points that could not be counted, and
    null where none could. A bonus may lift it above 1.
    """

    points: Decimal
    bonus: Decimal
    countable: Decimal
    left_out: int

    @property
    def together(self) -> Decimal:
        """Points and bonus."""
        return self.points + self.bonus

    @property
    def share(self) -> Decimal | None:
        """Points and bonus by the countable points."""
        return self.together / self.countable if self.countable else None


def total(scheme: Scheme, scores: Mapping[str, Score]) -> Total:
    """Return the total of scores by item; an item without a score is left out."""
    base = [scores.get(item.name) for item in _items(scheme, is_bonus=False)]
    bonus = [scores.get(item.name) for item in _items(scheme, is_bonus=True)]
    counted = [each for each in base if each is not None and each.points is not None]
    return Total(
        points=_points(base),
        bonus=_points(bonus),
        countable=sum((each.of for each in counted), Decimal(0)),
        left_out=len(base) - len(counted),
    )


def _items(scheme: Scheme, *, is_bonus: bool) -> Iterable[Item]:
    for block in scheme.blocks:
        if block.is_bonus is is_bonus:
            yield from block.items


def _points(scores: Iterable[Score | None]) -> Decimal:
    known = (each.points for each in scores if each is not None)
    return sum((points for points in known if points is not None), Decimal(0))


class Verdict(StrEnum):
    """What follows from a total by the scheme's bounds."""

    COMMENDED = "COMMENDED"
    CRITICIZED = "CRITICIZED"
    NEITHER = "NEITHER"


def verdict(scheme: Scheme, reached: Total) -> Verdict:
    """Return whether a unit is commended or criticized; never for what is unknown.

    Criticized is only who would stay below the bound with all points of what was left
    out: the unknown might have lifted the unit.
    """
    if reached.share is None:
        return Verdict.NEITHER
    if reached.share >= scheme.commend_from:
        return Verdict.COMMENDED
    lost = reached.countable - reached.together
    at_best = (scheme.points - lost) / scheme.points
    return Verdict.CRITICIZED if at_best < scheme.criticize_below else Verdict.NEITHER


def ranks(totals: Mapping[str, Total]) -> dict[str, int | None]:
    """Return the rank of each unit, 1 the best; equal shares have one rank.

    Null where nothing could be counted: such a unit has no place among the others.
    """
    shares = {unit: each.share for unit, each in totals.items()}
    known = [share for share in shares.values() if share is not None]
    return {
        unit: None if share is None else 1 + sum(other > share for other in known)
        for unit, share in shares.items()
    }
