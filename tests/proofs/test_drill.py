"""The drill: back up under load, kill, restore elsewhere, rebuild, verify, go on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.factories import files
from tests.proofs.databases import own_database

pytestmark = pytest.mark.proof

# Hands in a file of one new permit after the other, until it is killed.
WRITER = """
import io, sys
import django; django.setup()
from django.utils import timezone
from tests.factories import files
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import operations
clerk = Actor("writer", units=frozenset({"U01"}))
for number in range(10, 10_000):
    content = io.BytesIO(files.as_csv(files.permit_rows(number)[number - 1 :]))
    hand_in = operations.HandIn(clerk, "U01", "permit", None, "w.csv", content)
    operations.submit(hand_in, at=timezone.now())
    print(number, flush=True)
"""
SECRET = "only-for-the-test-suite"


@pytest.fixture
def environments() -> Iterator[tuple[Mapping[str, str], Mapping[str, str]]]:
    """Two installations: the one that works, and the one that comes back."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with (
        own_database(f"xinheng_drill_{worker}") as working,
        own_database(f"xinheng_drill_{worker}_again") as restored,
    ):
        yield working, restored


def xinheng(*arguments: object, at: Path, env: Mapping[str, str]) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "xinheng", *map(str, arguments), "--json"],
        env={**env, "XINHENG_DIR": str(at)} | settings_of(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def settings_of() -> dict[str, str]:
    return {
        "XINHENG_SECRET_KEY": SECRET,
        "DJANGO_SETTINGS_MODULE": "xinheng.project.settings",
    }


def write_until_killed(at: Path, env: Mapping[str, str]) -> subprocess.Popen[str]:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER],
        env={**env, "XINHENG_DIR": str(at)} | settings_of(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline().strip() == "10"
    return writer


def test_a_backup_under_load_comes_back_and_works(environments, tmp_path):
    working, restored = environments
    here, there, kept = (tmp_path / name for name in ("here", "there", "kept"))
    register = files.write_register(tmp_path / "register.csv")
    permits = tmp_path / "permits.csv"
    permits.write_bytes(files.as_csv(files.permit_rows(5)))
    hand_in = ("submit", permits, "--dataset=permit", "--unit=U01")
    xinheng("import", register, at=here, env=working)
    xinheng(*hand_in, at=here, env=working)

    writer = write_until_killed(here, working)
    made = xinheng("backup", "--out", kept, at=here, env=working)
    time.sleep(0.2)
    writer.send_signal(signal.SIGKILL)
    writer.communicate()

    shutil.copytree(here / "keys", there / "keys")
    back = xinheng("restore", kept, at=there, env=restored)
    assert back["ledger_size"] == made["ledger_size"]
    for place, env in ((here, working), (there, restored)):
        assert xinheng("ledger", "verify", at=place, env=env)["ok"]
        assert xinheng("rebuild", "--verify", at=place, env=env)["ok"]
        again = xinheng(*hand_in, at=place, env=env)
        assert (again["new"], again["unchanged"]) == (0, 5)
    lost = xinheng("ledger", "verify", at=here, env=working)["size"]
    assert isinstance(lost, int)
    assert lost > int(str(back["ledger_size"]))
