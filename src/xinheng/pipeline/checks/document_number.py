"""Numbers of official documents, a column at a time.

The spelling is that of `xinheng.core.identifiers.document_number`.
"""

from __future__ import annotations

import polars as pl

from xinheng.core.identifiers.document_number import FOLDINGS


def normalized(column: str) -> pl.Expr:
    """Return the numbers in the common spelling.

    Str of n rows in, str of n rows out; null stays null.
    """
    return pl.col(column).str.replace_many(FOLDINGS)
