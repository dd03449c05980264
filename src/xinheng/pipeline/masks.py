"""One integer mask for each row, one bit for each check that it fails.

More than 64 checks take several words. Rows without any bit, nearly all of them, are
never looked at again; the others are exploded into findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from xinheng.core.submissions.findings import Severity
from xinheng.pipeline.cells.columns import Typed
from xinheng.pipeline.reading.table import ROW
from xinheng.pipeline.rules import Check
from xinheng.pipeline.writing import Schema

_WORD_BITS = 64

FOUND: Schema = {"row": pl.UInt32(), "check": pl.UInt16()}


class Masks:
    """The checks of a dataset, laid out as bits of words."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = tuple(checks)
        self._bits = {
            (check.rule, check.field): bit for bit, check in enumerate(checks)
        }
        self._word_count = -(-len(checks) // _WORD_BITS)

    def bit(self, rule: str, field: str) -> int:
        """Return the bit of a rule on a field."""
        return self._bits[rule, field]

    def evaluate(self, typed: Typed) -> pl.DataFrame:
        """Return `row` and the words of each row, in order."""
        frame = typed.frame.with_columns(
            flag.alias(_flag_column(self._bits[key]))
            for key, flag in typed.flags.items()
        )
        failing = {
            self._bits[key]: _flag_expression(self._bits[key]) for key in typed.flags
        }
        failing |= self._possible(frame)
        return frame.select(ROW, *self._words(failing))

    def findings(self, masks: pl.DataFrame) -> pl.DataFrame:
        """Return `row` and `check` (a bit) of every set bit, by row, then bit."""
        failing = masks.filter(pl.any_horizontal(pl.col(self._names()) != 0))
        words = failing.select(self._names()).to_numpy(order="c")
        octets = words.astype("<u8").view(np.uint8)
        places, bits = np.nonzero(np.unpackbits(octets, axis=1, bitorder="little"))
        return pl.DataFrame(
            {"row": failing[ROW].gather(places), "check": bits}, schema_overrides=FOUND
        )

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

    def has(self, severity: Severity) -> pl.Expr:
        """Tell of each row whether it fails a check of that severity."""
        members = [0] * self._word_count
        for bit, check in enumerate(self.checks):
            if check.severity is severity:
                members[bit // _WORD_BITS] |= 1 << bit % _WORD_BITS
        return pl.any_horizontal(
            (pl.col(name) & pl.lit(member, dtype=pl.UInt64)) != 0
            for name, member in zip(self._names(), members, strict=True)
        )

    def _possible(self, frame: pl.DataFrame) -> dict[int, pl.Expr]:
        """Return the expressions of the checks that some row of the batch may fail."""
        guards = {
            str(bit): check.guard
            for bit, check in enumerate(self.checks)
            if check.guard is not None
        }
        may_fail = frame.select(**guards).row(0, named=True) if guards else {}
        return {
            int(bit): failed
            for bit, may in may_fail.items()
            if may and (failed := self.checks[int(bit)].failed) is not None
        }

    def _words(self, failing: dict[int, pl.Expr]) -> Iterator[pl.Expr]:
        for word, name in enumerate(self._names()):
            parts = [
                pl.when(failed)
                .then(pl.lit(1 << bit % _WORD_BITS, dtype=pl.UInt64))
                .otherwise(pl.lit(0, dtype=pl.UInt64))
                for bit, failed in failing.items()
                if bit // _WORD_BITS == word
            ]
            nothing = pl.repeat(0, pl.len(), dtype=pl.UInt64)
            yield (pl.sum_horizontal(parts) if parts else nothing).alias(name)

    def _names(self) -> list[str]:
        return [f"word_{word}" for word in range(self._word_count)]


def _flag_column(bit: int) -> str:
    return f"flag_{bit}"


def _flag_expression(bit: int) -> pl.Expr:
    return pl.col(_flag_column(bit))
