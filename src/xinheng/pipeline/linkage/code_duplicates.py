"""Codes that stand for several names in one file (一码多赋).

While a file is read its codes and names are hashed, sixteen bytes a row. Where the
hashes say that a code came again with another name, those rows are compared in full,
their names folded: a hash identifies nothing, and another width of a bracket is not
another name. Of a long file the rows themselves are not kept; it is read once more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from xinheng.pipeline.linkage import folding

RULE = "DUP_CODE"
KEPT_ROWS = 2_000_000  # some 200 MB


class Seen:
    """The codes and names of a file, as hashes; few enough rows in full as well."""

    def __init__(self) -> None:
        self._hashes: list[pl.DataFrame] = []
        self._kept: list[pl.DataFrame] | None = []
        self._rows = 0

    def take(self, rows: pl.DataFrame) -> None:
        """Take `row`, `code` and `name`; none is null."""
        self._hashes.append(rows.select("row", pl.col("code", "name").hash()))
        self._rows += rows.height
        if self._rows > KEPT_ROWS:
            self._kept = None
        if self._kept is not None:
            self._kept.append(rows)

    def suspected(self) -> pl.Series:
        """Return the rows whose code came with another name, by their hashes."""
        if not self._hashes:
            return pl.Series(dtype=pl.UInt32)
        seen = pl.concat(self._hashes)
        again = seen.filter(_repeated(seen["code"]))
        several = pl.col("name").n_unique().over("code") > 1
        return again.filter(several)["row"]

    def kept(self, suspected: pl.Series) -> pl.DataFrame | None:
        """Return these rows in full, null where they were too many to be kept."""
        return None if self._kept is None else among(self._kept, suspected)


def _repeated(hashes: pl.Series) -> pl.Series:
    """Tell which hashes stand more than once.

    NumPy sorts numbers several times as fast as a table of a million is filled.
    """
    ordered = np.sort(hashes.to_numpy())
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    return hashes.is_in(pl.Series(again).unique().implode())


def among(parts: Sequence[pl.DataFrame], rows: pl.Series) -> pl.DataFrame:
    """Return the rows with these numbers."""
    wanted = pl.col("row").is_in(rows.implode())
    return pl.concat([part.filter(wanted) for part in parts])


def confirmed(rows: pl.DataFrame) -> pl.Series:
    """Return the rows whose code stands for several names, sorted.

    `rows` are the suspected ones: `row`, `code`, `name`.
    """
    folded = rows.with_columns(name=folding.fold_column(rows["name"]))
    several = pl.col("name").n_unique().over("code") > 1
    return folded.filter(several)["row"].sort()
