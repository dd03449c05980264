"""Staging: one holder at a time, nothing lost to a sweep, nothing left behind."""

from __future__ import annotations

import io
import threading
import uuid
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from tests.factories import files
from xinheng.apps.intake import archive, checking, operations, queries, staging
from xinheng.apps.intake.models import Submission
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.records.models import Record

pytestmark = pytest.mark.usefixtures("city")


def hand_in(clerk, content=None, *, name="permits.csv"):
    content = content or io.BytesIO(files.as_csv(files.permit_rows(3)))
    return operations.HandIn(clerk, "U01", "permit", "2019-05", name, content)


class Broken:
    """An upload whose connection breaks after the first bytes."""

    def __init__(self):
        self.parts = [b"210899199001010012"]

    def read(self, size):
        if self.parts:
            return self.parts.pop()
        raise OSError("connection lost")


def archived():
    found = Path(django_settings.ARCHIVE_DIR).rglob("*")
    return sorted(path.stem for path in found if path.is_file())


class TestHold:
    def test_is_refused_while_another_holds(self):
        identifier = uuid.uuid4()

        with staging.hold(identifier) as first, staging.hold(identifier) as second:
            assert (first, second) == (True, False)
        with staging.hold(identifier) as third:
            assert third

    def test_waits_for_a_sweep_and_has_a_directory_then(self):
        identifier = uuid.uuid4()
        is_held, may_wipe = threading.Event(), threading.Event()

        def sweep():
            with staging.hold(identifier):
                is_held.set()
                may_wipe.wait(10)
                staging.wipe(identifier)

        sweeper = threading.Thread(target=sweep)
        sweeper.start()
        is_held.wait(10)
        threading.Timer(0.2, may_wipe.set).start()
        with staging.hold(identifier, wait=True) as is_ours:
            staged = staging.write(io.BytesIO(b"x"), identifier, file_name="a.csv")
            sweeper.join(10)

            assert is_ours
            assert staged.content.read_bytes() == b"x"
            with staging.hold(identifier) as again:
                assert not again


class TestContentPath:
    @pytest.mark.parametrize(
        ("name", "suffix"),
        [
            ("a.CSV", ".csv"),
            ("a.xlsx", ".xlsx"),
            ("a.表", ""),
            ("a." + "b" * 300, ""),
            ("a.210899199001010012", ""),
        ],
    )
    def test_takes_only_a_plain_suffix_from_the_name(self, name, suffix):
        path = staging.content_path(uuid.uuid4(), file_name=name)

        assert path.name == f"content{suffix}"


class TestWrite:
    def test_stops_at_the_largest_file(self, clerk, received_at, settings):
        settings.MAX_UPLOAD_BYTES = 10

        for take in (operations.receive, operations.submit):
            with pytest.raises(staging.FileTooLargeError):
                take(hand_in(clerk), at=received_at)

        assert staging.list_directories() == []
        assert Submission.objects.count() == 0

    def test_lets_nobody_else_look(self):
        identifier = uuid.uuid4()

        with staging.hold(identifier):
            mode = staging.directory(identifier).stat().st_mode

        assert mode & 0o077 == 0


class TestReceive:
    def test_is_not_swept_away_meanwhile(self, clerk, received_at, monkeypatch):
        write = staging.write

        def swept(*arguments, **named):
            operations.sweep()
            return write(*arguments, **named)

        monkeypatch.setattr(staging, "write", swept)

        identifier = operations.receive(hand_in(clerk), at=received_at)
        operations.sweep()

        assert (
            operations.process(submission=identifier, at=received_at).verdict.new == 3
        )

    @pytest.mark.parametrize("take", [operations.receive, operations.submit])
    def test_leaves_nothing_of_an_upload_that_broke_off(self, clerk, received_at, take):
        with pytest.raises(OSError, match="connection lost"):
            take(hand_in(clerk, Broken()), at=received_at)

        assert staging.list_directories() == []
        assert Submission.objects.count() == 0

    def test_takes_a_name_that_no_database_can_hold(self, clerk, received_at):
        name = "五月\x00许可\udcff.csv"

        identifier = operations.receive(hand_in(clerk, name=name), at=received_at)

        done = operations.process(submission=identifier, at=received_at)
        assert (done.file_name, done.state) == ("五月许可?.csv", "COMPLETED")


class TestSweep:
    def test_wipes_uploads_that_broke_off(self, settings, tmp_path):
        settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
        (tmp_path / "tmpabc.upload.csv").write_bytes(b"210899199001010012")
        (tmp_path / "mine.txt").write_bytes(b"")

        operations.sweep()

        assert (tmp_path / "mine.txt").exists()
        assert not (tmp_path / "tmpabc.upload.csv").exists()

    def test_passes_over_what_is_no_submission(self):
        strange = Path(django_settings.STAGING_DIR) / ("x" * 32)
        strange.mkdir(parents=True)

        assert operations.sweep() == 0
        assert strange.exists()


class TestArchive:
    def test_holds_nothing_of_a_landing_that_failed(
        self, clerk, received_at, monkeypatch
    ):
        def fail(**named):
            raise ValueError("no evidence")

        monkeypatch.setattr(ledger, "append", fail)

        with pytest.raises(ValueError, match="no evidence"):
            operations.submit(hand_in(clerk), at=received_at)

        assert archived() == []
        assert staging.list_directories() == []
        assert Record.objects.count() == 0

    def test_holds_no_rows_of_an_attempt_that_died_but_its_report(
        self, clerk, received_at, monkeypatch
    ):
        identifier = operations.receive(hand_in(clerk), at=received_at)
        with monkeypatch.context() as patch:
            patch.setattr(ledger, "append", lambda **named: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                operations.process(submission=identifier, at=received_at)
        left = archived()
        Submission.objects.update(attempts=operations.MOST_ATTEMPTS)

        operations.process(submission=identifier, at=received_at)

        assert len(left) == 2
        assert archived() == [Submission.objects.get().findings_digest]

    def test_keeps_what_a_landing_has_just_come_to_name(
        self, clerk, received_at, monkeypatch
    ):
        """The same rows again, landing while the sweep looks at those that died."""
        dead = uuid.uuid4()
        row = operations.new(hand_in(clerk), at=received_at)
        row.id = dead
        with staging.hold(dead):
            operations._stage(row, hand_in(clerk))
            item = operations.catalog.get_dataset("permit")
            report = checking.check(
                row, dataset=item, on=received_at.date(), dry_run=False
            )
            archive.publish("accepted", report.accepted_path)
            archive.publish("findings", report.findings_path)
        lock_all = checking.catalog.lock_all
        landed = []

        def land_meanwhile():
            if not landed:
                landed.append(operations.submit(hand_in(clerk), at=received_at))
            lock_all()

        monkeypatch.setattr(checking.catalog, "lock_all", land_meanwhile)

        operations.sweep()

        assert landed[0].verdict.new == 3
        named = Submission.objects.get()
        assert archived() == sorted([named.accepted_digest, named.findings_digest])
        assert queries.list_findings(
            actor=clerk, submission=landed[0].id, language="en"
        ).items

    def test_holds_no_copy_that_broke_off(self, tmp_path, monkeypatch):
        source = tmp_path / "rows.parquet"
        source.write_bytes(b"rows")
        monkeypatch.setattr(archive, "_force", lambda path: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            archive.publish("accepted", source)

        assert archived() == []

    def test_is_swept_of_copies_that_were_killed(self):
        partials = Path(django_settings.ARCHIVE_DIR) / "partial"
        partials.mkdir(parents=True)
        (partials / "abc.123").write_bytes(b"rows")

        operations.sweep()

        assert archived() == []

    def test_is_named_by_the_digest_of_its_bytes(self, clerk, received_at):
        done = operations.submit(hand_in(clerk), at=received_at)
        row = Submission.objects.get(id=done.id)

        for kind, digest in (
            ("accepted", row.accepted_digest),
            ("findings", row.findings_digest),
        ):
            assert archive.digest_of(archive.path(kind, digest)) == digest
