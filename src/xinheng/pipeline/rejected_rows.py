"""Rejected and questionable rows as they were handed in, with nothing about persons.

The bytes of a file are not kept, so what a clerk needs in order to mend it is taken
from it while it is still there: the header, the rows above it, and the rejected and
questionable rows, cell by cell, as text. What must not be kept is blanked before
anything is written:

    rows above the header that may name a person            altogether
    columns about persons, and those that no field takes    in every row
    cells that hold, or may hold, an identity number        and the party's name where
                                                            no code is left beside it
    rows about a natural person                             left out altogether

The Parquet file has `row` (UInt32, as the report counts) and a String column for each
column of the file, named by its position. The last row 0 is the header as written,
those before it are the rows above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import Field, FieldType
from xinheng.core.submissions.findings import Severity
from xinheng.pipeline import writing
from xinheng.pipeline.cells import screening
from xinheng.pipeline.cells.columns import role_of
from xinheng.pipeline.checks import personal_id
from xinheng.pipeline.matching import Matcher
from xinheng.pipeline.reading import files
from xinheng.pipeline.reading.encodings import WrongEncodingError
from xinheng.pipeline.reading.table import FLAWS, ROW, Table, column_names
from xinheng.pipeline.report import Report

MOST_ROWS = 10_000  # of either kind
HEADER = 0  # the number of the rows that hold the header and what stands above it

_BATCH_ROWS = 50_000
_PERSON = "NATURAL_PERSON"
_NUMBERS = ("PERSONAL_ID", "PERSONAL_ID_SUSPECTED")
_MIDNIGHT = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}) 00:00:00$"
_SERIAL = r"^[1-9][0-9]{3,4}$"
_DAYS_1900_TO_1904 = 1462
# Who filled the form in, and how to reach them: no part of what is reported.
_CONTACT = re.compile(
    r"(?:填报|填表|报送|报表|上报|联系|负责|经办|审核|复核|制表|录入|审批|签发|统计|"
    r"提供|核对|校对)[人员者]|电话|手机|联系|姓名|签字|签名|邮箱|@|[0-9０-９]{7}|"
    r"[0-9０-９]{3,4}[-－—][0-9０-９]{6}"
)


def keep(
    source: Path,
    report: Report,
    path: Path,
    *,
    dataset: Dataset,
    file_name: str | None = None,
) -> bool:
    """Write rows of a checked file that were not taken to `path`; False without any.

    At most MOST_ROWS of each kind are kept, the first ones. `source` and `file_name`
    are those of `run.check`.
    """
    findings = pl.scan_parquet(report.findings_path)
    wanted = _wanted(findings)
    if wanted.is_empty():
        return False
    matcher = Matcher(dataset, report.chosen_columns)
    name = file_name or source.name
    numbered = findings.filter(pl.col("rule").is_in(_NUMBERS)).select(ROW, "field")
    for reading in files.readings(source, file_name=name):
        try:
            table = files.open_table(
                source,
                reading,
                matcher.count,
                batch_rows=_BATCH_ROWS,
                file_name=name,
                is_form=True,
            )
            keeper = _Keeper(table, matcher, dataset, numbered.collect())
            writing.sink(keeper.rows(wanted).lazy(), path)
        except WrongEncodingError:
            continue
        return True
    return False


def _wanted(findings: pl.LazyFrame) -> pl.Series:
    """Return the numbers of the rows to keep, in their order."""
    persons = findings.filter(pl.col("rule") == _PERSON).select(ROW)
    found = kinds(findings).join(persons, on=ROW, how="anti").sort(ROW)
    is_error = pl.col("is_rejected")
    each = [found.filter(is_error), found.filter(~is_error)]
    first = pl.concat([rows.head(MOST_ROWS).select(ROW) for rows in each])
    return first.sort(ROW).collect()[ROW]


def kinds(findings: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows that were not taken: `row`, and whether it `is_rejected`."""
    severity = pl.col("severity").cast(pl.String)
    told = findings.filter(severity != Severity.NOTICE.value)
    is_rejected = (severity == Severity.ERROR.value).any()
    return told.group_by(ROW).agg(is_rejected.alias("is_rejected"))


class _Keeper:
    """Takes rows out of one table, blanked."""

    def __init__(
        self, table: Table, matcher: Matcher, dataset: Dataset, numbers: pl.DataFrame
    ) -> None:
        self._table = table
        self._columns = column_names(len(table.header))
        match = matcher.match(table.header)
        taken = {**match.fields, **_joined(match.joined, match.fields)}
        self._fields = {
            str(place): field
            for place, field in taken.items()
            if field.personal is None
        }
        self._party = self._columns_of(dataset.subject_name)
        self._codes = self._columns_of(dataset.subject_code)
        self._numbers = numbers

    def _columns_of(self, name: str | None) -> list[str]:
        return [column for column, field in self._fields.items() if field.name == name]

    def rows(self, wanted: pl.Series) -> pl.DataFrame:
        """Return the header and the wanted rows."""
        schema = {ROW: pl.UInt32()} | dict.fromkeys(self._columns, pl.String())
        heads = [*self._titles(), self._table.header]
        above = [(HEADER, *texts) for texts in heads]
        frames = [pl.DataFrame(above, schema=schema, orient="row")]
        return pl.concat([*frames, *self._parts(wanted)])

    def _titles(self) -> Iterator[list[str | None]]:
        """Yield the rows above the header, as wide as it is."""
        width = len(self._columns)
        for cells in self._table.titles:
            text = "".join(cells)
            may_name = _CONTACT.search(text) or screening.may_hold_personal_number(
                [*cells, text]
            )
            shown = [None if may_name else cell or None for cell in cells[:width]]
            yield shown + [None] * (width - len(shown))

    def _parts(self, wanted: pl.Series) -> Iterator[pl.DataFrame]:
        last = wanted[-1]
        for batch in self._table.batches:
            found = batch.filter(pl.col(ROW).is_in(wanted.implode()))
            if found.height:
                yield self._blanked(found)
            # Nothing behind the last of them is read.
            if batch.height and batch[ROW][-1] >= last:
                return

    def _blanked(self, batch: pl.DataFrame) -> pl.DataFrame:
        refused = self._refused(batch)
        is_person = self._may_be_person(batch, refused)
        cells = []
        for column in self._columns:
            if column not in self._fields:
                cells.append(pl.lit(None, pl.String).alias(column))
                continue
            is_blank = refused[column]
            if column in self._party:
                is_blank = is_blank | is_person
            text = _as_text(column, self._fields[column], self._table)
            cells.append(pl.when(~is_blank).then(text).alias(column))
        return batch.select(ROW, *cells)

    def _may_be_person(self, batch: pl.DataFrame, refused: pl.DataFrame) -> pl.Series:
        """Tell where a number stands in the row and no code of an organization."""
        anywhere = refused.select(pl.any_horizontal(pl.all())).to_series()
        named = self._numbers[ROW].unique()
        is_numbered = anywhere | batch[ROW].is_in(named.implode())
        for code in self._codes:
            is_numbered &= refused[code] | batch[code].is_null()
        return is_numbered

    def _refused(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Tell for each cell that could be kept whether it may hold a number."""
        roles = {column: role_of(field) for column, field in self._fields.items()}
        screened = screening.screen(batch.select(ROW, *roles), roles, {})
        found = screened.found.filter(pl.col("kind") > personal_id.NONE)
        flawed = _flawed(batch)
        told: Mapping[str, pl.Series] = {
            field: rows[ROW] for (field,), rows in self._numbers.group_by("field")
        }
        nowhere = pl.Series([], dtype=pl.UInt32)
        like = batch.select(screening.is_like_number(pl.col(self._codes)))
        return pl.DataFrame(
            {
                column: _at(
                    batch,
                    found.filter(pl.col("column") == column)["place"],
                    flawed.get(column, ()),
                    told.get(field.name, nowhere),
                )
                | (like[column] if column in self._codes else False)
                for column, field in self._fields.items()
            }
        )


def _joined(
    joined: Mapping[int, int], fields: Mapping[int, Field]
) -> Mapping[int, Field]:
    return {place: fields[onto] for place, onto in joined.items()}


def _at(
    batch: pl.DataFrame, places: pl.Series, flawed: Sequence[int], rows: pl.Series
) -> pl.Series:
    nowhere = pl.repeat(value=False, n=batch.height, eager=True, dtype=pl.Boolean)
    here = nowhere.scatter(places, values=True) if len(places) else nowhere
    numbers = pl.concat([rows, pl.Series(flawed, dtype=pl.UInt32)])
    return here | batch[ROW].is_in(numbers.implode())


def _flawed(batch: pl.DataFrame) -> dict[str, list[int]]:
    """Return by column the rows whose digits could begin an identity number."""
    if FLAWS not in batch.columns:
        return {}
    flaws = batch.select(ROW, FLAWS).explode(FLAWS).drop_nulls().unnest(FLAWS)
    cells: dict[str, list[int]] = {}
    for row, column, _, may_be_personal in flaws.iter_rows():
        if may_be_personal:
            cells.setdefault(column, []).append(row)
    return cells


def _as_text(column: str, field: Field, table: Table) -> pl.Expr:
    """Return the cells as a clerk would write them; a day without its midnight."""
    text = pl.col(column)
    if field.type is not FieldType.DATE or not table.is_workbook:
        return text
    day = text.str.replace(_MIDNIGHT, "$1")
    if not table.is_1904:
        return day
    is_serial = day.str.contains(_SERIAL)
    since_1900 = day.str.extract(r"^([0-9]+)$").cast(pl.Int64) + _DAYS_1900_TO_1904
    return pl.when(is_serial).then(since_1900.cast(pl.String)).otherwise(day)
