"""Several processes append at once: no gap, no entry twice, all of it verifies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

PROCESSES, APPENDS = 4, 8

APPEND = f"""
import django; django.setup()
from datetime import UTC, datetime
from django.db import transaction
from xinheng.apps.ledger import operations
at = datetime(2019, 6, 3, tzinfo=UTC)
for number in range({APPENDS}):
    with transaction.atomic():
        appended = operations.append(
            kind="act", subject=f"subject:{{number}}", actor="actor", body={{}}, at=at
        )
    print(appended.seq)
"""
MIGRATE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", "ledger", verbosity=0)
"""
VERIFY = """
import django; django.setup()
from xinheng.apps.ledger import queries
report = queries.verify()
print(report.size, [(each.code, each.place) for each in report.problems])
"""


def start(script: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


@pytest.fixture
def environment(tmp_path: Path, transactional_db: None) -> dict[str, str]:
    """A database that several processes share: a file, or the suite's PostgreSQL."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "xinheng.project.settings_test",
        "XINHENG_DIR": str(tmp_path),
    }
    environment.pop("DATABASE_URL", None)
    if connection.vendor == "postgresql":
        told = connection.settings_dict
        environment["DATABASE_URL"] = (
            f"postgres://{told['USER']}:{told['PASSWORD']}@{told['HOST']}"
            f":{told['PORT']}/{told['NAME']}"
        )
    finish(start(MIGRATE, environment))
    return environment


class TestAppendingAtOnce:
    def test_leaves_no_gap(self, environment):
        started = [start(APPEND, environment) for _ in range(PROCESSES)]
        seqs = [int(seq) for each in started for seq in finish(each).split()]

        assert sorted(seqs) == list(range(PROCESSES * APPENDS))
        assert finish(start(VERIFY, environment)).strip() == "32 []"
