"""Watched folders: complete files once, links never, verdicts beside them."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import files
from xinheng.apps.intake import draining, folders, operations, sources, staging
from xinheng.apps.intake.models import SourceState, Submission

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def folder(tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    return sources.Folder(name="front-end", path=inbox, unit="U01", dataset="permit")


def soon():
    return datetime.now(UTC) + timedelta(minutes=1)


def put(folder, rows=3, *, name="permits.csv", **change):
    path = folder.path / name
    path.write_bytes(files.as_csv(files.permit_rows(rows), **change))
    return path


def names(room):
    return sorted(path.name for path in room.iterdir() if path.is_file())


def verdict(folder, room="done"):
    (path,) = (folder.path / room).glob("*.json")
    return json.loads(path.read_text(encoding="utf-8"))


class TestDrain:
    @pytest.mark.parametrize("name", ["done-may.csv", "taken.csv", "refused.csv"])
    def test_takes_a_file_that_is_named_like_a_room(self, folder, name):
        put(folder, name=name)

        assert len(folders.drain(folder, at=soon())) == 1

    @pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
    def test_hands_a_file_in_and_writes_the_verdict_beside_it(self, folder, encoding):
        put(folder, encoding=encoding)

        (submission,) = folders.drain(folder, at=soon())

        row = Submission.objects.get()
        assert (row.origin, row.submitted_by) == ("FOLDER", "source:front-end")
        assert names(folder.path) == names(folder.path / "taken") == []
        mark = submission[:8]
        assert names(folder.path / "done") == [
            f"{mark}-permits.csv",
            f"{mark}-permits.csv.findings.csv",
            f"{mark}-permits.csv.json",
        ]
        assert verdict(folder)["counts"]["new"] == 3
        assert staging.list_directories() == []

    def test_tells_findings_by_row_with_no_formula(self, folder):
        rows = files.permit_rows(2)
        rows[0]["许可决定日期"] = '=HYPERLINK("http://x")'
        (folder.path / "a.csv").write_bytes(files.as_csv(rows))

        folders.drain(folder, at=soon())

        (path,) = (folder.path / "done").glob("*.findings.csv")
        found = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        assert ["1", "decided_on", "DATE_FORMAT"] in [row[:3] for row in found]
        assert not [
            cell for row in found for cell in row if cell[:1] in "=+-@\t\r" and cell
        ]

    def test_leaves_what_changed_lately(self, folder):
        put(folder)

        folders.drain(folder, at=datetime.now(UTC))

        assert names(folder.path) == ["permits.csv"]

    def test_is_not_deceived_by_a_copied_time(self, folder):
        os.utime(put(folder), (0, 0))

        folders.drain(folder, at=datetime.now(UTC))

        assert names(folder.path) == ["permits.csv"]

    def test_waits_for_the_companion_where_one_is_agreed(self, folder):
        agreed = sources.Folder(
            name="front-end",
            path=folder.path,
            unit="U01",
            dataset="permit",
            done_suffix=".done",
        )
        put(folder)
        folders.drain(agreed, at=soon())
        assert not Submission.objects.exists()

        (folder.path / "permits.csv.done").touch()
        folders.drain(agreed, at=datetime.now(UTC))

        assert Submission.objects.count() == 1
        assert names(folder.path) == []

    def test_ignores_directories_hidden_files_and_links(self, folder, tmp_path):
        secret = tmp_path / "secret.csv"
        secret.write_bytes(files.as_csv(files.permit_rows(1)))
        (folder.path / "link.csv").symlink_to(secret)
        os.link(secret, folder.path / "second-name.csv")
        os.mkfifo(folder.path / "pipe.csv")
        (folder.path / "below").mkdir()
        put(folder, name="below/permits.csv")
        put(folder, name=".permits.csv.part")

        folders.drain(folder, at=soon())

        assert not Submission.objects.exists()
        assert secret.exists()

    def test_follows_no_link_out_of_taken_or_done(self, folder, tmp_path):
        folders.drain(folder, at=soon())
        secret = tmp_path / "secret.csv"
        secret.write_bytes(b"x")
        (folder.path / "taken" / "link.csv").symlink_to(secret)
        folders.drain(folder, at=soon())
        assert not Submission.objects.exists()

        (folder.path / "done").rmdir()
        (folder.path / "done").symlink_to(tmp_path)

        assert draining.run(folder, at=soon()).error == "FOLDER_UNREADABLE"

    def test_moves_a_refused_file_aside_with_the_reason(self, folder):
        (folder.path / "notes.pdf").write_bytes(b"%PDF")

        folders.drain(folder, at=soon())

        assert verdict(folder, "refused")["error_code"] == "FILE_EXTENSION"
        assert any(
            name.endswith("-notes.pdf") for name in names(folder.path / "refused")
        )

    def test_keeps_no_file_with_a_personal_number(self, folder):
        number = "210899199001010012"
        rows = files.permit_rows(2)
        rows[0]["备注"] = number
        (folder.path / "a.csv").write_bytes(files.as_csv(rows))
        put(folder, name=f"{number}.csv")

        folders.drain(folder, at=soon())

        left = [path for path in folder.path.rglob("*") if path.is_file()]
        assert left
        assert not [
            path
            for path in left
            if path.suffix == ".csv" and "findings" not in path.name
        ]
        assert not [path for path in left if number in path.name]
        assert not [path for path in left if number.encode() in path.read_bytes()]
        assert verdict(folder)["removed"]

    def test_takes_the_next_file_of_a_name_after_the_first(self, folder):
        put(folder, rows=1)
        folders.drain(folder, at=soon())
        put(folder, rows=2)

        folders.drain(folder, at=soon())

        assert Submission.objects.count() == 2
        assert len(list((folder.path / "done").glob("*.json"))) == 2

    def test_can_name_a_file_with_bytes_that_are_no_text(self, folder):
        path = os.fsencode(folder.path) + b"/\xff\xfe.csv"
        with open(path, "wb") as file:
            file.write(files.as_csv(files.permit_rows(1)))

        folders.drain(folder, at=soon())

        assert verdict(folder)["counts"]["new"] == 1

    def test_dates_a_file_by_the_agreed_month(self, folder):
        put(folder)
        monthly = sources.Folder(
            name="front-end",
            path=folder.path,
            unit="U01",
            dataset="permit",
            period="previous",
        )
        at = datetime(2031, 3, 4, tzinfo=UTC)

        folders.drain(monthly, at=at)

        assert Submission.objects.get().period == "2031-02"


class TestKilled:
    @pytest.mark.parametrize("where", ["receive", "process", "put_away"])
    def test_is_followed_by_one_that_goes_on(self, folder, monkeypatch, where):
        put(folder)
        module, name = {
            "receive": (operations, "receive"),
            "process": (operations, "process"),
            "put_away": (folders, "_put_away"),
        }[where]
        with monkeypatch.context() as patch:
            patch.setattr(module, name, die)
            with pytest.raises(KeyboardInterrupt):
                folders.drain(folder, at=soon())
        assert names(folder.path / "taken") == ["permits.csv"]

        operations.sweep()
        folders.drain(folder, at=soon() + timedelta(days=40))

        assert Submission.objects.count() == 1
        assert verdict(folder)["counts"]["new"] == 3


def die(*_, **__):
    raise KeyboardInterrupt


class TestRun:
    def test_notes_how_it_went(self, folder):
        put(folder)

        run = draining.run(folder, at=soon())

        state = SourceState.objects.get()
        assert run.submissions == (str(state.last_submission_id),)
        assert state.last_error == ""

    def test_waits_longer_after_each_failure_and_recovers(self, folder):
        at = soon()
        folder.path.rmdir()
        waits = []
        for _ in range(8):
            draining.run(folder, at=at)
            waits.append((SourceState.objects.get().retry_at - at).total_seconds())

        assert waits[:3] == [60, 120, 240]
        assert waits[-1] == 3600
        assert not sources.is_due(folder, at=at + timedelta(minutes=59))
        folder.path.mkdir()
        assert draining.run(folder, at=at).error == ""
        assert SourceState.objects.get().retry_at is None

    def test_tells_where_a_file_can_not_be_moved(self, folder, monkeypatch):
        put(folder)

        def refused(*_, **__):
            raise PermissionError(errno.EACCES, "no")

        monkeypatch.setattr(os, "rename", refused)

        assert draining.run(folder, at=soon()).error == "INPUT_OUTPUT"

    def test_tells_of_a_unit_that_is_not_there(self, tmp_path):
        wrong = sources.Folder(name="x", path=tmp_path, unit="没有", dataset="permit")
        (tmp_path / "a.csv").write_bytes(b"x")
        os.utime(tmp_path / "a.csv", (time.time(), time.time()))

        assert draining.run(wrong, at=soon()).error == "UNKNOWN_UNIT"
