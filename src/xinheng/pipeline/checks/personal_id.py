"""Resident identity numbers in columns of text; twin of `core.screening.personal_id`.

Most cells are discarded by one regular expression that lets through whatever could be a
number. The few that remain are laid end to end as bytes and examined there, so that a
column full of identity numbers costs no loop either.

In a column of unified codes a cell can be both a code and an identity number. It is
refused unless the register holds that code, which only the caller knows: refuse
`certain(...)` there except where `uscc.reason` is null and the code is registered.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xinheng.core.screening import personal_id
from xinheng.pipeline.checks import id_kernel

NONE, SUSPECTED, CERTAIN = id_kernel.NONE, id_kernel.SUSPECTED, id_kernel.CERTAIN

_AT_ONCE = 50_000  # cells: bounds the memory of the kernel to some 50 MB

_DIGIT = "0-9０-９"
_D = f"[{_DIGIT}]"
_ANY_X = "".join(f"\\u{{{ord(sign):x}}}" for sign in personal_id.FOLDED_FROM[10:])
_S = "".join(f"\\u{{{ord(sign):x}}}" for sign in personal_id.SEPARATORS)
_GAP = f"[{_S}]*"  # more than the kernel allows, and quicker


def _spaced(*digits: str) -> str:
    return _GAP.join(digits)


_PLACE = ("[1-8１-８]", "[0-7０-７]", _D, _D, _D, _D)
_DAY = ("[01０１]", _D, "[0-3０-３]", _D)
# Neither is exact: the first lets every date pass that has a possible century, the
# second any 15 digits of a place.
_MAYBE_18 = _spaced(
    *_PLACE, "[12１２]", "[90９０]", _D, _D, *_DAY, _D, _D, _D, f"[{_DIGIT}X{_ANY_X}]"
)
_MAYBE_15 = (
    f"(?:^|[^{_DIGIT}]){''.join(_PLACE)}{_GAP}{_D}{{6}}{_GAP}{_D}{{3}}"
    f"(?:$|[^{_DIGIT}X{_ANY_X}])"
)
MAYBE = f"(?:{_MAYBE_18})|(?:{_MAYBE_15})"


def kind(text: pl.Expr) -> pl.Expr:
    """Return NONE, SUSPECTED or CERTAIN for each cell, as `find` says; null is NONE.

    Str of n rows in, UInt8 of n rows out. Ask once where both answers are needed:
    `certain` and `suspected` each do the work anew.
    """
    return _examined(text, id_kernel.Reading.TEXT)


def kind_embedded(text: pl.Expr) -> pl.Expr:
    """Do as `kind` for a column of tax numbers, as `find_embedded` says."""
    return _examined(text, id_kernel.Reading.EMBEDDED)


def kind_in_registration_number(text: pl.Expr) -> pl.Expr:
    """Do as `kind` for registration numbers, as `find_in_registration_number` says."""
    return _examined(text, id_kernel.Reading.REGISTRATION_NUMBER)


def certain(text: pl.Expr) -> pl.Expr:
    """Tell of each cell whether it holds a person's number; null is false."""
    return kind(text) == CERTAIN


def suspected(text: pl.Expr) -> pl.Expr:
    """Tell of each cell whether it may hold a person's number; null is false."""
    return kind(text) == SUSPECTED


def _examined(text: pl.Expr, reading: id_kernel.Reading) -> pl.Expr:
    return text.map_batches(
        _examiner(reading), return_dtype=pl.UInt8, is_elementwise=True
    )


def _examiner(reading: id_kernel.Reading) -> Callable[[pl.Series], pl.Series]:
    def examine(column: pl.Series) -> pl.Series:
        found = np.zeros(len(column), dtype=np.uint8)
        rows = _possible_rows(column)
        for start in range(0, rows.size, _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            found[some] = id_kernel.kinds(column.gather(some), reading)
        return pl.Series(column.name, found)

    return examine


def _possible_rows(column: pl.Series) -> NDArray[np.uint32]:
    if column.dtype != pl.String:  # a column without any value has no type of its own
        return np.empty(0, dtype=np.uint32)
    return column.str.contains(MAYBE).fill_null(value=False).arg_true().to_numpy()
