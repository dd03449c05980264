"""Unified codes examined: what each is, what is wrong with it, what it may have been.

A register's column of codes is read as it stands; nothing is repaired. The classes are
those of `xinheng.core.identifiers.codes`; the findings those that a submission's row
would get, what the shape of a wrong code tells, and codes that stand for several names.
A suggestion is one code with its reasons, for a person to decide on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from xinheng.core.identifiers.codes import CodeClass
from xinheng.core.linkage.repair import Suggestion
from xinheng.pipeline import refusals
from xinheng.pipeline.context import Context
from xinheng.pipeline.linkage import code_duplicates, code_verdicts
from xinheng.pipeline.linkage.code_columns import CodeColumns, screened
from xinheng.pipeline.linkage.code_report import Report
from xinheng.pipeline.linkage.code_verdicts import CLASSES, FINDINGS, Verdicts
from xinheng.pipeline.linkage.repairs import Repairs
from xinheng.pipeline.reading import files
from xinheng.pipeline.reading.ahead import map_ahead, read_ahead
from xinheng.pipeline.reading.encodings import Encoding, WrongEncodingError
from xinheng.rulebook import suggestions

COLUMNS = (
    *("row", "code", "class", "findings", "suggestion"),
    *("certain", "reasons", "reasons_zh", "reasons_en"),
)

_REPAIRED = [
    CLASSES.index(each.value) for each in (CodeClass.WRONG_CHECK, CodeClass.MALFORMED)
]
_NO_CODES = [
    CLASSES.index(each.value)
    for each in (CodeClass.PLACEHOLDER, CodeClass.PERSONAL_ID, CodeClass.MALFORMED)
]
_NO_REASONS = {
    "suggestion": pl.String,
    "certain": pl.Boolean,
    "reasons": pl.String,
    "reasons_zh": pl.String,
    "reasons_en": pl.String,
}


@dataclass(frozen=True, slots=True)
class Examination:
    """How many rows of a file have which class and which finding."""

    rows: int
    classes: Mapping[str, int]
    findings: Mapping[str, int]

    @property
    def is_clean(self) -> bool:
        """Whether every code is valid or was confirmed as issued."""
        return set(self.classes) <= {CodeClass.VALID, CodeClass.NONCONFORMING}


def examine_file(
    path: Path,
    *,
    columns: CodeColumns,
    context: Context,
    repairs: Repairs | None = None,
    out: Path | None = None,
) -> Examination:
    """Examine a column of a file; blank rows keep their number and are left out.

    With `out` the examined rows are written there (UTF-8 with a mark, COLUMNS), with
    suggestions where `repairs` are given; nothing is written where the file is refused.

    Raises:
        UnreadableFileError: there is no such file, table or column, or nothing in it.
        OSError: `out` can't be written.
    """
    for reading in files.readings(path, file_name=path.name):
        try:
            return _File(path, reading, columns, context).examined(repairs, out)
        except WrongEncodingError:
            continue
    raise refusals.encoding()


def examine(
    cells: pl.DataFrame, *, context: Context, repairs: Repairs | None = None
) -> pl.DataFrame:
    """Return COLUMNS for a frame of `row`, `code` and perhaps `name`; null is empty.

    `code` is trimmed and in capitals, null where it holds a person's number; `findings`
    are rules, parted by a semicolon, null where there are none; `suggestion` is a valid
    code or null, and `certain` is null with it. Rows are never dropped or reordered.
    """
    verdicts = code_verdicts.judge(cells["code"], context)
    return _framed(cells, verdicts, repairs)


class _File:
    """One attempt to read the file in one encoding."""

    def __init__(
        self,
        path: Path,
        reading: Encoding | None,
        columns: CodeColumns,
        context: Context,
    ) -> None:
        self._open = partial(columns.read, path, reading, context.batch_rows)
        self._context = context
        self._seen = code_duplicates.Seen()
        self._classes = np.zeros(len(CLASSES), dtype=np.int64)
        self._findings: Counter[int] = Counter()

    def examined(self, repairs: Repairs | None, out: Path | None) -> Examination:
        with Report(out) as report:
            for cells, verdicts in self._judged():
                self._count(cells, verdicts)
                if out is not None:
                    report.take(_framed(cells, verdicts, repairs))
            rows = int(self._classes.sum())
            if not rows:
                raise refusals.no_rows_of_table()
            duplicated = self._duplicated()
            report.finish(duplicated)
        return self._examination(rows, len(duplicated))

    def _judged(self) -> Iterator[tuple[pl.DataFrame, Verdicts]]:
        batches = read_ahead(self._open())
        return map_ahead(self._judge, batches, threads=self._context.threads)

    def _judge(self, cells: pl.DataFrame) -> tuple[pl.DataFrame, Verdicts]:
        return cells, code_verdicts.judge(cells["code"], self._context)

    def _count(self, cells: pl.DataFrame, verdicts: Verdicts) -> None:
        self._classes += np.bincount(verdicts.classes, minlength=len(CLASSES))
        odd = verdicts.findings[verdicts.findings != 0]
        numbers, counts = np.unique(odd, return_counts=True)
        self._findings.update(dict(zip(numbers.tolist(), counts.tolist(), strict=True)))
        if "name" in cells.columns:
            self._seen.take(_comparable(cells, verdicts))

    def _duplicated(self) -> pl.Series:
        """Return the rows whose code stands for several names, sorted."""
        suspected = self._seen.suspected()
        if not len(suspected):
            return suspected
        rows = self._seen.kept(suspected)
        if rows is None:
            wanted = pl.col("row").is_in(suspected.implode())
            cells = pl.concat([part.filter(wanted) for part in self._open()])
            rows = _comparable(*self._judge(cells))
        return code_duplicates.confirmed(screened(rows).drop_nulls())

    def _examination(self, rows: int, duplicated: int) -> Examination:
        classes = {
            name: int(count)
            for name, count in zip(CLASSES, self._classes, strict=True)
            if count
        }
        findings: Counter[str] = Counter()
        for number, count in self._findings.items():
            findings.update(dict.fromkeys(code_verdicts.rules_of(number), count))
        if duplicated:
            findings[code_duplicates.RULE] = duplicated
        ordered = {rule: findings[rule] for rule in FINDINGS if rule in findings}
        return Examination(rows, classes, ordered)


def _comparable(cells: pl.DataFrame, verdicts: Verdicts) -> pl.DataFrame:
    """Return rows with a code and a name that may be compared with others."""
    no_code = pl.Series(np.isin(verdicts.classes, _NO_CODES))
    is_told = ~no_code & cells["name"].is_not_null()
    rows = cells.select("row", "name").with_columns(code=verdicts.code)
    return rows if is_told.all() else rows.filter(is_told)


def _framed(
    cells: pl.DataFrame, verdicts: Verdicts, repairs: Repairs | None
) -> pl.DataFrame:
    frame = pl.DataFrame(
        [
            cells["row"],
            verdicts.code,
            verdicts.class_names,
            code_verdicts.findings_text(verdicts.findings),
        ]
    )
    reasons = _reasons(cells, verdicts, repairs)
    return (
        frame.with_row_index("place")
        .join(reasons, on="place", how="left", maintain_order="left")
        .select(COLUMNS)
    )


def _reasons(
    cells: pl.DataFrame, verdicts: Verdicts, repairs: Repairs | None
) -> pl.DataFrame:
    """Return suggestions with their reasons for the places that have some."""
    places = np.flatnonzero(np.isin(verdicts.classes, _REPAIRED))
    schema = {"place": pl.UInt32, **_NO_REASONS}
    if repairs is None or not len(places):
        return pl.DataFrame(schema=schema)
    texts = verdicts.code.gather(places).to_list()
    names = None
    if "name" in cells.columns:
        names = screened(cells[places])["name"].to_list()
    found = repairs.suggest(texts, names)
    rows = [
        (place, *_told(suggested))
        for place, suggested in zip(places.tolist(), found, strict=True)
        if suggested
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _told(
    suggested: tuple[Suggestion, ...],
) -> tuple[str | None, bool | None, str, str, str]:
    """Return the suggestion with its reasons; none where several are as likely."""
    first = suggested[0]
    if first.is_one_of_several:
        several = suggestions.tell_several(suggested)
        return None, None, ";".join(several.codes), several.zh, several.en
    told = suggestions.tell(first)
    return first.code, first.is_certain, ";".join(told.codes), told.zh, told.en
