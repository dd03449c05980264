"""Rebuild and compare what was landed, against the landing itself.

    python -m benches.rebuild --rows 200000

A file of permits is handed in, then a second one that corrects half of them; `rebuild`
compares the tables with archive and ledger. The floor is the intake of both, in the
same run, in processor time and in seconds. In the database of `DATABASE_URL`, too.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from benches import _permits, _submissions

PROMISE = 3.0
SMALL_ROWS = 2_000
AT = datetime.combine(
    _permits.FIRST_DAY + timedelta(days=7), datetime.min.time(), tzinfo=UTC
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where the promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--small", action="store_true", help="does it run at all")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        print(json.dumps(_work(options.child)))
        return
    rows = SMALL_ROWS if options.small else options.rows
    kept = True
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-") as directory:
        place = Path(directory)
        _submissions.write(place, rows=rows)
        whole = pl.read_csv(place / "permits.csv", infer_schema=False)
        half = whole.head(rows // 2).with_columns(pl.lit("更正").alias("备注"))
        half.write_csv(place / "corrected.csv")
        for database in _submissions.databases(place):
            kept = _report(database, place, rows) and kept
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load}")
    if not (kept or options.small):
        sys.exit(1)


def _report(
    database: _submissions.Sqlite | _submissions.Postgres, place: Path, rows: int
) -> bool:
    environment = {
        **database.environment(),
        "DJANGO_SETTINGS_MODULE": "xinheng.project.settings",
        "XINHENG_SECRET_KEY": "only-for-the-bench",
    }
    if isinstance(database, _submissions.Postgres):
        database.keep()
        database.begin()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "benches.rebuild", "--child", str(place)],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    finally:
        database.drop()
    found = json.loads(done.stdout.splitlines()[-1])
    ratio = found["rebuild_cpu"] / found["intake_cpu"]
    print(
        f"{database.name}, {rows} rows: intake {found['intake']:.1f} s"
        f" ({found['intake_cpu']:.1f} of processor), rebuild {found['rebuild']:.1f} s"
        f" ({found['rebuild_cpu']:.1f}):"
        f" ratio {found['rebuild'] / found['intake']:.2f},"
        f" of processor time {ratio:.2f}; {found['versions']} versions, equal"
    )
    return ratio <= PROMISE


def _work(place: Path) -> dict[str, float]:
    from xinheng.cli.environment import prepare

    prepare(None)
    from xinheng.apps.custody import rebuild
    from xinheng.apps.organizations import operations

    operations.import_register(path=place / "register.csv", actor="bench", at=AT)
    started, before = time.perf_counter(), time.process_time()
    for name in ("permits.csv", "corrected.csv"):
        _hand_in(place / name)
    between, halfway = time.perf_counter(), time.process_time()
    report = rebuild.verify()
    assert report.ok, report.differences
    return {
        "intake": between - started,
        "intake_cpu": halfway - before,
        "rebuild": time.perf_counter() - between,
        "rebuild_cpu": time.process_time() - halfway,
        "versions": report.versions,
    }


def _hand_in(path: Path) -> None:
    from xinheng.apps.accounts.actors import Actor
    from xinheng.apps.intake import operations

    clerk = Actor("bench", units=frozenset({"U01"}))
    with path.open("rb") as content:
        hand_in = operations.HandIn(clerk, "U01", "permit", None, path.name, content)
        operations.submit(hand_in, at=AT)


if __name__ == "__main__":
    main()
