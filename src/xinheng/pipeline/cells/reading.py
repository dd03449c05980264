"""What the reading of one column gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True, slots=True)
class Read:
    """A column's values, null where the cell is blank or can't be read.

    `flags` maps a rule's code to a Boolean column that is true where a cell fails it.
    """

    values: pl.Series
    flags: Mapping[str, pl.Series] = field(default_factory=dict)


def failing(rule: str, is_failing: pl.Series) -> dict[str, pl.Series]:
    """Return the flag of a rule, nothing where no cell fails it."""
    return {rule: is_failing} if is_failing.any() else {}
