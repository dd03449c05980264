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
from numpy.typing import NDArray

from xinheng.pipeline.linkage import folding

RULE = "DUP_CODE"
_PART_BITS = 24
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
        again = seen.filter(pl.Series(_may_repeat(seen["code"].to_numpy())))
        again = again.filter(again["code"].is_duplicated())
        several = pl.col("name").n_unique().over("code") > 1
        return again.filter(several)["row"]

    def kept(self, suspected: pl.Series) -> pl.DataFrame | None:
        """Return these rows in full, null where they were too many to be kept."""
        return None if self._kept is None else among(self._kept, suspected)


def _may_repeat(hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell which hashes have a part in common with another: all that are repeated.

    Much faster than to compare them, and few others pass.
    """
    part = (hashes >> np.uint64(64 - _PART_BITS)).astype(np.int64)
    last = np.empty(2**_PART_BITS, dtype=np.int32)  # what is read was written before
    numbers = np.arange(len(part), dtype=np.int32)
    last[part] = numbers
    is_shared = np.zeros(2**_PART_BITS, dtype=np.bool_)
    is_shared[part[last[part] != numbers]] = True
    return is_shared[part]


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
