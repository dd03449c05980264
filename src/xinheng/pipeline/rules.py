"""The catalog's rules for one dataset, compiled to the engine.

Each rule on each field is one bit. What a cell's reading has found already arrives as a
flag; everything else is an expression over the typed columns, evaluated, where it has a
guard, only if that one look at the whole column says that some row may fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import Field, FieldType, Personal
from xinheng.core.submissions.findings import Severity
from xinheng.pipeline import lateness, linking
from xinheng.pipeline.cells import choices, codes
from xinheng.pipeline.cells.columns import WHOLE_ROW, blank_column, is_lossy
from xinheng.pipeline.context import Context

NATURAL_PERSON = "自然人"
SOLE_PROPRIETOR = "个体工商户"
SOLE_PROPRIETOR_PREFIX = "92"


@dataclass(frozen=True, slots=True)
class Check:
    """One rule on one field.

    `failed` is null where the rule arrives as a flag. `guard`, where there is one, is a
    Boolean scalar that costs less: false means that no row of the batch can fail.
    """

    rule: str
    severity: Severity
    field: str
    failed: pl.Expr | None = None
    guard: pl.Expr | None = None


def compile_rules(dataset: Dataset, context: Context) -> tuple[Check, ...]:
    """Return the checks of a dataset: the whole row, then field by field."""
    return tuple(_Compiler(dataset, context).checks())


class _Compiler:
    def __init__(self, dataset: Dataset, context: Context) -> None:
        self._dataset = dataset
        self._context = context

    def checks(self) -> Iterator[Check]:
        for rule in (
            "CELL_COUNT",
            "PERSONAL_ID",
            "PERSONAL_ID_SUSPECTED",
            "DUPLICATE_ROW",
            "DUPLICATE_KEY",
        ):
            yield self._flag(rule, WHOLE_ROW)
        if not self._dataset.activatable:
            every_row = pl.repeat(value=True, n=pl.len())
            yield self._check("NO_LEGAL_BASIS", WHOLE_ROW, every_row)
        for field in self._dataset.fields:
            yield self._flag("PERSONAL_ID", field.name)
            yield self._flag("PERSONAL_ID_SUSPECTED", field.name)
            if field.personal is None:
                yield from self._stored(field)
            elif field.personal is Personal.REFUSE:
                yield self._flag("NATURAL_PERSON", field.name)

    def _flag(self, rule: str, field: str) -> Check:
        return Check(rule, self._context.severity(rule), field)

    def _check(
        self, rule: str, field: str, failed: pl.Expr, guard: pl.Expr | None = None
    ) -> Check:
        severity = self._context.severity(rule)
        return Check(rule, severity, field, failed, guard)

    def _stored(self, field: Field) -> Iterator[Check]:
        yield from self._presence(field)
        yield self._flag("CONTROL_CHARACTER", field.name)
        yield from self._form(field)
        yield from self._dates(field)
        yield from self._subject(field)

    def _presence(self, field: Field) -> Iterator[Check]:
        blank = _is_blank(field)
        if field.required:
            yield self._check("REQUIRED", field.name, blank)
        elif field.required_for is not None:
            name, value = field.required_for
            applies = pl.col(name).str.split(choices.SEPARATOR).list.contains(value)
            yield self._check("REQUIRED", field.name, blank & applies, blank.any())

    def _form(self, field: Field) -> Iterator[Check]:
        value = pl.col(field.name)
        if field.type is FieldType.USCC:
            yield from (self._flag(rule, field.name) for rule in codes.RULES)
        elif field.type is FieldType.ORGANIZATION_CODE:
            yield self._flag("ORG_CODE_CHECK", field.name)
        elif field.type in (FieldType.DATE, FieldType.PERIOD):
            yield self._flag("DATE_FORMAT", field.name)
        elif field.type in (FieldType.DECIMAL, FieldType.INTEGER):
            yield self._flag("NUMBER_FORMAT", field.name)
            yield from self._amount(field)
        elif field.max_length is not None:
            too_long = value.str.len_chars() > field.max_length
            may_be = value.str.len_bytes().max() > field.max_length
            yield self._check("LENGTH", field.name, too_long, may_be)
        if field.code_list is not None:
            yield self._flag("CODE_LIST", field.name)

    def _amount(self, field: Field) -> Iterator[Check]:
        value, nothing = pl.col(field.name), pl.lit(value=False)
        below = nothing if field.minimum is None else value < field.minimum
        above = nothing if field.maximum is None else value > field.maximum
        if field.minimum is not None or field.maximum is not None:
            yield self._check("AMOUNT", field.name, below | above)
        if field.stated_in is not None:
            yield self._flag("AMOUNT_UNIT", field.name)

    def _dates(self, field: Field) -> Iterator[Check]:
        value = pl.col(field.name)
        if field.name in self._dataset.past_dates:
            yield self._check("DATE_FUTURE", field.name, value > self._context.on)
        for earlier, later in self._dataset.date_order:
            if later == field.name:
                yield self._check("DATE_ORDER", field.name, value < pl.col(earlier))
        if field.name == self._dataset.decided_on:
            for rule in lateness.RULES:
                yield self._flag(rule, field.name)

    def _subject(self, field: Field) -> Iterator[Check]:
        dataset = self._dataset
        if field.name == dataset.subject_category:
            person = pl.col(field.name) == NATURAL_PERSON
            yield self._check("NATURAL_PERSON", field.name, person)
            yield from self._category(field)
        if field.name == dataset.subject_code:
            yield self._flag("UNKNOWN_ORGANIZATION", field.name)
            yield self._flag("FORMER_CODE", field.name)
            if not dataset.sole_proprietors:
                sole = _is_sole_proprietor(field.name)
                yield self._check("SOLE_PROPRIETOR_LIST", field.name, sole)
        if field.name == dataset.subject_name:
            yield self._flag("NAME_MISMATCH", field.name)
        if field.name == linking.AUTHORITY_NAME and dataset.authority_code is not None:
            yield self._flag("AUTHORITY_NAME", field.name)

    def _category(self, field: Field) -> Iterator[Check]:
        code = self._dataset.subject_code
        if code is not None:
            category = pl.col(field.name)
            says_sole = category == SOLE_PROPRIETOR
            differs = says_sole != _is_sole_proprietor(code)
            wrong = differs & _is_whole(code) & (category != NATURAL_PERSON)
            yield self._check("CATEGORY_CODE", field.name, wrong)


def _is_blank(field: Field) -> pl.Expr:
    if is_lossy(field):
        return pl.col(blank_column(field))
    return pl.col(field.name).is_null()


def _is_whole(code: str) -> pl.Expr:
    """Tell whether a code is written in full: what begins an old number says nothing.

    One in full-width characters is not; it has a finding of its own.
    """
    return pl.col(code).str.len_bytes() == 18


def _is_sole_proprietor(code: str) -> pl.Expr:
    return _is_whole(code) & pl.col(code).str.starts_with(SOLE_PROPRIETOR_PREFIX)
