"""Numbers as a form wants them: digits and a decimal point, nothing else."""

from __future__ import annotations

import polars as pl

from xinheng.core.catalog.fields import Field
from xinheng.pipeline.cells.reading import Read, failing

DECIMAL_PLACES = 6  # where the catalog gives none
_PRECISION = 38
_MOST_DIGITS = 18
_INTEGER = rf"^[+-]?[0-9]{{1,{_MOST_DIGITS}}}$"


def decimal_places(field: Field) -> int:
    """Return how many decimal places a field's values keep."""
    return DECIMAL_PLACES if field.decimal_places is None else field.decimal_places


def decimal_type(field: Field) -> pl.Decimal:
    """Return the type of a decimal field's column."""
    return pl.Decimal(_PRECISION, decimal_places(field))


def read_decimals(cells: pl.Series, field: Field) -> Read:
    """Return cleaned cells as decimals of the field's places; flags NUMBER_FORMAT."""
    places = decimal_places(field)
    fraction = rf"(?:\.[0-9]{{1,{places}}})?" if places else ""
    form = rf"^[+-]?[0-9]{{1,{_MOST_DIGITS}}}{fraction}$"
    return _read(cells, form, decimal_type(field))


def read_integers(cells: pl.Series) -> Read:
    """Return cleaned cells as integers; flags NUMBER_FORMAT."""
    return _read(cells, _INTEGER, pl.Int64())


def _read(cells: pl.Series, form: str, kind: pl.DataType) -> Read:
    is_wrong = ~cells.str.contains(form)
    sound = cells.to_frame("cell").select(
        pl.when(pl.col("cell").str.contains(form)).then("cell").cast(kind)
    )
    return Read(
        sound.to_series().alias(cells.name),
        failing("NUMBER_FORMAT", is_wrong.fill_null(value=False)),
    )
