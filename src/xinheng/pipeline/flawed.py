"""Verdicts on cells whose text is not what a person wrote there.

The text of such a cell (`reading.flaws`) is taken out before the row is checked, so
that no rule mistakes it for the value and nothing of it is kept; the finding is added
afterwards. A row with one is always refused:

    EXCEL_NUMBER    a code or number of 16 and more digits of which 15 are left
    CELL_ERROR      an error of a formula, or ##### in place of a value
    FORMULA_VALUE   a formula whose value was not saved
    PERSONAL_ID     the digits that are left could begin an identity number: place and
                    date of birth are enough to refuse a row, in any column
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import Field, FieldType
from xinheng.core.submissions.outcomes import Outcome
from xinheng.pipeline.batches import OUTCOME, Checked, Checker
from xinheng.pipeline.cells.columns import WHOLE_ROW
from xinheng.pipeline.context import Context
from xinheng.pipeline.masks import FOUND, Masks
from xinheng.pipeline.matching import Match
from xinheng.pipeline.reading.flaws import Flaw
from xinheng.pipeline.reading.table import FLAWS, ROW
from xinheng.pipeline.rules import Check

PERSONAL_ID = "PERSONAL_ID"
_CODES = (FieldType.TEXT, FieldType.USCC, FieldType.ORGANIZATION_CODE)


@dataclass(frozen=True, slots=True)
class _Told:
    """Findings on flawed cells: `row`, `check` (a bit) and `field`; and their cells."""

    findings: pl.DataFrame
    cells: dict[str, list[int]]  # by column, the numbers of the rows
    personal_rows: frozenset[int]


class FlawedChecker:
    """Checks batches as `Checker` does, flawed cells included."""

    def __init__(
        self, checker: Checker, dataset: Dataset, match: Match, context: Context
    ) -> None:
        self._checker = checker
        self._fields = {str(place): field for place, field in match.fields.items()}
        known = {(check.rule, check.field) for check in checker.masks.checks}
        added = [
            Check(rule, context.severity(rule), name)
            for rule, name in _rules(dataset)
            if (rule, name) not in known
        ]
        self.masks = Masks((*checker.masks.checks, *added))

    def check(self, batch: pl.DataFrame) -> Checked:
        """Return the verdicts on the rows that are not blank."""
        if FLAWS not in batch.columns:
            return self._checker.check(batch)
        told = self._told(batch)
        checked = self._checker.check(_emptied(batch.drop(FLAWS), told))
        return self._joined(checked, told) if told.findings.height else checked

    def _told(self, batch: pl.DataFrame) -> _Told:
        flaws = batch.select(ROW, FLAWS).explode(FLAWS).drop_nulls().unnest(FLAWS)
        found: list[tuple[int, int, str]] = []
        cells: dict[str, list[int]] = {}
        personal = set()
        for row, column, flaw, may_be_personal in flaws.iter_rows():
            field = self._fields.get(column)
            name = field.name if field else WHOLE_ROW
            rules = [flaw] if field and _matters(flaw, field) else []
            if may_be_personal:
                rules.append(PERSONAL_ID)
                personal.add(row)
            found += [(row, self.masks.bit(rule, name), name) for rule in rules]
            if rules:
                cells.setdefault(column, []).append(row)
        schema = {**FOUND, "field": pl.String()}
        frame = pl.DataFrame(found, schema=schema, orient="row")
        return _Told(frame, cells, frozenset(personal))

    def _joined(self, checked: Checked, told: _Told) -> Checked:
        """Add the findings and refuse their rows."""
        rows = told.findings[ROW].unique()
        is_flawed = pl.col(ROW).is_in(rows.implode())
        flawed = checked.rows.filter(is_flawed)
        # A row of nothing but flawed cells was blank to the check.
        seen = pl.concat([flawed[ROW], checked.findings[ROW]])
        unseen = rows.filter(~rows.is_in(seen.implode())).len()
        outcomes = Counter(checked.outcomes)
        outcomes.subtract(Counter(flawed[OUTCOME].to_list()))
        outcomes[Outcome.REJECTED.value] += flawed.height + unseen
        return replace(
            checked,
            rows=_refused(checked.rows, is_flawed, told.personal_rows),
            findings=self._findings(checked.findings, told),
            read=checked.read + unseen,
            outcomes=dict(outcomes),
            is_personal=checked.is_personal or bool(told.personal_rows),
        )

    def _findings(self, findings: pl.DataFrame, told: _Told) -> pl.DataFrame:
        """Leave out what the checks said of the cells that were taken out."""
        names = pl.Series([check.field for check in self.masks.checks], dtype=pl.String)
        named = findings.with_columns(field=pl.lit(names).gather(pl.col("check")))
        is_field = told.findings["field"] != WHOLE_ROW
        emptied = told.findings.filter(is_field).select(ROW, "field").unique()
        others = named.join(emptied, on=[ROW, "field"], how="anti")
        both = pl.concat([others, told.findings]).select(*FOUND).unique()
        return both.sort(*FOUND)


def _rules(dataset: Dataset) -> Iterator[tuple[str, str]]:
    for field in dataset.stored_fields:
        for flaw in Flaw:
            yield flaw.value, field.name


def _matters(flaw: str, field: Field) -> bool:
    """Tell whether the flaw is told of; a long number in a column of amounts is one."""
    if field.personal is not None:
        return False
    is_code = field.type in _CODES and field.code_list is None
    return is_code or flaw != Flaw.NUMBER.value


def _emptied(batch: pl.DataFrame, told: _Told) -> pl.DataFrame:
    return batch.with_columns(
        pl.when(~pl.col(ROW).is_in(rows)).then(pl.col(column)).alias(column)
        for column, rows in told.cells.items()
    )


def _refused(
    rows: pl.DataFrame, is_flawed: pl.Expr, personal: frozenset[int]
) -> pl.DataFrame:
    rejected = pl.lit(Outcome.REJECTED.value, dtype=rows.schema[OUTCOME])
    outcome = pl.when(is_flawed).then(rejected).otherwise(pl.col(OUTCOME))
    kept = rows.filter(~pl.col(ROW).is_in(list(personal)))
    return kept.with_columns(outcome.alias(OUTCOME))
