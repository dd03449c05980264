"""What a file's columns would be taken for, before it is checked.

For a page on which a person sees how the headers were understood and corrects it. The
way from here to a verdict:

1.  `preview(...)` with what the unit chose earlier as `remembered`;
2.  the person assigns some columns to other fields, or leaves them out; `preview`
    again with these as `chosen`, until `refusal` is null;
3.  `run.check(..., chosen=shown.assigned)`; afterwards `shown.assigned` is what to
    remember for the unit and the dataset.

Headers are compared as the catalog's are (`core.catalog.headers.fold`): width, case,
blanks and punctuation mean nothing. Headers that a file doesn't have are passed over,
so all that a unit ever assigned can be given. A column without any header can't be
assigned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import Field
from xinheng.pipeline import refusals
from xinheng.pipeline.cells import screening
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.matching import Matcher, Why
from xinheng.pipeline.parts import Part, Skipped
from xinheng.pipeline.reading import files, flaws
from xinheng.pipeline.reading.encodings import WrongEncodingError
from xinheng.pipeline.reading.table import Recognizer, Table
from xinheng.pipeline.run import refuse_persons

SAMPLES = 3
LONGEST_SAMPLE = 60  # characters
_ROWS_LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file.

    `field` is the English name of its field, null where it is left out; then `why` is
    null if nobody knows the header, and CHOSEN or REMEMBERED if a person left it out.
    `samples` are the first cells that are filled, cut at LONGEST_SAMPLE; of a column
    about persons, and where a cell may hold a person's number, they are empty texts.
    """

    header: str
    field: str | None
    why: Why | None
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """How a file would be read.

    `columns` are in the file's order. `missing` are the required fields, by English
    name, that no column holds; rows will be rejected for want of them. `ignored` are
    headers of columns that are not read. `parts` name the files and sheets whose rows
    run on; rows are not counted here, so `first_row` and `rows` are 0. `refusal` is the
    sentence with which `run.check` would refuse the columns as they are now, null where
    it would not. `assigned` is what people have assigned of this file's columns: header
    to field, or to nothing where the column is left out.
    """

    columns: tuple[Column, ...]
    missing: tuple[str, ...]
    ignored: tuple[str, ...]
    parts: tuple[Part, ...]
    skipped: tuple[Skipped, ...]
    refusal: UnreadableFileError | None
    assigned: Mapping[str, str]


def preview(
    source: Path,
    *,
    dataset: Dataset,
    file_name: str | None = None,
    chosen: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
) -> Preview:
    """Return how the beginning of a file would be read; nothing is kept.

    `file_name` is the name under which the file was handed in, where `source` is a
    copy. Where no header is known at all, the fullest of the first rows is shown as the
    header, so that its columns can be assigned.

    Raises:
        UnreadableFileError: the file can't be taken whatever its columns are, or a
            chosen field is not in the dataset.
    """
    name = file_name or source.name
    matcher = Matcher(dataset, chosen, remembered)
    readings = files.readings(source, file_name=name)
    if screening.may_hold_personal_number([name]):
        raise refusals.personal_name()
    for reading in readings:
        try:
            table, refusal = _open(source, reading, name, matcher)
            return _previewed(table, dataset, matcher, refusal)
        except WrongEncodingError:
            continue
    raise refusals.encoding()


def _open(
    source: Path, reading: files.Reading, name: str, matcher: Matcher
) -> tuple[Table, UnreadableFileError | None]:
    """Return the table, and the refusal where its header is only supposed."""

    def opened(recognize: Recognizer, *, is_form: bool) -> Table:
        return files.open_table(
            source,
            reading,
            recognize,
            batch_rows=_ROWS_LOOKED_AT,
            file_name=name,
            is_form=is_form,
        )

    try:
        return opened(matcher.count, is_form=True), None
    except UnreadableFileError as refused:
        if refused.code != refusals.no_columns().code:
            raise
        return opened(_count_filled, is_form=False), refused


def _count_filled(cells: Sequence[str]) -> int:
    return len({cell.strip() for cell in cells} - {""})


def _previewed(
    table: Table,
    dataset: Dataset,
    matcher: Matcher,
    refusal: UnreadableFileError | None,
) -> Preview:
    refuse_persons(table)
    match, mismatch = matcher.try_match(table.header)
    found = [matcher.find(header) for header in table.header]
    samples = _samples(_first_rows(table), [field for field, _ in found])
    columns = [
        Column(header, field.name if field else None, why, shown)
        for header, (field, why), shown in zip(
            table.header, found, samples, strict=True
        )
    ]
    missing = [
        field.name
        for field in dataset.stored_fields
        if field.required and field.name not in match.names
    ]
    return Preview(
        columns=tuple(columns),
        missing=tuple(missing),
        ignored=match.ignored,
        parts=tuple(table.parts),
        skipped=table.skipped,
        refusal=refusal or mismatch,
        assigned=matcher.assigned(table.header),
    )


def _first_rows(table: Table) -> pl.DataFrame:
    """Return rows from the beginning of the file, in which samples are looked for."""
    frames = [frame.head(_ROWS_LOOKED_AT) for frame in islice(table.batches, 1)]
    schema = {str(place): pl.String() for place in range(len(table.header))}
    return pl.concat([pl.DataFrame(schema=schema), *(_cells(each) for each in frames)])


def _cells(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(r"^[0-9]+$"))


def _samples(
    rows: pl.DataFrame, fields: Sequence[Field | None]
) -> list[tuple[str, ...]]:
    """Return the samples of each column; all are screened at one look."""
    firsts = [_first_filled(rows[str(place)]) for place in range(len(fields))]
    texts = [text for first in firsts for text in first]
    shown = iter(_without_numbers(texts))
    columns = [tuple(islice(shown, len(first))) for first in firsts]
    return [
        ("",) * len(samples) if field and field.personal is not None else samples
        for field, samples in zip(fields, columns, strict=True)
    ]


def _first_filled(cells: pl.Series) -> list[str]:
    filled = cells.drop_nulls().str.strip_chars()
    return filled.filter(filled != "").head(SAMPLES).to_list()


def _without_numbers(texts: list[str]) -> Iterator[str]:
    numbers = screening.which_may_hold_personal_number(texts)
    for text, is_number in zip(texts, numbers, strict=True):
        is_personal = is_number or flaws.may_begin_identity_number(text)
        yield "" if is_personal else text[:LONGEST_SAMPLE]
