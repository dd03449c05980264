"""Backup: one moment of the register, copied while others go on writing.

    manifest.json                   written last: without it there is no backup
    tables/NAME/000000.parquet      rows, in the order of their key
    archive/...                     the files that submissions of that moment name, and
                                    those that were handed in as evidence

All tables are read in one snapshot. The archive's files never change once they are
named, so they may be copied at leisure. Keys are not in it: whoever holds a backup
and the key could write another history. Uploads that were not checked yet are left out
too, since they are not screened.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from xinheng.apps.assessments import notices
from xinheng.apps.custody import manifest, tables
from xinheng.apps.custody.manifest import Manifest, Part
from xinheng.apps.evidence import queries as evidence
from xinheng.apps.intake import archived
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.ledger import queries as ledger_queries
from xinheng.apps.listings import documents
from xinheng.core.merkle.entries import timestamp


class NotEmptyError(RuntimeError):
    """There is something already where this should go."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made: where, how large, and at which ledger size."""

    directory: Path
    ledger_size: int
    rows: int
    files: int
    size_bytes: int
    sha256: str


def make(*, directory: Path, actor: str, at: datetime) -> Made:
    """Make a backup in a directory that is not there yet, and note it in the ledger.

    Until it is whole it lies beside it under another name.

    Raises:
        NotEmptyError: the directory is there.
        OSError: it can't be written, or the disk is full.
    """
    if directory.exists():
        raise NotEmptyError(str(directory))
    draft = directory.with_name(f".{directory.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    is_whole = False
    try:
        written = _write(draft, at=at)
        digest = written.write(draft)
        draft.rename(directory)
        is_whole = True
    finally:
        if not is_whole:
            shutil.rmtree(draft, ignore_errors=True)
    made = Made(
        directory,
        written.ledger_size,
        rows=sum(part.rows for part in written.parts),
        files=len(written.parts),
        size_bytes=sum(part.size_bytes for part in written.parts),
        sha256=digest,
    )
    _note(made, actor=actor, at=at)
    return made


def _note(made: Made, *, actor: str, at: datetime) -> None:
    with transaction.atomic():
        ledger.append(
            kind="backup.made",
            subject="register",
            actor=actor,
            body={"manifest_sha256": made.sha256, "ledger_size": made.ledger_size},
            at=at,
        )


def _write(draft: Path, *, at: datetime) -> Manifest:
    listed = tables.list_tables()
    with _snapshot():
        head = ledger_queries.get_head()
        parts = [part for table in listed for part in _write_table(draft, table)]
        files = archived.list_archived() + evidence.list_archived()
        files += documents.list_archived() + notices.list_archived()
        applied = MigrationRecorder(connection).applied_migrations()
    parts += [_copy(draft, Path(name)) for name in files]
    return Manifest(
        made_at=timestamp(at),
        release=version("xinheng"),
        ledger_size=head.size,
        checkpoint=head.note,
        migrations=tuple(sorted(f"{app}.{name}" for app, name in applied)),
        tables={table.name: tuple(table.columns) for table in listed},
        parts=tuple(parts),
    )


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read one moment of the database; nobody who writes has to wait for it."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            connection.cursor().execute(
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
            )
            yield
        return
    cursor = connection.cursor()
    # Django would begin as a writer here, and hold up all others.
    cursor.execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        cursor.execute("ROLLBACK")


def _write_table(draft: Path, table: tables.Table) -> Iterator[Part]:
    place = draft / "tables" / table.name
    for number, frame in enumerate(tables.read(table)):
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{number:06}.parquet"
        frame.write_parquet(path)
        yield manifest.part_of(draft, path, rows=frame.height)


def _copy(draft: Path, name: Path) -> Part:
    target = draft / "archive" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(settings.ARCHIVE_DIR) / name, target)
    return manifest.part_of(draft, target)
