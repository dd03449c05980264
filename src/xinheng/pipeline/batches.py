"""One batch of rows checked: typed, linked, judged, told apart by outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.submissions.findings import Severity
from xinheng.core.submissions.outcomes import Outcome
from xinheng.pipeline import keys, linking, statements
from xinheng.pipeline.cells.columns import Flags, Typed, Typist, value_type
from xinheng.pipeline.context import Context
from xinheng.pipeline.lateness import Punctuality
from xinheng.pipeline.linking import ORGANIZATION
from xinheng.pipeline.masks import Failures, Masks
from xinheng.pipeline.matching import Match
from xinheng.pipeline.reading.table import ROW
from xinheng.pipeline.rules import compile_rules
from xinheng.pipeline.writing import Schema

OUTCOME = "outcome"

_OUTCOMES = [outcome.value for outcome in Outcome]
_ACCEPTED, _REJECTED, _QUESTIONABLE, _UNLINKED = map(
    _OUTCOMES.index,
    (Outcome.ACCEPTED, Outcome.REJECTED, Outcome.QUESTIONABLE, Outcome.UNLINKED),
)


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdicts on a batch.

    `rows` has the columns of `row_schema` and after the key `outcome`; rows in which a
    person's number was found are not in it. `findings` has `row` and `check`, the place
    of the check in `Checker.masks`. `read` counts all rows, `outcomes` by outcome.
    """

    rows: pl.DataFrame
    findings: pl.DataFrame
    read: int
    outcomes: dict[str, int]
    is_personal: bool


def row_schema(dataset: Dataset) -> Schema:
    """Return the columns of an accepted row."""
    return {
        ROW: pl.UInt32(),
        ORGANIZATION: pl.String(),
        keys.NATURAL_KEY: pl.String(),
        **{field.name: value_type(field) for field in dataset.stored_fields},
    }


class Checker:
    """Checks the batches of one file."""

    def __init__(
        self, dataset: Dataset, match: Match, context: Context, *, is_workbook: bool
    ) -> None:
        self.masks = Masks(compile_rules(dataset, context))
        self._dataset = dataset
        self._context = context
        self._typist = Typist(dataset, match, context, is_workbook=is_workbook)
        self._punctuality = Punctuality(dataset, context)
        self._stored = [field.name for field in dataset.stored_fields]

    def check(self, batch: pl.DataFrame) -> Checked:
        """Return the verdicts on the rows that are not blank."""
        typed = self._typist.read(batch)
        linked = linking.link(typed.frame, self._dataset, self._context.register)
        flags = {
            **typed.flags,
            **self._worth_telling(linked.flags, typed.flags),
            **self._punctuality.flags(typed.frame),
            **statements.flags(typed.frame, self._dataset),
        }
        failures = self.masks.evaluate(replace(typed, flags=flags))
        outcomes = self._outcomes(failures, linked.is_unlinked)
        names = pl.Series(OUTCOME, _OUTCOMES, dtype=pl.String)
        rows = self._rows(typed, linked.organization, names.gather(outcomes))
        counts = np.bincount(outcomes, minlength=len(_OUTCOMES)).tolist()
        return Checked(
            rows=_without_persons(rows, typed.flags),
            findings=self.masks.findings(failures, typed.frame[ROW]),
            read=typed.frame.height,
            outcomes=dict(zip(_OUTCOMES, counts, strict=True)),
            is_personal=typed.is_personal,
        )

    def _worth_telling(self, linked: Flags, found: Flags) -> Flags:
        """Leave out that a code is unknown where it is wrong anyway."""
        told = dict(linked)
        for (rule, field), flag in found.items():
            key = ("UNKNOWN_ORGANIZATION", field)
            is_error = self._context.severity(rule) is Severity.ERROR
            if key in told and is_error:
                told[key] = told[key] & ~flag
        return told

    def _outcomes(self, failures: Failures, is_unlinked: pl.Series) -> NDArray[np.intp]:
        """Return places in _OUTCOMES: decide as `core.submissions.outcomes.decide`."""
        outcomes = np.where(is_unlinked.to_numpy(), _UNLINKED, _ACCEPTED)
        outcomes[self.masks.failing(failures, Severity.QUESTION)] = _QUESTIONABLE
        outcomes[self.masks.failing(failures, Severity.ERROR)] = _REJECTED
        return outcomes

    def _rows(
        self, typed: Typed, organization: pl.Series, outcome: pl.Series
    ) -> pl.DataFrame:
        return typed.frame.select(
            ROW,
            organization,
            keys.natural_key(self._dataset),
            outcome,
            *self._stored,
        )


def _without_persons(rows: pl.DataFrame, flags: Flags) -> pl.DataFrame:
    persons = [flag for (rule, _), flag in flags.items() if rule == "PERSONAL_ID"]
    if not persons:
        return rows
    return rows.filter(~pl.any_horizontal(persons))
