"""The rules on a permit as plain expressions, for the peers of the check.

Each is what somebody would write for the form by hand: required, length, list, dates
that exist and stand in order, codes with both check characters, and in every text no
invisible character and no number of a person. Check characters are plain expressions,
as a user of these tools writes them; for persons' numbers the peers are given our own
columnar check, because nothing else finds the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from benches import _runs
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import Field, FieldType
from xinheng.core.identifiers import organization_code, uscc
from xinheng.pipeline.cells.screening import CONTROL
from xinheng.pipeline.checks import personal_id
from xinheng.rulebook import catalog


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `passes` is true where a row keeps it, or where the cell is blank."""

    name: str
    column: str
    passes: pl.Expr


def rules() -> list[Rule]:
    """Return the rules on the columns of a permit, named by their Chinese titles."""
    dataset = catalog.dataset("permit")
    found = [rule for field in dataset.fields for rule in _of_field(field)]
    return [*found, *_of_rows(dataset)]


def titles() -> list[str]:
    """Return the titles of the 28 columns as the file has them."""
    return [field.title for field in catalog.dataset("permit").fields]


def date_of(title: str) -> pl.Expr:
    """Return a column as dates, null where it holds none."""
    return pl.col(title).str.to_date("%Y-%m-%d", strict=False)


def _of_field(field: Field) -> Iterator[Rule]:
    column = pl.col(field.title)
    kind = personal_id.kind(column)
    yield _rule("PERSONAL_ID", field, kind == personal_id.NONE)
    if field.personal is not None:
        return
    if field.required:
        yield Rule(f"REQUIRED {field.name}", field.title, column.is_not_null())
    yield _rule("CONTROL_CHARACTER", field, ~column.str.contains(CONTROL))
    if field.type is FieldType.USCC:
        yield _rule("USCC_CHECK", field, _is_uscc(column))
    elif field.type is FieldType.ORGANIZATION_CODE:
        yield _rule("ORG_CODE_CHECK", field, _is_organization_code(column))
    elif field.type is FieldType.DATE:
        yield _rule("DATE_FORMAT", field, date_of(field.title).is_not_null())
    elif field.max_length is not None:
        yield _rule("LENGTH", field, column.str.len_chars() <= field.max_length)
    if field.code_list is not None:
        values = [*catalog.code_lists()[field.code_list].values]
        yield _rule("CODE_LIST", field, column.is_in(values))


def _is_uscc(code: pl.Expr) -> pl.Expr:
    total = _weighed(code, uscc.ALPHABET, (*uscc.WEIGHTS, 1))
    shape = code.str.contains(r"^[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}$")
    inner = _is_organization_code(code.str.slice(8, 9))
    return shape & (total % uscc.MODULUS == 0) & inner


def _is_organization_code(code: pl.Expr) -> pl.Expr:
    total = _weighed(code, organization_code.ALPHABET, organization_code.WEIGHTS)
    check = _value(code.str.slice(8, 1), organization_code.CHECK_CHARACTERS)
    is_right = (total + check) % organization_code.MODULUS == 0
    return (code.str.len_chars() == organization_code.LENGTH) & is_right


def _weighed(code: pl.Expr, alphabet: str, weights: Sequence[int]) -> pl.Expr:
    return pl.sum_horizontal(
        _value(code.str.slice(place, 1), alphabet) * weight
        for place, weight in enumerate(weights)
    )


def _value(sign: pl.Expr, alphabet: str) -> pl.Expr:
    values = {character: value for value, character in enumerate(alphabet)}
    # A sign outside the alphabet spoils the sum, whatever it is weighed with.
    return sign.replace_strict(values, default=100_000, return_dtype=pl.Int32)


def _of_rows(dataset: Dataset) -> Iterator[Rule]:
    for name in dataset.past_dates:
        field = dataset.field(name)
        yield _rule("DATE_FUTURE", field, date_of(field.title) <= _runs.ON)
    for earlier, later in dataset.date_order:
        field = dataset.field(later)
        begins = date_of(dataset.field(earlier).title)
        yield _rule("DATE_ORDER", field, begins <= date_of(field.title))
    key = [dataset.field(name).title for name in dataset.natural_key]
    yield Rule("DUPLICATE_KEY", key[0], ~pl.struct(key).is_duplicated())


def _rule(name: str, field: Field, passes: pl.Expr) -> Rule:
    return Rule(f"{name} {field.name}", field.title, passes.fill_null(value=True))
