"""A file with listings that were decided elsewhere, taken as `importing` takes rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from xinheng.apps.listings import importing
from xinheng.apps.listings.importing import ImportRow, Source, Taken
from xinheng.apps.listings.operations import By
from xinheng.core.listings.completeness import Claim
from xinheng.pipeline import listing_rows
from xinheng.pipeline.listing_rows import DAYS, TEXTS


@dataclass(frozen=True, slots=True)
class Whole:
    """That a file is the whole list as of a day, named by `document`."""

    document: str
    on: date


@dataclass(frozen=True, slots=True)
class FileTaken:
    """What became of a file: rows read, and of those that could be read, `taken`."""

    rows_read: int
    taken: Taken


@transaction.atomic
def take_file(
    *, path: Path, source: Source, by: By, whole: Whole | None = None
) -> FileTaken:
    """Take a file's rows, or what a whole list adds, removes and corrects.

    A whole list with a row that can't be read ends nothing: it is refused.

    Raises:
        NotAllowedError, UnknownSchemeError: see `importing.take`.
        UnreadableFileError: the file is no such list.
        UnreadRowsError: a whole list has rows that can't be read.
    """
    read = listing_rows.read(path, on=timezone.localdate(by.at))
    rows = [
        ImportRow(
            number=row["row"],
            key=row["key"],
            code=row["code"],
            claim=Claim(**{name: row[name] for name in (*TEXTS, *DAYS)}),
        )
        for row in read.rows.iter_rows(named=True)
    ]
    if whole is None:
        taken = importing.take(source=source, rows=rows, by=by)
    elif read.refused:
        raise UnreadRowsError(read.refused)
    else:
        taken = importing.take_whole(
            source=source, rows=rows, document=whole.document, on=whole.on, by=by
        )
    taken.refused = [*((row, rule) for row, _, rule in read.refused), *taken.refused]
    return FileTaken(read.rows_read, taken)


class UnreadRowsError(ValueError):
    """Rows of a whole list can't be read; `rows` are (row, field, rule)."""

    def __init__(self, rows: tuple[tuple[int, str, str], ...]) -> None:
        super().__init__(str(len(rows)))
        self.rows = rows
