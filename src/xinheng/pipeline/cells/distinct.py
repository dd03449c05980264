"""Columns in which few texts come again and again: types, dates, the names of units.

What holds for a text holds for every cell that has it, so such a column is looked at
once for each distinct text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from xinheng.pipeline.cells.reading import Read, failing

_ROWS_FOR_EACH = 8  # from so many cells for each text on it is worth the while


class Sharing:
    """Remembers of which columns of a file the texts come again."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(names)

    def distinct(self, batch: pl.DataFrame) -> dict[str, pl.Series]:
        """Return the distinct texts, without null, of the columns where they are few.

        A column in which they are many once is not asked again.
        """
        limit = batch.height // _ROWS_FOR_EACH
        names = self._names
        blank = {name for name in names if batch[name].null_count() == batch.height}
        found = _distinct(batch, [name for name in names if name not in blank])
        nothing = pl.Series(dtype=pl.String)
        few = {name: nothing.alias(name) for name in blank} | {
            name: texts for name, texts in found.items() if len(texts) <= limit
        }
        self._names = [name for name in names if name in few]
        return few


def _distinct(batch: pl.DataFrame, names: list[str]) -> dict[str, pl.Series]:
    texts = batch.select(pl.col(names).drop_nulls().unique().implode())
    return {column.name: column.explode() for column in texts}


@dataclass(frozen=True, slots=True)
class _Known:
    """Texts and what their reading gave; `values` is null where it is the texts."""

    texts: pl.Series
    values: pl.Series | None
    flags: dict[str, pl.Series]


class Memory:
    """Remembers what the reading of one column gave, for texts that come again."""

    def __init__(self) -> None:
        self._known: _Known | None = None

    def read(
        self,
        cells: pl.Series,
        distinct: pl.Series,
        reader: Callable[[pl.Series], Read],
    ) -> Read:
        """Read each distinct text of a column once and give every cell what it got.

        Two threads may do so at a time: what one of them forgets is read again.
        """
        known = self._known
        if known is None or not distinct.is_in(known.texts.implode()).all():
            known = _known(distinct, reader(distinct))
            self._known = known
        return _told(cells, known)


def _known(distinct: pl.Series, once: Read) -> _Known:
    values = None if once.values is distinct else once.values
    flags = {rule: distinct.filter(flag) for rule, flag in once.flags.items()}
    return _Known(distinct, values, flags)


def _told(cells: pl.Series, known: _Known) -> Read:
    flags: dict[str, pl.Series] = {}
    for rule, texts in known.flags.items():
        is_failing = cells.is_in(texts.implode()).fill_null(value=False)
        flags |= failing(rule, is_failing)
    if known.values is None:
        return Read(cells, flags)
    places = cells.cast(pl.Enum(known.texts), strict=False).to_physical()
    return Read(known.values.gather(places).alias(cells.name), flags)
