"""The natural key of a row: what makes two rows the same record."""

from __future__ import annotations

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import Field, FieldType
from xinheng.pipeline.checks import document_number

NATURAL_KEY = "natural_key"
SEPARATOR = "\x1f"


def natural_key(dataset: Dataset) -> pl.Expr:
    """Return the key over the typed columns: its parts in the catalog's order.

    Null where a part is missing: such a row identifies nothing.
    """
    parts = [_part(dataset.field(name)) for name in dataset.natural_key]
    return pl.concat_str(parts, separator=SEPARATOR).alias(NATURAL_KEY)


def _part(field: Field) -> pl.Expr:
    if field.type is FieldType.TEXT and field.code_list is None:
        return document_number.normalized(field.name)
    if field.type is FieldType.DATE:
        return pl.col(field.name).dt.to_string("%Y-%m-%d")
    if field.type is FieldType.DECIMAL:
        return plain_decimal(field.name)
    return pl.col(field.name).cast(pl.String)


def plain_decimal(column: str) -> pl.Expr:
    """Return decimals as text without an exponent or zeros at the end."""
    text = pl.col(column).cast(pl.String)
    has_fraction = text.str.contains(".", literal=True)
    short = text.str.strip_chars_end("0").str.strip_chars_end(".")
    return pl.when(has_fraction).then(short).otherwise(text).replace("-0", "0")
