"""Which checks each row of a batch fails, kept as the few places where one does.

Nearly all rows fail nothing and are never looked at: every check is one Boolean column,
flag or expression, of which only the places that are true go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xinheng.core.submissions.findings import Severity
from xinheng.pipeline.cells.columns import Typed
from xinheng.pipeline.reading.table import ROW
from xinheng.pipeline.rules import Check
from xinheng.pipeline.writing import Schema

FOUND: Schema = {"row": pl.UInt32(), "check": pl.UInt16()}

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Failures:
    """The failed checks of a batch.

    `places` maps the number of a check to the indices (UInt32, sorted) of the rows that
    fail it; checks that none fails are left out. `height` counts the rows.
    """

    places: dict[int, pl.Series]
    height: int


class Masks:
    """The checks of a dataset, each known by its number."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = tuple(checks)
        self._bits = {
            (check.rule, check.field): bit for bit, check in enumerate(checks)
        }
        # A check with a guard is only evaluated where the guard is true.
        self._guards = {
            str(bit): check.guard
            for bit, check in enumerate(checks)
            if check.guard is not None
        }
        self._plain = [
            bit
            for bit, check in enumerate(checks)
            if check.failed is not None and check.guard is None
        ]

    def bit(self, rule: str, field: str) -> int:
        """Return the number of a rule on a field."""
        return self._bits[rule, field]

    def evaluate(self, typed: Typed) -> Failures:
        """Return which rows fail which checks."""
        failed = {self._bits[key]: flag for key, flag in typed.flags.items()}
        asked = [*self._plain, *self._guarded(typed.frame)]
        answers = typed.frame.select(self._failed(bit) for bit in asked)
        failed |= {int(answer.name): answer for answer in answers}
        places = {bit: failed[bit].arg_true() for bit in sorted(failed)}
        return Failures(
            {bit: some for bit, some in places.items() if len(some)},
            typed.frame.height,
        )

    def findings(self, failures: Failures, rows: pl.Series) -> pl.DataFrame:
        """Return `row` and `check` of every failed check, by row, then check.

        `rows` are the numbers of the batch's rows, in order.
        """
        counts = [len(places) for places in failures.places.values()]
        checks = np.repeat(np.array([*failures.places], dtype=np.uint16), counts)
        nothing = pl.Series(dtype=pl.UInt32)
        places = pl.concat([nothing, *failures.places.values()])
        found = pl.DataFrame({"row": rows.gather(places), "check": checks})
        # They stand in the order of their checks, so a stable sort keeps that.
        return found.sort("row", maintain_order=True)

    def failing(self, failures: Failures, severity: Severity) -> Flags:
        """Tell of each row whether it fails a check of that severity."""
        is_failing = np.zeros(failures.height, dtype=np.bool_)
        for bit, places in failures.places.items():
            if self.checks[bit].severity is severity:
                is_failing[places.to_numpy()] = True
        return is_failing

    def named(self, findings: pl.DataFrame) -> pl.DataFrame:
        """Return findings with names in place of the number of the check."""
        return findings.select(ROW, *self.names())

    def names(self) -> list[pl.Expr]:
        """Return `field`, `rule` and `severity` of the column `check`."""
        values = {
            "field": [check.field for check in self.checks],
            "rule": [check.rule for check in self.checks],
            "severity": [check.severity.value for check in self.checks],
        }
        return [
            pl.lit(pl.Series(texts, dtype=pl.String))
            .gather(pl.col("check"))
            .alias(name)
            for name, texts in values.items()
        ]

    def _guarded(self, frame: pl.DataFrame) -> list[int]:
        """Return the guarded checks that some row of the batch may fail."""
        if not self._guards:
            return []
        may_fail = frame.select(**self._guards).row(0, named=True)
        return [int(bit) for bit, may in may_fail.items() if may]

    def _failed(self, bit: int) -> pl.Expr:
        failed = self.checks[bit].failed
        return (
            pl.lit(value=False).alias(str(bit))
            if failed is None
            else failed.alias(str(bit))
        )
