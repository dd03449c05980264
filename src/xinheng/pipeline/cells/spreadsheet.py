"""Long numbers that a spreadsheet has rounded.

A spreadsheet takes 18 digits for a number and keeps 15 of them. What comes out is the
rounded number itself (`911100006000373000`) or the binary fraction next to it
(`911100006000372992`), by the program that wrote it.
"""

from __future__ import annotations

import polars as pl

_DIGITS = r"^[1-9][0-9]{17}$"
_KEPT = 1000  # the last three of 18 digits are lost


def is_rounded(text: pl.Expr) -> pl.Expr:
    """Tell which texts are 18 digits as a spreadsheet leaves them; null is false.

    One number in five hundred looks so by chance.
    """
    number = pl.when(text.str.contains(_DIGITS)).then(text).cast(pl.UInt64)
    rounded = (number + _KEPT // 2) // _KEPT * _KEPT
    nearest = rounded.cast(pl.Float64).cast(pl.UInt64)
    return ((number == rounded) | (number == nearest)).fill_null(value=False)
