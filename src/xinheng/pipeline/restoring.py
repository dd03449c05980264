"""Rows restored from their bodies: canonical JSON back into typed columns.

The inverse of `bodies.bodies`, for rows that were kept aside as bodies alone.
"""

from __future__ import annotations

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import Field
from xinheng.pipeline.cells.columns import value_type


def restore(texts: pl.Series, dataset: Dataset) -> pl.DataFrame:
    """Return a column for each stored field, typed as in an accepted row.

    n bodies in, n rows out, in their order; null where the body has no such field.
    """
    shape = pl.Struct({field.name: pl.String for field in dataset.stored_fields})
    decoded = texts.str.json_decode(shape).struct.unnest()
    return decoded.select(_typed(field) for field in dataset.stored_fields)


def _typed(field: Field) -> pl.Expr:
    text, kind = pl.col(field.name), value_type(field)
    if isinstance(kind, pl.Date):
        return text.str.to_date("%Y-%m-%d")
    return text.cast(kind)
