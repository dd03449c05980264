"""Restore: a backup into an empty database, believed only once all of it verifies."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from xinheng.apps import bulk
from xinheng.apps.custody import erasure, manifest, replaying, tables
from xinheng.apps.custody.backup import NotEmptyError
from xinheng.apps.custody.manifest import DamagedBackupError, Manifest
from xinheng.apps.custody.tables import Table
from xinheng.apps.intake import abandoning
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.ledger.queries import VerifyReport
from xinheng.apps.organizations import search_index


class OtherReleaseError(RuntimeError):
    """The backup was made by a release with other tables; `release` names it."""

    def __init__(self, release: str) -> None:
        super().__init__(f"made by release {release}")
        self.release = release


class UnverifiedBackupError(RuntimeError):
    """The ledger in the backup does not verify; nothing was restored."""

    def __init__(self, report: VerifyReport) -> None:
        super().__init__(", ".join(str(each.code) for each in report.problems))
        self.report = report


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: rows, files, and the ledger's size and root (hex).

    `erased_again` counts the erasures that are younger than the backup.
    """

    rows: int
    files: int
    ledger_size: int
    root: str
    erased_again: int


def restore(*, directory: Path, at: datetime) -> Restored:
    """Bring a backup back into this database, whose tables are there and empty.

    The files of the archive come first; those that are there already stay. The tables
    come back in one transaction, which ends only when the ledger verifies against the
    checkpoint of the backup. Files that waited to be checked have to come again. What
    the erasure register's copy (`erasures.jsonl`) names is erased anew.

    Raises:
        NotEmptyError: the database holds a register.
        DamagedBackupError: a file is missing or changed; nothing is restored.
        OtherReleaseError: restore with the release that made it, then upgrade.
        UnverifiedBackupError: the ledger contradicts itself.
        SigningKeyError: the ledger's key is not there: put it back first.
        DamagedCopyError: the erasure register's copy can't be read.
    """
    if ledger.size():
        raise NotEmptyError("the database")
    found = manifest.read(directory)
    _require_release(found)
    manifest.check(directory, found)
    files = [part for part in found.parts if part.path.startswith("archive/")]
    for part in files:
        _bring_back(directory / part.path, Path(part.path).relative_to("archive"))
    with transaction.atomic():
        for table in tables.list_tables():
            _fill(table, directory, found)
        _set_counters()
        report = ledger.verify(known=[found.checkpoint] if found.checkpoint else [])
        if not report.ok or report.size != found.ledger_size:
            raise UnverifiedBackupError(report)
        abandoning.abandon_waiting(at=at)
        search_index.rebuild()
        # In the same transaction: what was erased is never there, not for a moment.
        erased_again = replaying.order_again()
        erasure.resume(at=at)
    erasure.tidy(at=at)
    rows = sum(part.rows for part in found.parts)
    return Restored(rows, len(files), report.size, report.root, erased_again)


def _require_release(found: Manifest) -> None:
    applied = MigrationRecorder(connection).applied_migrations()
    names = tuple(sorted(f"{app}.{name}" for app, name in applied))
    here = {table.name: tuple(table.columns) for table in tables.list_tables()}
    if found.migrations != names or dict(found.tables) != here:
        raise OtherReleaseError(found.release)


def _bring_back(source: Path, name: Path) -> None:
    target = Path(settings.ARCHIVE_DIR) / name
    if not manifest.is_inside(Path(settings.ARCHIVE_DIR), target):
        raise DamagedBackupError(str(name))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not target.exists():
        shutil.copyfile(source, target)


def _fill(table: Table, directory: Path, found: Manifest) -> None:
    # What a migration has put there, such as permissions, is in the backup too.
    bulk.execute(f"DELETE FROM {table.name}")
    for frame in _frames(table, directory, found):
        bulk.insert(table.name, tables.as_stored(table, frame))


def _frames(table: Table, directory: Path, found: Manifest) -> Iterator[pl.DataFrame]:
    prefix = f"tables/{table.name}/"
    for part in found.parts:
        if part.path.startswith(prefix):
            frame = pl.read_parquet(directory / part.path)
            if frame.height != part.rows or frame.columns != table.columns:
                raise DamagedBackupError(part.path)
            yield frame


def _set_counters() -> None:
    """Let new rows be numbered after those that came back."""
    models = [table.model for table in tables.list_tables()]
    for statement in connection.ops.sequence_reset_sql(no_style(), models):
        bulk.execute(statement)
