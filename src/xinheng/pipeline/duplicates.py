"""Rows of one file that repeat or contradict each other.

A 64-bit hash of every key finds the candidates; a hash identifies nothing, so their
keys and contents are then compared in full. The hashes are looked through in parts, so
that the memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from xinheng.pipeline.keys import NATURAL_KEY
from xinheng.pipeline.reading.table import ROW
from xinheng.pipeline.writing import Schema

KEY_HASH = "key_hash"
KEYS: Schema = {ROW: pl.UInt32(), KEY_HASH: pl.UInt64()}

_PART_ROWS = 4_000_000  # hashes that are compared at once


@dataclass(frozen=True, slots=True)
class Duplicates:
    """`repeating` rows are the second and later of identical ones; `contradicting` rows
    have a key that another row has with other content. Both are UInt32 and sorted.
    """

    repeating: pl.Series
    contradicting: pl.Series

    @property
    def rows(self) -> pl.Series:
        """Every row that is in one of the two."""
        return pl.concat([self.repeating, self.contradicting]).unique().sort()


def find(
    keys: pl.LazyFrame, parts: Sequence[pl.LazyFrame], content: Sequence[str]
) -> Duplicates:
    """Return the duplicates among rows that lie in several parts.

    `keys` has the columns of KEYS, `content` names what makes two rows the same.
    """
    found = [_compare(parts, rows, content) for rows in _candidates(keys)]
    empty = pl.DataFrame(schema={ROW: pl.UInt32, "repeats": bool, "contradicts": bool})
    rows = pl.concat([empty, *found]).sort(ROW)
    return Duplicates(
        rows.filter("repeats")[ROW],
        rows.filter("contradicts")[ROW],
    )


def _candidates(hashes: pl.LazyFrame) -> Iterator[pl.Series]:
    """Yield the rows whose hash occurs twice, part by part."""
    count = hashes.select(pl.len()).collect().item()
    parts = count // _PART_ROWS + 1
    for part in range(parts):
        is_here = pl.col(KEY_HASH) % parts == part
        some = (hashes if parts == 1 else hashes.filter(is_here)).collect()
        rows = some[ROW].filter(_occurs_twice(some[KEY_HASH]))
        if len(rows):
            yield rows


def _occurs_twice(hashes: pl.Series) -> pl.Series:
    """Tell of each hash whether there is another: sorted, such stand side by side."""
    ordered = hashes.sort()
    again = ordered.filter(ordered == ordered.shift()).unique()
    return hashes.is_in(again.implode())


def _compare(
    parts: Sequence[pl.LazyFrame], rows: pl.Series, content: Sequence[str]
) -> pl.DataFrame:
    columns = [ROW, NATURAL_KEY, *content]
    found = [
        part.filter(pl.col(ROW).is_in(rows.implode())).select(columns) for part in parts
    ]
    frame = pl.concat(found).collect()
    first = pl.col(ROW).min().over(NATURAL_KEY, *content)
    compared = frame.select(ROW, NATURAL_KEY, first=first)
    return compared.select(
        ROW,
        repeats=pl.col("first") != pl.col(ROW),
        contradicts=pl.col("first").n_unique().over(NATURAL_KEY) > 1,
    ).filter(pl.col("repeats") | pl.col("contradicts"))
