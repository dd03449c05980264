"""A process that is killed between a piece and its row, and the one that goes on.

Each process has the register of a directory of the test's own (SQLite): a kill can't be
played within the test's transaction.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.factories import files

_BEFORE = """
import io, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import django
django.setup()
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import operations, uploads
from xinheng.apps.intake.models import Submission, Upload
AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
WHO = Actor("machine", units=frozenset({"U01"}))
FILE = Path(sys.argv[1]).read_bytes()
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
def add(upload, offset, content):
    piece = uploads.Piece(offset, io.BytesIO(content))
    return uploads.add(actor=WHO, upload=upload, piece=piece, at=AT)
"""
_KILLED = (
    _BEFORE
    + """
from django.core.management import call_command
from xinheng.cli import founding
call_command("migrate", verbosity=0)
founding.found()
hand_in = operations.HandIn(
    WHO, "U01", "permit", "2019-05", "permits.csv", io.BytesIO(), operations.Origin.API
)
begun = uploads.begin(uploads.Announcement(hand_in, len(FILE)), at=AT)
add(begun.id, 0, FILE[:100])
where = sys.argv[2]
if where == "row":
    Upload.save = die
elif where == "write":
    uploads._sync_directory = die
else:
    uploads._hand_in = die
add(begun.id, 100, FILE[100:] if where == "finish" else FILE[100:150])
"""
)
_RESUMING = (
    _BEFORE
    + """
operations.sweep()
upload = str(Upload.objects.get().id)
found = uploads.get_upload(actor=WHO, upload=upload, at=AT)
if found.submission is None:
    assert found.received_bytes == 100, found
    found = add(upload, 100, FILE[100:])
row = Submission.objects.get()
assert found.submission == str(row.id)
done = operations.process_next(at=AT)
print(done.state, done.verdict.rows_read, done.file_digest)
"""
)


def run(script, tmp_path, *arguments):
    given = {
        **{name: text for name, text in os.environ.items() if name != "DATABASE_URL"},
        "XINHENG_DIR": str(tmp_path / "var"),
        "DJANGO_SETTINGS_MODULE": "xinheng.project.settings_test",
    }
    command = [sys.executable, "-c", script, str(tmp_path / "permits.csv"), *arguments]
    return subprocess.run(
        command, env=given, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("where", ["write", "row", "finish"])
def test_is_followed_by_one_that_hands_the_file_in_once(tmp_path, where):
    (tmp_path / "var").mkdir()
    files.write_csv(tmp_path / "permits.csv", files.permit_rows(3))

    killed = run(_KILLED, tmp_path, where)
    resumed = run(_RESUMING, tmp_path)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert resumed.stdout.startswith("COMPLETED 3 "), resumed.stderr
