"""A department's database: what lies beyond the cursor becomes a file and is handed in.

The session is read-only by its own statement, whatever the account may do. One snapshot
answers two questions: up to which cursor value a batch goes (never through the middle
of rows that share one), and the rows. They become a CSV with a header that goes through
the same check as any other file, so there is one set of rules.

The cursor moves when the submission is completed. A run that dies before hands the same
rows in again, which are unchanged then; a run whose file was refused does not move it.
No value of the source and no word of its driver reaches a log or the register.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.intake import (
    operations,
    repeats,
    source_connections,
    sources,
    staging,
)
from xinheng.apps.intake.models import SourceState, Submission
from xinheng.apps.intake.views import SubmissionView
from xinheng.core.catalog.fields import FieldType
from xinheng.pipeline.failures import UnreadableFileError

_DAY_SECONDS = 86_400
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]\d{2}:\d{2}.*", re.ASCII)
_READ: Mapping[str, Any] = {
    "integer": int,
    "decimal": Decimal,
    "time": datetime.fromisoformat,
    "date": date.fromisoformat,
    "text": str,
}
# A moment is a day too, so it is asked for first.
_KINDS: tuple[tuple[type, str], ...] = (
    (int, "integer"),
    (Decimal, "decimal"),
    (datetime, "time"),
    (date, "date"),
    (str, "text"),
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows as a file; `end` is the cursor after them, `digest` that of the bytes."""

    begin: Any
    end: Any
    digest: str


def drain(database: sources.Database, *, at: datetime) -> list[str]:
    """Hand in what lies beyond the cursor, batch by batch; return new submissions.

    Raises:
        SourceFailedError: the source can't be read, or its file was not taken; the
            cursor stays at the last batch that was.
        UnknownUnitError, UnknownDatasetError: what is configured is not there.
    """
    done: list[str] = []
    with staging.hold_name(sources.account_of(database.name)) as is_ours:
        begin = _overlapping(_cursor(database.name), database.overlap)
        while is_ours:
            with _spool() as file:
                batch = _pull(database, begin, file)
                if batch is None:
                    return done
                ended = _hand_in(database, batch, file, at=at)
            _move(database.name, batch.end)
            begin = batch.end
            if ended.received_at == at:
                done.append(ended.id)
    return done


def _cursor(name: str) -> Any:
    """Return the last value taken, as the driver takes it; null before the first."""
    row = SourceState.objects.filter(name=name).first()
    if row is None or row.cursor is None:
        return None
    return _READ[row.cursor_kind](row.cursor)


def _overlapping(cursor: Any, overlap: int) -> Any:
    if cursor is None or not overlap:
        return cursor
    if isinstance(cursor, datetime):
        return cursor - timedelta(seconds=overlap)
    if isinstance(cursor, date):
        return cursor - timedelta(days=math.ceil(overlap / _DAY_SECONDS))
    if isinstance(cursor, str):
        raise sources.SourceFailedError("CURSOR_KIND")
    return cursor - overlap


def _move(name: str, end: Any) -> None:
    text = end.isoformat() if isinstance(end, date) else str(end)
    SourceState.objects.update_or_create(
        name=name, defaults={"cursor": text, "cursor_kind": _kind(end)}
    )


def _kind(value: Any) -> str:
    for kind, name in _KINDS:
        if isinstance(value, kind):
            return name
    raise sources.SourceFailedError("CURSOR_KIND")


@contextmanager
def _spool() -> Iterator[IO[bytes]]:
    """Open a file without a name in staging: it is gone when the process is."""
    where = Path(settings.FILE_UPLOAD_TEMP_DIR)
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=where) as file:
        yield file


def _pull(database: sources.Database, begin: Any, file: IO[bytes]) -> Batch | None:
    """Write the next rows into the file; null where there are none."""
    with source_connections.connect(database) as session:
        if session.has_gaps():
            raise sources.SourceFailedError("CURSOR_NULL")
        end = session.end(begin, most=database.batch_rows)
        if end is None:
            return None
        _kind(end)
        header = [database.columns.get(name, name) for name in session.names()]
        rows = session.rows(begin, end)
        digest = _write(file, header, _rendered(rows, database.dataset, header))
    return Batch(begin, end, digest)


def _write(
    file: IO[bytes], header: Sequence[str], rows: Iterator[Sequence[str]]
) -> str:
    """Write a CSV within the limit of any other file; return the digest."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow(row)
        if file.tell() > settings.MAX_UPLOAD_BYTES:
            raise sources.SourceFailedError("FILE_TOO_LARGE")
    text.detach()
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return digest


def _rendered(
    rows: Iterator[Sequence[str | None]], dataset: str, header: Sequence[str]
) -> Iterator[Sequence[str]]:
    """Write each cell as the catalog's forms do: a day where the catalog wants one."""
    days = {
        each
        for field in catalog.get_dataset(dataset).fields
        if field.type is FieldType.DATE
        for each in field.headers
    }
    are_days = [title in days for title in header]
    for row in rows:
        yield [
            _cell(cell, is_day=is_day)
            for cell, is_day in zip(row, are_days, strict=True)
        ]


def _cell(cell: str | None, *, is_day: bool) -> str:
    if cell is None:
        return ""
    if is_day and (moment := _MOMENT.fullmatch(cell)):
        return moment[1]
    # NUL makes a file no text. Any other control character gets its row rejected.
    return cell.replace("\x00", "\x01")


def _hand_in(
    database: sources.Database, batch: Batch, file: IO[bytes], *, at: datetime
) -> SubmissionView:
    """Hand a batch in and wait for the verdict, which has to be that it was taken."""
    who = sources.actor(database)
    period = sources.period(database, at=at)
    named = (database.unit, database.dataset, period, batch.begin, batch.end)
    key = hashlib.sha256(f"{named!r} {batch.digest}".encode()).hexdigest()
    repeats.forget_failed(account=who.account_id, key=key)
    hand_in = operations.HandIn(
        actor=who,
        unit=database.unit,
        dataset=database.dataset,
        period=period,
        file_name=f"{database.name}.csv",
        content=file,
        origin=operations.Origin.DATABASE,
        idempotency_key=key,
    )
    try:
        received = operations.receive(hand_in, at=at)
        ended = operations.process(submission=received, at=at)
    except UnreadableFileError as why:
        raise sources.SourceFailedError(why.code) from why
    except (operations.BusyError, repeats.KeyInFlightError) as busy:
        raise sources.SourceFailedError("BUSY") from busy
    if ended.state != Submission.State.COMPLETED:
        raise sources.SourceFailedError(ended.error_code)
    return ended
