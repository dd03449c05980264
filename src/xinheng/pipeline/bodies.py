"""Bodies: the stored fields of a row as canonical JSON (RFC 8785).

The text equals `xinheng.core.merkle.canonical` on the same values, so that a record's
digest can be recomputed from it anywhere.
"""

from __future__ import annotations

import polars as pl

from xinheng.core.catalog.datasets import Dataset


def bodies(frame: pl.DataFrame, dataset: Dataset) -> pl.Series:
    """Return one JSON object for each row: keys sorted, blank fields left out.

    Dates are written YYYY-MM-DD, numbers as texts without trailing zeros. n rows in, n
    texts out, in their order.
    """
    names = sorted(field.name for field in dataset.stored_fields)
    members = [_member(name, frame.schema[name]) for name in names]
    joined = pl.concat_str(members, separator=",", ignore_nulls=True)
    return frame.select(
        body=pl.concat_str(pl.lit("{"), joined, pl.lit("}"))
    ).to_series()


def _member(name: str, kind: pl.DataType) -> pl.Expr:
    """Return `"name":"text"` for each row, null where the field is blank."""
    value = pl.col(name)
    encoded = pl.struct(_text(value, kind).alias(name)).struct.json_encode()
    member = encoded.str.strip_prefix("{").str.strip_suffix("}")
    return pl.when(value.is_not_null()).then(member)


def _text(value: pl.Expr, kind: pl.DataType) -> pl.Expr:
    if isinstance(kind, pl.Date):
        return value.dt.strftime("%Y-%m-%d")
    if isinstance(kind, pl.Decimal):
        text = value.cast(pl.String)
        shortened = text.str.strip_chars_end("0").str.strip_suffix(".")
        return (
            pl.when(text.str.contains(".", literal=True))
            .then(shortened)
            .otherwise(text)
        )
    return value.cast(pl.String)
