"""A machine that fails in the middle: nothing half in, and a sentence that says why."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import polars as pl
import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, OperationalError

from tests.factories import files
from tests.factories.hand_ins import hand_in
from xinheng.apps.intake import archive, breakdowns, landing, operations, queries
from xinheng.apps.intake import staging as staging_area
from xinheng.apps.intake.models import HeldRow, Submission
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.ledger import queries as ledger_queries
from xinheng.apps.records import landing as records
from xinheng.apps.records.models import Landing, Record
from xinheng.pipeline import run

pytestmark = pytest.mark.usefixtures("city")


def no_room():
    return OSError(errno.ENOSPC, "No space left on device")


def no_room_in_database():
    cause = sqlite3.OperationalError("database or disk is full")
    cause.sqlite_errorname = "SQLITE_FULL"
    broken = OperationalError("database or disk is full")
    broken.__cause__ = cause
    return broken


def no_room_for_columns():
    """Return what the column engine raises where a disk is full."""
    with pytest.raises(pl.exceptions.ComputeError) as caught:
        pl.DataFrame({"number": range(100_000)}).write_parquet("/dev/full")
    return caught.value


# What is about to write, at which of its calls the disk is full, and who notices.
POINTS = [
    (staging_area, "write", 1, no_room),
    (run, "check", 1, no_room_for_columns),
    (records, "land", 1, no_room_in_database),
    (landing.held, "keep", 1, no_room_in_database),
    (archive, "publish", 1, no_room),
    (archive, "publish", 2, no_room),
    (ledger, "append", 1, no_room_in_database),
]


def rows():
    """Return three rows: one lands, one is rejected, one waits for a person."""
    made = files.permit_rows(3)
    made[1]["许可决定日期"] = "昨天"
    made[2]["行政相对人名称"] = "示例市另一家有限公司"
    return made


def failing(monkeypatch, module, name, call, broken):
    """Let the function fail at its n-th call and from then on."""
    real, calls = getattr(module, name), []

    def fail(*arguments, **named):
        calls.append(1)
        if len(calls) >= call:
            raise broken()
        return real(*arguments, **named)

    monkeypatch.setattr(module, name, fail)


def left_behind():
    """Return what a submission that failed must not leave."""
    found = Path(settings.ARCHIVE_DIR).rglob("*")
    return (
        [path.stem for path in found if path.is_file()],
        staging_area.list_directories(),
        [each.objects.count() for each in (Record, Landing, HeldRow)],
        ledger_queries.size(),
    )


class TestFullDisk:
    @pytest.mark.parametrize(("module", "name", "call", "broken"), POINTS)
    def test_is_told_at_once_and_leaves_nothing(
        self, clerk, received_at, monkeypatch, module, name, call, broken
    ):
        before = left_behind()
        with monkeypatch.context() as patch:
            failing(patch, module, name, call, broken)
            with pytest.raises(breakdowns.DiskFullError) as told:
                operations.submit(hand_in(clerk, rows()), at=received_at)

        assert told.value.code == "DISK_FULL"
        assert left_behind() == before
        assert Submission.objects.count() == 0
        done = operations.submit(hand_in(clerk, rows()), at=received_at)
        assert (done.verdict.new, done.verdict.rejected) == (1, 1)

    @pytest.mark.parametrize(("module", "name", "call", "broken"), POINTS[2:])
    def test_ends_a_received_file_in_so_many_words_with_its_report(
        self, clerk, received_at, monkeypatch, module, name, call, broken
    ):
        told = operations.submit(hand_in(clerk, rows()), at=received_at, dry_run=True)
        identifier = operations.receive(hand_in(clerk, rows()), at=received_at)
        with monkeypatch.context() as patch:
            failing(patch, module, name, call, broken)
            for _ in range(operations.MOST_ATTEMPTS - 1):
                with pytest.raises((OSError, DatabaseError)):
                    operations.process(submission=identifier, at=received_at)
            done = operations.process(submission=identifier, at=received_at)

        assert (done.state, done.error_code) == ("FAILED", "DISK_FULL")
        assert (done.findings, done.rows_done) == (told.findings, 3)
        assert (done.counts, done.ledger_seq) == (None, None)
        assert [each.objects.count() for each in (Record, Landing, HeldRow)] == [0] * 3
        assert staging_area.list_directories() == []

    def test_is_waited_out_by_a_worker_whoever_noticed_it(
        self, clerk, received_at, monkeypatch
    ):
        operations.receive(hand_in(clerk, rows()), at=received_at)
        failing(monkeypatch, run, "check", 1, no_room_for_columns)

        with pytest.raises(OSError, match="No space left"):
            operations.process_next(at=received_at)

    def test_during_an_upload_refuses_it(self, clerk, received_at, monkeypatch):
        failing(monkeypatch, staging_area, "write", 1, no_room)

        with pytest.raises(breakdowns.DiskFullError):
            operations.receive(hand_in(clerk, rows()), at=received_at)

        assert staging_area.list_directories() == []
        assert Submission.objects.count() == 0


class TestFailedLoad:
    def test_keeps_its_report(self, clerk, received_at, monkeypatch):
        identifier = operations.receive(hand_in(clerk, rows()), at=received_at)
        with monkeypatch.context() as patch:
            failing(patch, records, "seal", 1, lambda: DatabaseError("gone"))
            for _ in range(operations.MOST_ATTEMPTS - 1):
                with pytest.raises(DatabaseError):
                    operations.process(submission=identifier, at=received_at)
            done = operations.process(submission=identifier, at=received_at)

        found = queries.list_findings(
            actor=clerk, submission=identifier, language="zh-hans"
        )
        assert (done.state, done.error_code) == ("FAILED", "GAVE_UP")
        assert found.items[0].row == 2
        assert "DATE_FORMAT" in done.findings
        row = Submission.objects.get(id=identifier)
        assert archive.path("findings", row.findings_digest).exists()
        assert left_behind()[0] == [row.findings_digest]

    def test_that_was_killed_keeps_its_report_too(
        self, clerk, received_at, monkeypatch
    ):
        identifier = operations.receive(hand_in(clerk, rows()), at=received_at)
        with monkeypatch.context() as patch:
            patch.setattr(landing, "land", lambda *given, **named: 1 / 0)
            for _ in range(operations.MOST_ATTEMPTS):
                with pytest.raises(ZeroDivisionError):
                    operations.process(submission=identifier, at=received_at)

        done = operations.process(submission=identifier, at=received_at)

        row = Submission.objects.get(id=identifier)
        assert (done.state, done.error_code) == ("FAILED", "GAVE_UP")
        assert done.findings["DATE_FORMAT"] == 1
        assert archive.path("findings", row.findings_digest).exists()


class TestIsDiskFull:
    def test_knows_every_messenger(self):
        on_server = OperationalError("could not extend file")
        on_server.__cause__ = psycopg.errors.DiskFull()

        for broken in (
            no_room(),
            no_room_in_database(),
            no_room_for_columns(),
            on_server,
        ):
            assert breakdowns.is_disk_full(broken)

    def test_blames_it_for_nothing_else(self):
        for broken in (
            OSError(errno.EACCES, "Permission denied"),
            OperationalError("server closed the connection"),
            pl.exceptions.ComputeError("no such column"),
        ):
            assert not breakdowns.is_disk_full(broken)
