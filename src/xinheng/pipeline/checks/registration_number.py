"""Numbers of the time before the unified code, a column at a time.

The rules are those of `xinheng.core.identifiers.registration_number`. Each takes an
expression of strings; null stays null.
"""

from __future__ import annotations

import polars as pl

from xinheng.core.identifiers import registration_number
from xinheng.pipeline.checks import kernel


def is_valid_15(text: pl.Expr) -> pl.Expr:
    """Tell of each cell whether it is 15 digits of which the last checks the others."""
    return text.map_batches(
        kernel.passes_15, return_dtype=pl.Boolean, is_elementwise=True
    )


def is_legacy_15(text: pl.Expr) -> pl.Expr:
    """Tell of each cell whether it is a 15-character number."""
    return is_valid_15(text) | _is(text, registration_number.COOPERATIVE)


def is_legacy_13(text: pl.Expr) -> pl.Expr:
    """Tell of each cell whether it is a 13-digit number."""
    return _is(text, registration_number.LEGACY_13)


def is_foreign_invested(text: pl.Expr) -> pl.Expr:
    """Tell of each cell whether it is the number of a foreign-invested enterprise."""
    return _is(text, registration_number.FOREIGN_INVESTED)


def _is(text: pl.Expr, pattern: str) -> pl.Expr:
    return text.str.contains(f"^(?:{pattern})$")
