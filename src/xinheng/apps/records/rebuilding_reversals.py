"""What must follow where landings were taken back, worked out from rows alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import polars as pl


@dataclass(frozen=True, slots=True)
class Follows:
    """Rows that follow: a content that returns, or none (`same` null) where it goes.

    `differs` and `surplus` are live versions that say something else, or that nothing
    calls for.
    """

    rows: pl.DataFrame
    differs: pl.DataFrame
    surplus: pl.DataFrame


class _Version(NamedTuple):
    """A version of a chain; `same` is null where the record was taken away."""

    natural_key: str
    unit: str
    same: int | None
    origin: int


_ROWS = {
    "natural_key": pl.String,
    "unit": pl.String,
    "same": pl.UInt64,
    "origin": pl.Int64,
}


def follow(
    chains: pl.DataFrame,
    live: pl.DataFrame,
    seq: int,
    taken: Collection[int],
    bad: Collection[int],
) -> Follows:
    """Tell what follows at entry `seq` under each key, against the versions there.

    `chains` are all versions of the keys concerned, by key and in order; `taken` are
    the entries taken back now, `bad` those and all that were before.
    """
    ordered = chains.select(_Version._fields).iter_rows()
    grouped = groupby(map(_Version._make, ordered), key=lambda each: each.natural_key)
    ends = (_end(list(chain), taken, bad) for _, chain in grouped)
    due = pl.DataFrame(
        [each for each in ends if each is not None], schema=_ROWS, orient="row"
    )
    there = live.filter(~pl.col("is_erased")).select(
        "row",
        "superseded_by",
        "live_unit",
        natural_key="live_key",
        live_same=pl.col("live_body").hash(),
        is_live=pl.lit(value=True),
    )
    joined = due.join(there, on="natural_key", how="left").with_columns(
        pl.col("row").fill_null(0),
        pl.col("is_live").fill_null(value=False),
        seq=pl.lit(seq),
        is_told=pl.lit(value=True),
    )
    wrong = pl.col("same").ne_missing(pl.col("live_same")) | (
        pl.col("unit") != pl.col("live_unit")
    )
    differs = joined.filter(pl.col("is_live") & wrong)
    surplus = there.join(due, on="natural_key", how="anti")
    return Follows(joined, differs, surplus.with_columns(seq=pl.lit(seq)))


def _end(
    chain: Sequence[_Version], taken: Collection[int], bad: Collection[int]
) -> _Version | None:
    """Return what follows the last version, null where that is not taken back."""
    last = chain[-1]
    if last.same is None or last.origin not in taken:
        return None
    for earlier in reversed(chain[:-1]):
        if earlier.same is None:
            break
        if earlier.origin not in bad:
            return earlier
    return last._replace(same=None)
