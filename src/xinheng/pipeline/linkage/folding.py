"""Names folded for comparison: one at a time, or a whole column.

The rule is `xinheng.core.linkage.folding`; the table of simplified characters comes
from OpenCC. A column goes through one look-up per character. Only rows with a character
that the look-up can't answer for alone (a combining mark, a rare character, a letter
with a long compatibility form) pass through the scalar rule, so the two can't differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import opencc
import polars as pl
from numpy.typing import NDArray

from xinheng.core.linkage import folding

_COMMON_HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))
_RARE_HAN = range(0x20000, 0x2EBF0)
# Blocks in which no character changes its neighbors: ASCII, the middle dot, general
# punctuation, the signs and width forms of Chinese typography.
_SIGNS = (
    range(0x01, 0x7F), range(0xB7, 0xB8), range(0x2000, 0x2070),
    range(0x3000, 0x302A), range(0xFF01, 0xFF61),
)  # fmt: skip
_SEPARATOR = "\0"
_DROPPED, _ALONE = 0xFFFE, 0xFFFF  # both are no characters in Unicode
_ROWS_AT_ONCE = 200_000

_Units = NDArray[np.uint16]


def fold(text: str) -> str:
    """Return the name as it is compared; never raises, may be empty, is idempotent."""
    return folding.fold(text, simplified())


def folded(column: str) -> pl.Expr:
    """Return the column's names as `fold` gives them; null stays null."""
    return pl.col(column).map_batches(
        fold_column, return_dtype=pl.String, is_elementwise=True
    )


def fold_column(names: pl.Series) -> pl.Series:
    """Return each name as `fold` gives it, in the same order; null stays null."""
    slices = [
        _fold_slice(names.slice(start, _ROWS_AT_ONCE))
        for start in range(0, max(len(names), 1), _ROWS_AT_ONCE)
    ]
    return pl.concat(slices, rechunk=True)


@cache
def simplified() -> Mapping[int, str]:
    """Return the simplified character of each traditional one, by its number.

    No character of the answer is converted itself.
    """
    han = [chr(number) for block in (*_COMMON_HAN, _RARE_HAN) for number in block]
    # One call for all; no phrase reaches over the end of a line.
    converted = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    table = {old: new for old, new in zip(han, converted, strict=True) if old != new}
    return {ord(old): _last(new, table) for old, new in table.items()}


def _last(character: str, table: Mapping[str, str]) -> str:
    """Return where a chain of conversions ends (薴, 苧, 苎)."""
    while character in table:
        character = table[character]
    return character


@cache
def _look_up() -> _Units:
    """Return what becomes of each UTF-16 unit; a surrogate can't be answered for."""
    table = np.full(0x10000, _ALONE, dtype=np.uint16)
    for block in _COMMON_HAN:
        table[block.start : block.stop] = block
    signs = [number for block in _SIGNS for number in block]
    traditional = [number for number in simplified() if number < len(table)]
    for number in (*signs, *traditional):
        table[number] = _answer(fold(chr(number)))
    table[ord(_SEPARATOR)] = ord(_SEPARATOR)
    return table


def _answer(text: str) -> int:
    if not text:
        return _DROPPED
    return ord(text) if len(text) == 1 and ord(text) < _DROPPED else _ALONE


def _fold_slice(names: pl.Series) -> pl.Series:
    texts = names.to_list()
    joined = _SEPARATOR.join(text or "" for text in texts)
    units = np.frombuffer(joined.encode("utf-16-le"), dtype=np.uint16)
    if np.count_nonzero(units == ord(_SEPARATOR)) >= max(len(texts), 1):
        # A name holds the separator itself and would fall into several rows.
        return pl.Series(names.name, [_fold_one(text) for text in texts], pl.String)
    answers = _look_up()[units]
    rows = _rows_alone(units, answers)
    kept = answers[(answers != _DROPPED) & (answers != _ALONE)]
    folded_texts = kept.tobytes().decode("utf-16-le").split(_SEPARATOR)[: len(texts)]
    for row in rows:
        folded_texts[row] = fold(texts[row])
    answer = pl.Series(names.name, folded_texts, pl.String)
    return answer.set(names.is_null(), None) if names.null_count() else answer


def _fold_one(text: str | None) -> str | None:
    return None if text is None else fold(text)


def _rows_alone(units: _Units, answers: _Units) -> list[int]:
    """Return the numbers of the rows with a character the look-up can't answer for."""
    places = np.flatnonzero(answers == _ALONE)
    if not len(places):
        return []
    ends = np.flatnonzero(units == ord(_SEPARATOR))
    return [int(row) for row in np.unique(np.searchsorted(ends, places))]
