"""Workers in processes of their own never hold the same delivery."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

WORKERS, SUBJECTS, MESSAGES = 3, 12, 3

SET_UP = f"""
import django; django.setup()
from datetime import UTC, datetime
from django.core.management import call_command
from django.db import transaction
from xinheng.apps.outbox import operations
call_command("migrate", "outbox", verbosity=0)
at = datetime(2019, 6, 3, tzinfo=UTC)
for number in range({SUBJECTS * MESSAGES}):
    with transaction.atomic():
        operations.queue(
            topic="t", subject=f"s{{number % {SUBJECTS}}}", payload={{"n": number}},
            ledger_seq=number, at=at,
        )
"""
WORK = """
import sys, time
import django; django.setup()
from datetime import UTC, datetime
from xinheng.apps.outbox import operations, queries
at = datetime(2019, 6, 3, tzinfo=UTC)
while queries.count_by_state()["PENDING"]:
    for each in operations.claim_due(worker=sys.argv[1], at=at, limit=4):
        print(time.monotonic_ns(), each.subject, each.payload["n"], flush=True)
        operations.delivered(key=each.key, at=at)
"""


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.splitlines()


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
    return environment


class TestWorkersAtOnce:
    def test_deliver_each_message_once_and_each_subject_in_order(self, environment):
        finish(start(environment, SET_UP))
        workers = [start(environment, WORK, f"w{n}") for n in range(WORKERS)]
        taken = sorted(
            (int(when), subject, int(number))
            for worker in workers
            for when, subject, number in (line.split() for line in finish(worker))
        )

        numbers = Counter(number for _, _, number in taken)
        assert numbers == dict.fromkeys(range(SUBJECTS * MESSAGES), 1)
        for wanted in {subject for _, subject, _ in taken}:
            in_order = [number for _, subject, number in taken if subject == wanted]
            assert in_order == sorted(in_order)
