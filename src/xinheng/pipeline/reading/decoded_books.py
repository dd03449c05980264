"""Decoded workbooks into sheets with headers.

Hidden sheets are read only to be screened; hidden rows and columns of a sheet are data
like the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import polars as pl

from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.parts import Reason, Skipped
from xinheng.pipeline.reading import flaws, headers
from xinheng.pipeline.reading.carrying import Carried
from xinheng.pipeline.reading.flaws import Flaw, Place
from xinheng.pipeline.reading.headers import Header
from xinheng.pipeline.reading.sheets import Contents, Sheet, folded
from xinheng.pipeline.reading.table import OVERFLOW, Recognizer, column_names


@dataclass(frozen=True, slots=True)
class BookReader:
    """Finds the tables in decoded workbooks; `is_form` is as for `files.open_table`."""

    carried: Carried
    recognize: Recognizer
    batch_rows: int
    is_form: bool

    def contents(self, book: Mapping[str, Any], file: str) -> Contents:
        """Return the sheets of a workbook, which is called `file`."""
        sheets, skipped, asides = [], [], []
        for told in book["sheets"]:
            header = self._header(told)
            if told["is_visible"] and header.known:
                sheets.append(self._sheet(told, header, book, file))
            else:
                asides.append(self.carried.frames(told["chunks"]))
                skipped.append(Skipped(file, told["name"], _reason(told)))
        names = tuple(told["name"] for told in book["sheets"])
        others = self.carried.frames([book["asides"]])
        return Contents(tuple(sheets), names, chain(*asides, others), tuple(skipped))

    def _header(self, told: Mapping[str, Any]) -> Header:
        """Return the header of a sheet; its `known` is 0 where there is none."""
        head = [frame.head(headers.MOST_ROWS) for frame in self._first(told)]
        rows = (
            [(cell or "").strip() for cell in row]
            for frame in head
            for row in frame.iter_rows()
        )
        return headers.find_in_rows(rows, self.recognize, is_form=self.is_form)

    def _first(self, told: Mapping[str, Any]) -> Iterator[pl.DataFrame]:
        return self.carried.frames(told["chunks"][:1])

    def _sheet(
        self,
        told: Mapping[str, Any],
        header: Header,
        book: Mapping[str, Any],
        file: str,
    ) -> Sheet:
        return Sheet(
            file=file,
            name=told["name"],
            header=header,
            frames=self._frames(told, header),
            is_filled=told["filled"] > header.end,
            is_workbook=True,
            is_1904=book["is_1904"],
        )

    def _frames(
        self, told: Mapping[str, Any], header: Header
    ) -> Iterator[pl.DataFrame]:
        """Yield the cells below the header.

        Raises:
            UnreadableFileError: its flawed cells could not be found.
        """
        if told["refusal"] and self.is_form:
            raise UnreadableFileError(*told["refusal"])
        width = len(header.cells)
        below = self._places(told, width)
        start = 0
        for frame in self.carried.frames(told["chunks"]):
            skipped = max(header.end - start, 0)
            cells = folded(frame.slice(skipped), width)
            cells = cells.select(*column_names(width), OVERFLOW)
            yield from self._marked(cells, below, start + skipped)
            start += frame.height

    def _marked(
        self, cells: pl.DataFrame, flawed: pl.DataFrame, start: int
    ) -> Iterator[pl.DataFrame]:
        for batch in cells.iter_slices(self.batch_rows):
            if self.is_form and batch.height:
                end = start + batch.height
                here = flawed.filter(pl.col("row").is_between(start, end - 1))
                yield flaws.marked(batch, _placed(here, start))
            else:
                yield batch
            start += batch.height

    def _places(self, told: Mapping[str, Any], width: int) -> pl.DataFrame:
        """Return the flawed cells, by the columns of the table."""
        schema = {"row": pl.UInt32, "place": pl.String, "flaw": pl.String}
        if told["places"] is None:
            return pl.DataFrame(schema=schema)
        column = pl.col("column")
        is_within = column < width
        place = (
            pl.when(is_within).then(column.cast(pl.String)).otherwise(pl.lit(OVERFLOW))
        )
        found = self.carried.frame(told["places"])
        return found.select("row", place.alias("place"), "flaw")


def _placed(flawed: pl.DataFrame, start: int) -> Iterator[Place]:
    for row, place, flaw in flawed.iter_rows():
        yield row - start, place, Flaw(flaw)


def _reason(told: Mapping[str, Any]) -> Reason:
    if not told["filled"]:
        return Reason.EMPTY
    return Reason.NO_HEADER if told["is_visible"] else Reason.HIDDEN
