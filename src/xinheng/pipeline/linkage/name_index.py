"""Every name of a register, to be found by what it shares with another name.

Each name, present or former, is a row. Two things lead to it: the name itself, folded,
and its pairs of neighboring characters (`商贸` of `安邦商贸`). The rare pairs of a
query are looked up, and the rows that share most of them are candidates; a rare pair
weighs more than a common one. Nothing is decided here.

A million organizations are indexed in about 3 seconds and take about 140 MB.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xinheng.pipeline.linkage.folding import fold_column
from xinheng.pipeline.linkage.packed import PackedTexts

COLUMNS = ("code", "name", "is_former", "division")
_PAIRS_LOOKED_UP = 8
_ROWS_LOOKED_AT = 25_000
_CANDIDATES = 32
# A row of the query's own division is worth this share of a perfect match: it decides
# between names that are alike, and no more.
_SAME_DIVISION = np.float32(0.15)
_CODE_UNIT = 16  # bits

_Rows = NDArray[np.uint32]
_Weights = NDArray[np.float32]
_NO_ROWS: _Rows = np.empty(0, dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class NameRow:
    """One name of the register; `division` has six digits, null where unknown."""

    code: str
    name: str
    is_former: bool
    division: str | None


class NameIndex:
    """The names of a register; never changes once built."""

    def __init__(self, names: pl.DataFrame) -> None:
        """Take a frame with COLUMNS, one row for each name that anyone ever bore.

        A null name is no name. The same code may stand in many rows.
        """
        names = names.select(COLUMNS).drop_nulls("name")
        self._texts = PackedTexts(names["name"])
        self._codes = PackedTexts(names["code"])
        self._is_former = names["is_former"].to_numpy()
        self._divisions = _numbers(names["division"])
        folded = fold_column(names["name"])
        self._sums, self._rows_by_sum = _sorted_sums(folded)
        self._pairs, self._starts, self._rows = _pairs_of_rows(folded)
        self._lock = threading.Lock()
        self._shared = np.zeros(len(self), dtype=np.float32)

    def __len__(self) -> int:
        """Return how many names there are."""
        return len(self._texts)

    @property
    def bytes_held(self) -> int:
        """How much memory the index takes, the names themselves among it."""
        return sum(
            held.nbytes
            for held in vars(self).values()
            if isinstance(held, np.ndarray | PackedTexts)
        )

    def rows(self, places: Iterable[int]) -> list[NameRow]:
        """Return the names at these places of the frame, in this order."""
        return [self._row(int(place)) for place in places]

    def bearing(self, *folded: str) -> _Rows:
        """Return the places of the names that may be one of these once folded.

        By a checksum: another name may be among them, none is missing.
        """
        keys = np.fromiter(map(_sum, folded), dtype=np.int64, count=len(folded))
        starts = np.searchsorted(self._sums, keys)
        ends = np.searchsorted(self._sums, keys, side="right")
        found = np.flatnonzero(ends > starts)
        rows = [self._rows_by_sum[starts[key] : ends[key]] for key in found]
        return np.unique(np.concatenate(rows)) if rows else _NO_ROWS

    def alike(self, *texts: str, division: str | None = None) -> _Rows:
        """Return the places of the names that share most with these, best first.

        The texts are folded: a name, and how it reads without a place in the middle.
        Names of the same division (six digits) come before others alike as much.
        """
        looked_up = list(self._rare(texts))
        if not looked_up:
            return _NO_ROWS
        places = np.concatenate([rows for rows, _ in looked_up])
        total = np.float32(0)
        with self._lock:  # one scratch for all threads
            for rows, rarity in looked_up:
                self._shared[rows] += rarity
                total += rarity
            weights = self._shared[places]
            self._shared[places] = 0
        return self._best(places, weights, total, division)

    def is_known_pair(self, pair: str) -> bool:
        """Return whether any name has these two characters side by side."""
        return any(len(rows) for rows in self._holding(pair))

    def _best(
        self, places: _Rows, weights: _Weights, total: np.float32, division: str | None
    ) -> _Rows:
        if division is not None and division.isdecimal():
            near = self._divisions[places] == int(division)
            weights = weights + near.astype(np.float32) * (total * _SAME_DIVISION)
        if len(places) > _CANDIDATES * _PAIRS_LOOKED_UP:
            # Each row may stand here once for each pair.
            first = len(places) - _CANDIDATES * _PAIRS_LOOKED_UP
            top = np.argpartition(weights, first)[first:]
            places, weights = places[top], weights[top]
        places, unique = np.unique(places, return_index=True)
        order = np.lexsort((places, -weights[unique]))
        return places[order[:_CANDIDATES]]

    def _rare(self, texts: Iterable[str]) -> Iterator[tuple[_Rows, np.float32]]:
        """Yield the rows of the rarest pairs, with what sharing them weighs."""
        found = [rows for rows in self._holding(*texts) if len(rows)]
        left = _ROWS_LOOKED_AT
        for rows in sorted(found, key=len)[:_PAIRS_LOOKED_UP]:
            left -= len(rows)
            if left < 0:
                return
            yield rows, np.float32(np.log2((len(self) + 1) / len(rows)))

    def _holding(self, *texts: str) -> Iterator[_Rows]:
        keys = np.unique(_pair_keys(_units("\0".join(texts))))
        places = np.searchsorted(self._pairs, keys)
        for key, place in zip(keys, places, strict=True):
            if place < len(self._pairs) and self._pairs[place] == key:
                yield self._rows[self._starts[place] : self._starts[place + 1]]

    def _row(self, place: int) -> NameRow:
        division = int(self._divisions[place])
        return NameRow(
            self._codes[place],
            self._texts[place],
            bool(self._is_former[place]),
            f"{division:06}" if division >= 0 else None,
        )


def _numbers(divisions: pl.Series) -> NDArray[np.int32]:
    return divisions.cast(pl.Int32, strict=False).fill_null(-1).to_numpy()


def _sum(folded: str) -> int:
    return zlib.crc32(folded.encode("utf-8", "surrogatepass"))


def _sorted_sums(folded: pl.Series) -> tuple[NDArray[np.int64], _Rows]:
    sums = np.fromiter(map(_sum, folded), dtype=np.int64, count=len(folded))
    order = np.argsort(sums, kind="stable").astype(np.uint32)
    return sums[order], order


def _units(text: str) -> NDArray[np.uint16]:
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)


def _pair_keys(units: NDArray[np.uint16]) -> _Rows:
    wide = units.astype(np.uint32)
    return (wide[:-1] << np.uint32(_CODE_UNIT)) | wide[1:]


def _pairs_of_rows(folded: pl.Series) -> tuple[_Rows, NDArray[np.int64], _Rows]:
    """Return the distinct pairs, sorted, where the rows of each start, and the rows."""
    units = _units("\0".join(folded))
    ends = units == 0  # a folded name holds no such character
    row = np.cumsum(ends[:-1], dtype=np.uint64)
    keys = _pair_keys(units).astype(np.uint64)
    is_pair = ~ends[:-1] & ~ends[1:]
    both = (keys[is_pair] << np.uint64(32)) | row[is_pair]
    both.sort()  # np.unique takes a hundred times as long
    both = both[_firsts(both)]
    pairs = (both >> np.uint64(32)).astype(np.uint32)
    starts = np.flatnonzero(_firsts(pairs))
    return pairs[starts], np.append(starts, len(both)), both.astype(np.uint32)


def _firsts(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Tell where another value begins in sorted values."""
    firsts = np.ones(len(values), dtype=np.bool_)
    firsts[1:] = values[1:] != values[:-1]
    return firsts
