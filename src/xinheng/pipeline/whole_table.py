"""A table that is read whole, a register or a list, and checked as any hand-in is."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.submissions.findings import Severity
from xinheng.pipeline import refusals
from xinheng.pipeline.batches import Checker
from xinheng.pipeline.cells import screening
from xinheng.pipeline.context import Context
from xinheng.pipeline.matching import Matcher
from xinheng.pipeline.reading import files
from xinheng.pipeline.reading.encodings import Encoding, WrongEncodingError
from xinheng.pipeline.reading.table import ROW


@dataclass(frozen=True, slots=True)
class WholeTable:
    """What a file holds, and what was found on it.

    `rows` has `row` and the item's fields by name; rows in which a person's number was
    found are not in it. `findings` has `row`, `field`, `rule` and `severity`. `names`
    are the fields that the file has. `digest` is the SHA-256 of the file in hex.
    """

    rows: pl.DataFrame
    findings: pl.DataFrame
    rows_read: int
    names: tuple[str, ...]
    digest: str

    def sound(
        self, *, but: Collection[str] = ()
    ) -> tuple[pl.DataFrame, tuple[tuple[int, str, str], ...]]:
        """Return the rows without an error, and (row, field, rule) of the others.

        Errors of the rules in `but` do not count.
        """
        is_counted = ~pl.col("rule").is_in(list(but))
        is_error = (pl.col("severity") == Severity.ERROR.value) & is_counted
        wrong = self.findings.filter(is_error).sort(ROW, maintain_order=True)
        rows = self.rows.join(wrong, on=ROW, how="anti", maintain_order="left")
        first = wrong.select(ROW, "field", "rule").unique(ROW, keep="first")
        return rows, tuple(first.iter_rows())


def read(path: Path, item: Dataset, surroundings: Context) -> WholeTable:
    """Return the table in a file.

    Raises:
        UnreadableFileError: there is none, or it has no rows.
    """
    readings = files.readings(path, file_name=path.name)
    if screening.holds_personal_number([path.name]):
        raise refusals.personal_name()
    for reading in readings:
        try:
            return _read(path, reading, item, surroundings)
        except WrongEncodingError:
            continue
    raise refusals.encoding()


def _read(
    path: Path, reading: Encoding | None, item: Dataset, surroundings: Context
) -> WholeTable:
    matcher = Matcher(item)
    table = files.open_table(
        path, reading, matcher.count, batch_rows=surroundings.batch_rows
    )
    match = matcher.match(table.header)
    checker = Checker(item, match, surroundings, is_workbook=table.is_workbook)
    checked = [checker.check(batch) for batch in table.batches]
    rows_read = sum(batch.read for batch in checked)
    if not rows_read:
        raise refusals.no_rows_of_table()
    return WholeTable(
        rows=pl.concat([batch.rows for batch in checked]),
        findings=checker.masks.named(pl.concat([each.findings for each in checked])),
        rows_read=rows_read,
        names=tuple(match.names),
        digest=_digest(path),
    )


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
