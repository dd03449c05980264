"""A process killed in the middle of an operation leaves nothing half done."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.proofs.databases import own_database

KILLS = 57  # every point once; `make prove` runs at least 500


@pytest.mark.proof
def test_no_kill_leaves_half_a_submission(tmp_path):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with own_database(f"xinheng_kills_{worker}") as environment:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.proofs.kills",
                f"--kills={KILLS}",
                "--seed=1",
                f"--dir={tmp_path}",
            ],
            env={**environment, "XINHENG_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=500,
        )

    assert done.returncode == 0, done.stderr[-4000:]
    assert json.loads(done.stdout)["kills"] == KILLS
