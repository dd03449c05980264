"""Faults around the register lose and double nothing, and every receipt verifies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.factories import city as cities
from tests.factories import files
from tests.proofs import faults
from tests.proofs.databases import own_database
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.ledger import receipts
from xinheng.apps.records import changes
from xinheng.apps.records.models import Record
from xinheng.core.changes.cursor import BEGINNING

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
IS_POSTGRESQL = os.environ.get("DATABASE_URL", "").startswith("postgres")


def run(fault: str, directory: Path) -> dict[str, int]:
    with own_database(f"xinheng_fault_{fault}_{WORKER}") as environment:
        done = subprocess.run(
            [sys.executable, "-m", "tests.proofs.faults", fault, f"--dir={directory}"],
            env={**environment, "XINHENG_DIR": str(directory)},
            capture_output=True,
            text=True,
            timeout=500,
        )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-6000:]
    return json.loads(done.stdout)


@pytest.mark.proof
class TestFaults:
    @pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has no sessions to end")
    def test_sessions_that_end_under_load(self, tmp_path):
        assert run("sessions", tmp_path)["sessions_ended"] > 0

    def test_a_disk_that_is_full(self, tmp_path):
        assert run("disk", tmp_path)["broken"] > 0

    def test_a_small_file_system_that_is_full(self, tmp_path):
        if IS_POSTGRESQL or not faults.mounted(tmp_path):
            pytest.skip("the database lies elsewhere, or nothing can be mounted")
        try:
            assert run("full", tmp_path)["broken"] > 0
        finally:
            subprocess.run(["umount", str(tmp_path)], check=True)

    def test_two_workers_on_one_job(self, tmp_path):
        assert run("workers", tmp_path)["workers"] == 2


class TestClockSetBack:
    def test_keeps_the_order_of_the_ledger(self, db, settings, tmp_path):
        cities.found(tmp_path, settings)
        late = datetime(2019, 7, 3, 2, 0, tzinfo=UTC)
        row, other = files.permit_rows(2)
        for days, text in ((0, "一"), (10, "二"), (20, "三")):
            at = late - timedelta(days=days)
            cities.hand_in([{**row, "许可内容": f"第{text}版"}, other], at=at)

        current = Record.objects.filter(superseded_at__isnull=True)
        assert current.filter(body__contains="第三版").count() == 1
        assert current.count() == 2
        for old in Record.objects.filter(superseded_at__isnull=False):
            assert old.superseded_at >= old.recorded_at
        seen = changes.list_changes(after=BEGINNING, on=late.date())
        shown = [each for each in seen.changes if each.record is not None]
        assert len(shown) == 2
        size = ledger.size()
        for seq in range(size):
            receipt = receipts.receipt(seq=seq, size=size)
            assert receipts.verify(receipt) == ()
        assert ledger.verify().problems == ()
