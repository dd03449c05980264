"""What if: which act moves which input, by how much, at what effort.

An act adds to the numerator, to the denominator or to both. Its effort is what an
office says it takes; nothing is assumed. How a moved input changes the points is not
published, so no points are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from xinheng.core.catalog.datasets import Verification
from xinheng.core.indicators.figures import Figure
from xinheng.core.indicators.packs import Form


@dataclass(frozen=True, slots=True)
class Action:
    """An act that moves an input each time; `hours` null where nobody said."""

    name: str
    title: str
    title_en: str
    input: str
    numerator: int
    denominator: int
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class Effect:
    """A figure before and after so many acts; null where there is no value.

    `times` are those that count: a share is full at its whole.
    """

    before: Fraction | None
    after: Fraction | None
    times: int
    hours: Decimal | None

    @property
    def change(self) -> Fraction | None:
        """By how much the value moves."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


def apply(
    figure: Figure, action: Action, times: int, *, hours_each: Decimal | None = None
) -> Effect:
    """Return the effect of an act done so many times.

    Raises:
        ValueError: the act moves another input, or `times` is below 0.
    """
    if action.input != figure.input.name or times < 0:
        raise ValueError(f"{action.name} does not move {figure.input.name} so")
    counted = min(times, _most(figure, action, times))
    after = _after(figure, action, counted)
    hours = None if hours_each is None else hours_each * counted
    return Effect(figure.value, after, counted, hours)


def _after(figure: Figure, action: Action, times: int) -> Fraction | None:
    if figure.numerator is None:
        return None
    numerator = max(figure.numerator + action.numerator * times, 0)
    if figure.input.form is Form.COUNT:
        return Fraction(numerator)
    if figure.denominator is None:
        return None
    denominator = figure.denominator + action.denominator * times
    return Fraction(numerator, denominator) if denominator > 0 else None


def _most(figure: Figure, action: Action, times: int) -> int:
    """Return how often the act can count: no share above 1, nothing below 0."""
    numerator, denominator = figure.numerator, figure.denominator
    if numerator is None:
        return 0
    if action.numerator < 0:
        return numerator // -action.numerator
    grows = action.numerator - action.denominator
    if figure.input.form is Form.SHARE and denominator is not None and grows > 0:
        return max(denominator - numerator, 0) // grows
    return times


def needed(
    figure: Figure, action: Action, target: Fraction, *, most: int = 1_000_000
) -> int | None:
    """Return how often an act is needed to reach a target, null where it never does.

    A target is reached from either side, as the act moves the value; acts that move it
    away never reach it. The value moves one way with every act, so halving finds it.
    """
    if figure.value is None:
        return None
    limit = min(most, _most(figure, action, most))
    rises = _reaches_up(figure, action, limit)
    if not _is_there(_after(figure, action, limit), target, rises=rises):
        return None
    low, high = 0, limit
    while low < high:
        middle = (low + high) // 2
        if _is_there(_after(figure, action, middle), target, rises=rises):
            high = middle
        else:
            low = middle + 1
    return low


def _reaches_up(figure: Figure, action: Action, limit: int) -> bool:
    end = _after(figure, action, limit)
    return figure.value is not None and end is not None and end >= figure.value


def _is_there(value: Fraction | None, target: Fraction, *, rises: bool) -> bool:
    if value is None:
        return False
    return value >= target if rises else value <= target
