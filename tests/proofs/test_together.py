"""Processes that hand in, work, import and sweep at once leave a sound register."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.proofs.databases import own_database


@pytest.mark.proof
def test_processes_at_once_lose_and_double_nothing(tmp_path):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with own_database(f"xinheng_together_{worker}") as environment:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.proofs.together",
                "--seed=1",
                f"--dir={tmp_path}",
            ],
            env={**environment, "XINHENG_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=500,
        )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
