"""The columns of a file in which codes, and perhaps names, are looked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from xinheng.core.catalog.headers import fold
from xinheng.pipeline import refusals
from xinheng.pipeline.checks import personal_id
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import files
from xinheng.pipeline.reading.encodings import Encoding
from xinheng.pipeline.reading.table import ROW, Table
from xinheng.pipeline.register_fields import NAME

_NAME_HEADERS = frozenset(fold(header) for header in NAME.headers)
_LONGEST_NAME = 3_000  # bytes; what is longer is no name


@dataclass(frozen=True, slots=True)
class CodeColumns:
    """Headers: of the codes, and of the names beside them.

    Without `name` a header that registers use for names is looked for.
    """

    code: str
    name: str | None = None

    def read(
        self, path: Path, reading: Encoding | None, batch_rows: int
    ) -> Iterator[pl.DataFrame]:
        """Yield `row`, `code` and, where there is one, `name` of rows not blank.

        A name is as written; `screened` must see it before it is shown or compared.

        Raises:
            UnreadableFileError: there is no such column, or two of them.
        """
        # Nobody means the columns without a header.
        if not _plain(self.code) or (self.name is not None and not _plain(self.name)):
            raise _no_column(refusals.no_columns())
        table = self._open(path, reading, batch_rows)
        wanted = {"code": _place(table, _plain(self.code)), "name": self._name(table)}
        columns = {name: at for name, at in wanted.items() if at is not None}
        for batch in table.batches:
            yield _filled(batch).select(pl.col(ROW).alias("row"), **columns)

    def _open(self, path: Path, reading: Encoding | None, batch_rows: int) -> Table:
        wanted = {_plain(self.code)} | ({_plain(self.name)} if self.name else set())

        def recognize(cells: Sequence[str]) -> int:
            found = [_plain(cell) for cell in cells]
            return sum(cell in wanted for cell in found)

        try:
            table = files.open_table(path, reading, recognize, batch_rows=batch_rows)
        except UnreadableFileError as refused:
            raise _no_column(refused) from None
        return table

    def _name(self, table: Table) -> str | None:
        if self.name is not None:
            return _place(table, _plain(self.name))
        code = _plain(self.code)
        for place, header in enumerate(table.header):
            if _plain(header) != code and fold(header) in _NAME_HEADERS:
                return str(place)
        return None


def _plain(header: str) -> str:
    return header.strip().casefold()


def _place(table: Table, wanted: str) -> str:
    places = [n for n, header in enumerate(table.header) if _plain(header) == wanted]
    if not places:
        raise _no_column(refusals.no_columns())
    if len(places) > 1:
        raise refusals.duplicate_column(wanted, wanted)
    return str(places[0])


def _filled(batch: pl.DataFrame) -> pl.DataFrame:
    """Leave out blank rows."""
    if not any(batch[name].null_count() == 0 for name in batch.columns if name != ROW):
        is_filled = pl.any_horizontal(pl.all().exclude(ROW).is_not_null())
        return batch.filter(is_filled)
    return batch


def screened(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows with a `name`, null where it may be no name: a person's number."""
    name = pl.col("name")
    # Only a name with a digit can hold a number; few do.
    odd = frame["name"].str.contains("[0-9０-９]").fill_null(value=False).arg_true()
    is_person = (
        frame["name"].gather(odd).to_frame("name").select(personal_id.certain(name))
    )
    persons = odd.filter(is_person.to_series())
    names = frame["name"].clone().scatter(persons, None)
    is_long = (names.str.len_bytes() > _LONGEST_NAME).fill_null(value=False)
    return frame.with_columns(names.scatter(is_long.arg_true(), None).alias("name"))


def _no_column(refused: UnreadableFileError) -> UnreadableFileError:
    if refused.code != refusals.no_columns().code:
        return refused
    return UnreadableFileError(
        refused.code,
        "没有这一列，请用--column给出表头中的列名。",
        "There is no such column; name one of the file's headers with --column.",
    )
