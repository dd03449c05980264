"""A figure: an input as it was counted, never without what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from xinheng.core.indicators.packs import Form, Input


class State(StrEnum):
    """Whether there is a value; stable codes."""

    KNOWN = "KNOWN"
    NOT_HELD = "NOT_HELD"  # this register holds nothing that could be counted
    NOT_DECLARED = "NOT_DECLARED"  # the denominator was never stated
    ZERO_DENOMINATOR = "ZERO_DENOMINATOR"  # there is nothing to divide by
    CONTRADICTS = "CONTRADICTS"  # a share that is no part of its whole


@dataclass(frozen=True, slots=True)
class Figure:
    """What was counted of an input; a numerator of null is not held.

    `counted_on` is the day that the denominator, or else the numerator, is as of.
    """

    input: Input
    numerator: int | None
    denominator: int | None
    counted_on: date

    @property
    def state(self) -> State:
        """Whether there is a value, and if not, why."""
        if self.numerator is None:
            return State.NOT_HELD
        if self.input.form is Form.COUNT:
            return State.KNOWN
        if self.denominator is None:
            return State.NOT_DECLARED
        if self.denominator == 0:
            return State.ZERO_DENOMINATOR
        is_share = self.input.form is Form.SHARE
        if is_share and self.numerator > self.denominator:
            return State.CONTRADICTS
        return State.KNOWN

    @property
    def value(self) -> Fraction | None:
        """The value; null where there is none."""
        if self.state is not State.KNOWN or self.numerator is None:
            return None
        if self.input.form is Form.COUNT:
            return Fraction(self.numerator)
        return Fraction(self.numerator, self.denominator or 1)


Counted = Mapping[str, tuple[int | None, int | None]]


def figures(
    inputs: Mapping[str, Input], counted: Counted, *, on: date
) -> dict[str, Figure]:
    """Return a figure for every input; one that nobody counted is not held."""
    return {
        name: Figure(each, *counted.get(name, (None, None)), on)
        for name, each in inputs.items()
    }
