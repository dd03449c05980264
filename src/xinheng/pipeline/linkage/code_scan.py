"""A column of codes scanned for those that are valid and ordinary: nearly all of them.

About such a code nothing is to be said. Nine look-ups clear it: two neighbors together
are looked up in a table that holds what they add to both sums, and whether they may
stand there. Valid codes are then asked whether they need a closer look; that may say
yes for nothing, but never no where the slower rules would find something.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xinheng.core.identifiers import organization_code, uscc
from xinheng.pipeline.linkage import undoing

Flags = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

_PAIRS = uscc.LENGTH // 2
# A number of 32 bits holds the outer sum, the inner one, and whether all may stand.
_OUTER, _INNER, _BAD = 0xFFFF, 16, 28
_INNER_SUM = 0xFFF
_ROWS_AT_ONCE = 65_536  # so that what is worked on stays near the processor
_FEWEST_DIGITS = 15  # that a person's number has


def matrix(codes: pl.Series) -> Bytes:
    """Return texts of 18 bytes each (no nulls) as bytes, one row each."""
    array = pl.Array(pl.UInt8, uscc.LENGTH)
    return codes.cast(pl.Binary).bin.reinterpret(dtype=array).to_numpy()


def is_valid(codes: Bytes) -> Flags:
    """Tell which rows are valid codes in capitals: `uscc.reason` is null."""
    pairs = np.ascontiguousarray(codes).view("<u2")
    parts = [
        _is_valid(pairs[start : start + _ROWS_AT_ONCE])
        for start in range(0, len(pairs), _ROWS_AT_ONCE)
    ]
    valid = np.concatenate([np.empty(0, dtype=np.bool_), *parts])
    # The tables ask for digits in a division, not that one of them is more than zero.
    low = np.flatnonzero(valid & (codes[:, 2] == ord("0")))
    valid[low] = (codes[low, 2:8] != ord("0")).any(axis=1)
    return valid


def may_be_person(codes: Bytes) -> Flags:
    """Tell which valid codes have to be asked whether they are a person's number too.

    A number needs 15 digits in a row. One that begins with the code's first character
    begins with a province, and no province begins with 9.
    """
    is_far = (codes[:, 0] == ord("9")) & (codes[:, 1] <= ord("9"))
    rows = np.flatnonzero(~is_far)
    maybe = np.zeros(len(codes), dtype=np.bool_)
    maybe[rows] = (codes[rows] <= ord("9")).sum(axis=1) >= _FEWEST_DIGITS
    return maybe


def may_be_invented(codes: Bytes) -> Flags:
    """Tell which codes have to be asked whether seven of characters 9-17 are a run.

    Whichever seven they are, characters 11 to 15 are among them.
    """
    first = codes[:, 11] - codes[:, 10]  # of bytes: one less than none is 255
    rows = np.flatnonzero(first + np.uint8(1) <= 2)
    steps = np.diff(codes[rows, 11:15], axis=1)
    maybe = np.zeros(len(codes), dtype=np.bool_)
    maybe[rows] = (steps == first[rows, None]).all(axis=1)
    return maybe


def prefixes(codes: Bytes) -> pl.Series:
    """Return the first eight characters of each code as one number."""
    numbers = np.ascontiguousarray(codes[:, :8]).view(np.uint64)
    return pl.Series(numbers.ravel())


def prefix_text(number: int) -> str:
    """Return the eight characters that `prefixes` gave a number for."""
    return np.uint64(number).tobytes().decode()


def _is_valid(pairs: NDArray[np.uint16]) -> Flags:
    tables = _tables()
    total = tables[0][pairs[:, 0]]
    for place in range(1, _PAIRS):
        total += tables[place][pairs[:, place]]
    is_good: Flags = total < np.uint32(1 << _BAD)
    is_good &= (total & np.uint32(_OUTER)) % np.uint32(uscc.MODULUS) == 0
    inner = (total >> np.uint32(_INNER)) & np.uint32(_INNER_SUM)
    is_good &= inner % np.uint32(organization_code.MODULUS) == 0
    return is_good


@cache
def _tables() -> tuple[NDArray[np.uint32], ...]:
    """Return for each pair of places what two bytes, read as one number, add."""
    return tuple(_table(2 * place) for place in range(_PAIRS))


def _table(place: int) -> NDArray[np.uint32]:
    left, right = _added(place), _added(place + 1)
    both = left[None, :] + right[:, None]  # the second byte is the higher one
    both[both >= np.uint32(1 << _BAD)] = np.uint32(1 << _BAD)
    return both.ravel()


def _added(place: int) -> NDArray[np.uint32]:
    """Return what each byte adds at a place: both products, or that it is wrong."""
    outer, inner, fits = undoing.filled(place)
    table = np.full(256, 1 << _BAD, dtype=np.uint32)
    signs = np.frombuffer(uscc.ALPHABET.encode(), dtype=np.uint8)
    added = outer + (np.where(fits, inner, 0) << _INNER)
    table[signs[fits]] = added[fits].astype(np.uint32)
    return table
