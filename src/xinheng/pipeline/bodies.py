"""Bodies: the stored fields of a row as canonical JSON (RFC 8785).

The text equals `xinheng.core.merkle.canonical` on the same values, so that a record's
digest can be recomputed from it anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from xinheng.core.catalog.datasets import Dataset


def bodies(frame: pl.DataFrame, dataset: Dataset) -> pl.Series:
    """Return one JSON object for each row: keys sorted, blank fields left out.

    Dates are written YYYY-MM-DD, numbers as texts without trailing zeros. n rows in, n
    texts out, in their order.
    """
    names = sorted(field.name for field in dataset.stored_fields)
    texts = frame.select(_text(pl.col(each), frame.schema[each]) for each in names)
    parts = list(_parts(texts))
    if not parts:
        return pl.repeat("{}", frame.height, eager=True).alias("body")
    joined = pl.concat_str(parts, separator=",", ignore_nulls=True)
    return texts.select(
        body=pl.concat_str(pl.lit("{"), joined, pl.lit("}"))
    ).to_series()


def body(dataset: Dataset) -> pl.Expr:
    """Return the same as an expression over rows that have the stored fields."""
    names = [field.name for field in dataset.stored_fields]
    return pl.struct(names).map_batches(
        lambda rows: bodies(rows.struct.unnest(), dataset),
        return_dtype=pl.String,
        is_elementwise=True,
    )


def _parts(texts: pl.DataFrame) -> Iterator[pl.Expr]:
    """Yield the parts of the objects, in the order of the columns.

    Columns without a blank are encoded together, which is what takes the time; a
    column with blanks has parts of its own, null where it is blank.
    """
    filled: list[str] = []
    for column in texts.iter_columns():
        if column.null_count() == texts.height:
            continue
        if column.has_nulls():
            if filled:
                yield _members(filled)
            yield pl.when(column.is_not_null()).then(_members([column.name]))
            filled = []
        else:
            filled.append(column.name)
    if filled:
        yield _members(filled)


def _members(names: list[str]) -> pl.Expr:
    """Return `"name":"text",...` for each row."""
    encoded = pl.struct(names).struct.json_encode()
    return encoded.str.strip_prefix("{").str.strip_suffix("}")


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
