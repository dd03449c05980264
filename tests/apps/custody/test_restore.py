"""A backup comes back as it was, whole or not at all, into either database."""

from __future__ import annotations

import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from django.core.management import call_command
from django.db import connection

from tests.factories import files, pictures
from xinheng.apps.custody import backup, manifest, queries, restore, tables
from xinheng.apps.evidence import operations as evidence
from xinheng.apps.intake import operations as intake
from xinheng.apps.intake import queries as intake_queries
from xinheng.apps.ledger import guards
from xinheng.apps.ledger import queries as ledger_queries
from xinheng.apps.organizations import search

AT_NIGHT = datetime(2019, 6, 4, 2, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept(city, clerk, received_at, tmp_path) -> Path:
    """A backup of a register with one submission and one file of evidence."""
    submit(clerk, received_at, rows=5)
    evidence.store(content=pictures.png(), name="a.png", actor="a1", at=received_at)
    return backup.make(
        directory=tmp_path / "kept", actor="operator", at=received_at
    ).directory


def submit(clerk, at, *, rows: int) -> None:
    content = io.BytesIO(files.as_csv(files.permit_rows(rows)))
    hand_in = intake.HandIn(clerk, "U01", "permit", "2019-05", "p.csv", content)
    intake.submit(hand_in, at=at)


def read_all() -> dict[str, list[tuple]]:
    return {
        table.name: [row for frame in tables.read(table) for row in frame.rows()]
        for table in tables.list_tables()
    }


def empty(settings, *, archive: bool = True) -> None:
    """Make the database and the archive as if nobody had ever used them."""
    call_command("flush", verbosity=0, interactive=False)
    if archive:
        shutil.rmtree(settings.ARCHIVE_DIR)


def say(directory: Path, **changes: object) -> None:
    content = json.loads((directory / manifest.NAME).read_text())
    (directory / manifest.NAME).write_text(json.dumps(content | changes))


class TestMake:
    def test_notes_it_in_the_ledger(self, kept):
        entry = queries.last_backup()

        assert entry is not None
        assert entry.body["ledger_size"] == manifest.read(kept).ledger_size
        assert entry.seq == manifest.read(kept).ledger_size

    def test_holds_no_key(self, kept):
        names = {path.name for path in kept.rglob("*")}

        assert not {name for name in names if "key" in name and "." in name}
        assert b"PRIVATE KEY" not in b"".join(
            path.read_bytes() for path in kept.rglob("*") if path.is_file()
        )

    def test_never_writes_over_another(self, kept, received_at):
        before = sorted(kept.rglob("*"))

        with pytest.raises(backup.NotEmptyError):
            backup.make(directory=kept, actor="operator", at=received_at)
        assert sorted(kept.rglob("*")) == before

    def test_that_breaks_off_leaves_nothing(
        self, city, tmp_path, received_at, monkeypatch
    ):
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(manifest.Manifest, "write", full)

        with pytest.raises(OSError, match="No space"):
            backup.make(directory=tmp_path / "kept", actor="operator", at=received_at)
        assert not [path for path in tmp_path.iterdir() if "kept" in path.name]
        assert queries.last_backup() is None


class TestRestore:
    def test_gives_back_every_row_and_file(self, kept, settings):
        archive = {p.name: p.read_bytes() for p in files_of(settings.ARCHIVE_DIR)}
        then = {
            part.path: (kept / part.path).read_bytes()
            for part in manifest.read(kept).parts
        }
        empty(settings)

        done = restore.restore(directory=kept, at=AT_NIGHT)

        again = backup.make(
            directory=kept.with_name("again"), actor="operator", at=AT_NIGHT
        )
        assert {
            part.path: (again.directory / part.path).read_bytes()
            for part in manifest.read(again.directory).parts
        } == then
        assert {
            p.name: p.read_bytes() for p in files_of(settings.ARCHIVE_DIR)
        } == archive
        assert done.ledger_size == manifest.read(kept).ledger_size

    def test_finds_organizations_by_name_again(self, kept, settings):
        empty(settings)
        restore.restore(directory=kept, at=AT_NIGHT)

        assert search.search(text="示例").total > 0

    def test_tells_who_waited_to_hand_in_again(
        self, city, clerk, received_at, tmp_path, settings
    ):
        content = io.BytesIO(files.as_csv(files.permit_rows(2)))
        hand_in = intake.HandIn(clerk, "U01", "permit", "2019-05", "p.csv", content)
        waiting = intake.receive(hand_in, at=received_at)
        kept = tmp_path / "kept"
        backup.make(directory=kept, actor="operator", at=received_at)
        empty(settings, archive=False)

        restore.restore(directory=kept, at=AT_NIGHT)

        found = intake_queries.get_submission(actor=clerk, submission=waiting)
        assert (found.state, found.error_code) == ("FAILED", "RESTORED")

    def test_lets_work_go_on(self, kept, settings, clerk, received_at):
        empty(settings)
        restore.restore(directory=kept, at=AT_NIGHT)

        submit(clerk, received_at, rows=8)

        assert ledger_queries.verify().ok
        assert guards.list_missing(connection) == []

    def test_is_refused_where_something_is(self, kept):
        before = read_all()

        with pytest.raises(backup.NotEmptyError):
            restore.restore(directory=kept, at=AT_NIGHT)
        assert read_all() == before

    @pytest.mark.parametrize("how", ["changed", "missing", "longer"])
    def test_is_refused_where_a_file_is_not_the_one(self, kept, settings, how):
        empty(settings)
        victim = kept / next(
            part.path
            for part in manifest.read(kept).parts
            if "ledger_entry" in part.path
        )
        if how == "missing":
            victim.unlink()
        else:
            extra = b"x" if how == "longer" else b""
            content = victim.read_bytes()
            victim.write_bytes(content[:-1] + b"?" + extra)

        with pytest.raises(manifest.DamagedBackupError, match="ledger_entry"):
            restore.restore(directory=kept, at=AT_NIGHT)
        assert ledger_queries.size() == 0
        assert not settings.ARCHIVE_DIR.exists()

    def test_is_refused_where_an_entry_was_rewritten_with_care(self, kept, settings):
        empty(settings)
        found = manifest.read(kept)
        part = next(part for part in found.parts if "ledger_entry" in part.path)
        frame = pl.read_parquet(kept / part.path)
        frame.with_columns(actor=pl.lit("somebody-else")).write_parquet(
            kept / part.path
        )
        parts = [
            manifest.part_of(kept, kept / each.path, rows=each.rows)
            for each in found.parts
        ]
        say(
            kept,
            parts=[{name: getattr(p, name) for name in p.__slots__} for p in parts],
        )

        with pytest.raises(restore.UnverifiedBackupError, match="ENTRY_ALTERED"):
            restore.restore(directory=kept, at=AT_NIGHT)
        assert ledger_queries.size() == 0

    def test_is_refused_where_the_tables_are_others(self, kept, settings):
        empty(settings)
        say(kept, migrations=["ledger.0001_initial"], release="0.0.9")

        with pytest.raises(restore.OtherReleaseError) as refused:
            restore.restore(directory=kept, at=AT_NIGHT)
        assert refused.value.release == "0.0.9"

    @pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd"])
    def test_never_leaves_the_backup(self, kept, settings, path):
        empty(settings)
        part = {"path": path, "sha256": "", "size_bytes": 0, "rows": 0}
        say(kept, parts=[part])

        with pytest.raises(manifest.DamagedBackupError):
            restore.restore(directory=kept, at=AT_NIGHT)

    @pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"format": 1}'])
    def test_is_refused_without_a_manifest(self, kept, settings, content):
        empty(settings)
        (kept / manifest.NAME).write_bytes(content)

        with pytest.raises(manifest.DamagedBackupError, match="manifest"):
            restore.restore(directory=kept, at=AT_NIGHT)


def files_of(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]
