"""Columns in which few texts come again and again: types, dates, the names of units.

What holds for a text holds for every cell that has it, so such a column is looked at
once for each distinct text.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

_ROWS_FOR_EACH = 8  # from so many cells for each text on it is worth the while


class Sharing:
    """Remembers of which columns of a file the texts come again."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(names)

    def distinct(self, batch: pl.DataFrame) -> dict[str, pl.Series]:
        """Return the distinct texts, without null, of the columns where they are few.

        A column in which they are many once is not asked again.
        """
        texts = batch.select(pl.col(self._names).drop_nulls().unique().implode())
        limit = batch.height // _ROWS_FOR_EACH
        found = {column.name: column.explode() for column in texts}
        few = {name: some for name, some in found.items() if len(some) <= limit}
        self._names = list(few)
        return few
