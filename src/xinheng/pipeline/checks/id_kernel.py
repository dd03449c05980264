"""NumPy kernel: resident identity numbers in many texts at once.

The texts are laid end to end as bytes, a NUL between two, with every character that
counts and is not ASCII replaced by one that is. A token is a digit or X; a window is 18
(or 15) tokens in a row with no more than the allowed separators between two of them.
What a window has to fulfil stands in `core.screening.personal_id`, whose answers this
module repeats.
"""

from __future__ import annotations

from enum import Enum
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xinheng.core.screening import personal_id
from xinheng.pipeline.checks.kernel import has_right_last

NONE, SUSPECTED, CERTAIN = 0, 1, 2

Bytes = NDArray[np.uint8]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

_X, _SEPARATOR, _OTHER = 10, 254, 255
_VALUES = np.full(256, _OTHER, dtype=np.uint8)
_VALUES[ord("0") : ord("9") + 1] = np.arange(10)
_FOLDED = dict(zip(personal_id.FOLDED_FROM, personal_id.FOLDED_TO, strict=True))
_FOLDED |= dict.fromkeys(personal_id.SEPARATORS, " ")
_WIDE = {sign: plain for sign, plain in _FOLDED.items() if not sign.isascii()}
for _sign in ["X", *(sign for sign in _FOLDED if sign.isascii())]:
    _is_blank = _FOLDED.get(_sign) == " "
    _VALUES[ord(_sign)] = _SEPARATOR if _is_blank else _X

_WEIGHTS = np.array(personal_id.WEIGHTS, dtype=np.int64)
_CHECKS = np.array(
    [_X if sign == "X" else int(sign) for sign in personal_id.CHECK_CHARACTERS],
    dtype=np.uint8,
)
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_PROVINCES = np.isin(np.arange(100), [int(p) for p in personal_id.PROVINCES])
_REGISTRIES = np.isin(np.arange(100), [int(p) for p in personal_id.REGISTRIES])


class Reading(Enum):
    """How a column is read: the three ways of `core.screening.personal_id`."""

    TEXT = "find"
    EMBEDDED = "find_embedded"
    REGISTRATION_NUMBER = "find_in_registration_number"


def kinds(texts: pl.Series, reading: Reading) -> Bytes:
    """Return NONE, SUSPECTED or CERTAIN for each text; no text is null."""
    is_ascii = texts.str.len_bytes().sum() == texts.str.len_chars().sum()
    folded = texts if is_ascii else texts.str.replace_many(_WIDE)
    ends = (folded.str.len_bytes().to_numpy().astype(np.int64) + 1).cumsum()
    tokens = _Tokens(folded.str.join("\0").item())
    found = np.zeros(len(texts), dtype=np.uint8)

    whole, shaped, checked = tokens.numbers_15()
    asked = checked & (shaped | (reading is not Reading.REGISTRATION_NUMBER))
    found[_rows(ends, whole[asked])] = SUSPECTED
    found[_rows(ends, whole[shaped & ~checked])] = CERTAIN

    read_through = _read_through(texts, reading, is_ascii=is_ascii)
    if read_through.any():
        places = tokens.numbers_18(whole=False)
        rows = _rows(ends, places)
        found[rows[read_through[rows]]] = CERTAIN
    found[_rows(ends, tokens.numbers_18(whole=True))] = CERTAIN
    return found


def _read_through(texts: pl.Series, reading: Reading, *, is_ascii: bool) -> Flags:
    """Tell of which texts longer groups of digits are read digit by digit."""
    if reading is Reading.EMBEDDED or is_ascii:  # no label is ASCII
        return np.full(len(texts), reading is Reading.EMBEDDED)
    return texts.str.contains_any(list(personal_id.LABELS)).to_numpy()


def _rows(ends: Indices, places: Indices) -> Indices:
    return np.searchsorted(ends, places, side="right")


class _Tokens:
    """Digits and X of the joined texts, with what stands between them."""

    def __init__(self, joined: str) -> None:
        raw = np.frombuffer(f"\0{joined}\0".encode(), dtype=np.uint8)
        classes = _VALUES[raw]
        self._places = np.flatnonzero(classes <= _X)
        self._values = classes[self._places]
        self._is_first = classes[self._places - 1] >= _X  # no digit right before it
        self._after = classes[self._places + 1]
        self._broken = np.cumsum(self._breaks(classes), dtype=np.int32)
        self._letters = np.cumsum(self._values == _X, dtype=np.int32)

    def _breaks(self, classes: Bytes) -> Flags:
        """Tell of each token whether it does not continue the one before it."""
        others = np.cumsum(classes == _OTHER, dtype=np.int32)[self._places]
        breaks = np.ones(len(self._places), dtype=np.bool_)
        far = self._places[1:] - self._places[:-1] > personal_id.MAX_SEPARATORS + 1
        breaks[1:] = far | (others[1:] != others[:-1])
        return breaks

    def numbers_18(self, *, whole: bool) -> Indices:
        """Return where valid numbers begin; `whole` asks for whole groups of digits."""
        first = self._runs(personal_id.LENGTH, whole=whole)
        first = first[_is_resident_id(self._windows(first, personal_id.LENGTH))]
        if whole:
            last = first + personal_id.LENGTH - 1
            first = first[(self._values[last] == _X) | (self._after[last] >= _X)]
        return self._starts(first)

    def numbers_15(self) -> tuple[Indices, Flags, Flags]:
        """Return where 15 digits begin, which are ID-shaped, which pass as a number.

        Those that pass have the division of a registry as well.
        """
        first = self._runs(15, whole=True)
        last = first + 14
        is_number = (self._values[last] < _X) & (self._after[last] > _X)
        first = first[is_number & self._is_grouped(first)]
        digits = self._windows(first, 15)
        return self._starts(first), _is_shaped_15(digits), _passes_15(digits)

    def _runs(self, length: int, *, whole: bool) -> Indices:
        """Return the tokens that begin `length` linked ones, digits but the last."""
        candidates = (self._values < _X) & (self._is_first | (not whole))
        first = np.flatnonzero(candidates[: max(len(candidates) - length + 1, 0)])
        last = first + length - 1
        is_linked = self._broken[last] == self._broken[first]
        is_number = self._letters[last - 1] == self._letters[first]
        runs: Indices = first[is_linked & is_number]
        return runs

    def _is_grouped(self, first: Indices) -> Flags:
        """Tell which 15 digits stand together, or as 6-6-3 with separators between."""
        places = [self._places[first + step] for step in (0, 5, 6, 11, 12, 14)]
        together = [right - left for left, right in pairwise(places)]
        tight = (together[0] == 5) & (together[2] == 5) & (together[4] == 2)
        is_grouped: Flags = tight & ((together[1] == 1) == (together[3] == 1))
        return is_grouped

    def _windows(self, first: Indices, length: int) -> Indices:
        windows: Bytes = self._values[first[:, None] + np.arange(length)]
        return windows.astype(np.int64)

    def _starts(self, first: Indices) -> Indices:
        """Return the places of tokens in the joined texts."""
        starts: Indices = self._places[first] - 1
        return starts


def _is_resident_id(digits: Indices) -> Flags:
    year = _number(digits, 6, 10)
    in_time = (year >= personal_id.FIRST_YEAR) & (year <= personal_id.LAST_YEAR)
    is_born = _is_date(year, _number(digits, 10, 12), _number(digits, 12, 14))
    checks = _CHECKS[digits[:, :17] @ _WEIGHTS % personal_id.MODULUS]
    in_place = _PROVINCES[_number(digits, 0, 2)]
    is_id: Flags = in_place & in_time & is_born & (checks == digits[:, 17])
    return is_id


def _is_shaped_15(digits: Indices) -> Flags:
    month, day = _number(digits, 8, 10), _number(digits, 10, 12)
    in_place: Flags = _PROVINCES[_number(digits, 0, 2)]
    return in_place & _is_date(1900 + _number(digits, 6, 8), month, day)


def _passes_15(digits: Indices) -> Flags:
    passes: Flags = _REGISTRIES[_number(digits, 0, 2)] & has_right_last(digits)
    return passes


def _number(digits: Indices, start: int, stop: int) -> Indices:
    powers = 10 ** np.arange(stop - start - 1, -1, -1)
    return digits[:, start:stop] @ powers


def _is_date(year: Indices, month: Indices, day: Indices) -> Flags:
    is_month = (month >= 1) & (month <= 12)
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days = _MONTH_DAYS[np.where(is_month, month, 0)] + (is_leap & (month == 2))
    is_date: Flags = is_month & (day >= 1) & (day <= days)
    return is_date
