"""Unit by dataset by month over the archive, against the bare DuckDB query.

    python -m benches.archive_statistics --rows 5000000
    python -m benches.archive_statistics --large

The archive is made up: 48 units hand in two datasets for each of twelve months, a file
of five columns each; a twentieth of the rows corrects a row of the month before. `ours`
is `pipeline.archive_statistics.count`, the floor one query over the same files that
takes unit, dataset and month from their names and counts each key once, in the month in
which it came first: the same deduplication. Same threads, same memory; in turns, each
in a process of its own, the median of the rounds. The figures must be equal.

`--large` takes 100,000,000 rows. Peak disk is that of the files and of what DuckDB
spills, looked at ten times a second.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb

PROMISE = 1.5
ROWS, SMALL_ROWS, LARGE_ROWS = 5_000_000, 20_000, 100_000_000
UNITS = tuple(f"U{number:02d}" for number in range(1, 49))
MONTHS = tuple(f"2019-{number:02d}" for number in range(1, 13))
DATASETS = ("permit", "penalty")
THREADS, MEMORY = 2, "4GB"
_WRITE = """COPY (
  SELECT CAST(i + 1 AS UINTEGER) AS row,
    CAST((i * 7919) % 200000 AS VARCHAR) AS organization,
    '{unit}/{dataset}/' || CASE WHEN i % 20 = 0 AND {month} > 0 THEN {month} - 1
      ELSE {month} END || '/' || CASE WHEN i % 20 = 0 THEN i + 1 ELSE i END
      AS natural_key,
    DATE '2019-01-01' + CAST(i % 360 AS INTEGER) AS decided_on,
    md5(CAST(i AS VARCHAR)) AS body
  FROM range({rows}) r(i)) TO '{path}' (FORMAT parquet)"""
_BARE = """
SELECT unit, dataset, month, count(*) FROM (
  SELECT dataset, arg_max(unit, place) AS unit, arg_min(month, place) AS month FROM (
    SELECT natural_key, split_part(f, '_', 1) AS dataset, split_part(f, '_', 2) AS unit,
      split_part(f, '_', 3) AS month,
      CAST(split_part(f, '_', 4) AS BIGINT) * 4294967296 + row AS place
    FROM (SELECT natural_key, row, parse_filename(filename, true) AS f
      FROM read_parquet('{folder}/*.parquet', filename = true)))
  GROUP BY dataset, natural_key)
GROUP BY ALL"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where the promise is broken."""
    options = _options(arguments)
    if options.child:
        print(json.dumps(STEPS[options.child](options.place)))
        return
    rows = SMALL_ROWS if options.small else options.rows
    rows = LARGE_ROWS if options.large else rows
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-") as directory:
        place = Path(directory)
        written, size = _write(place, rows)
        watch = _Watch(place)
        rounds = 1 if options.small else options.rounds
        done = [_round(place) for _ in range(rounds)]
        peak = watch.end()
    is_kept = _report(done, written, size, peak)
    if not is_kept and not options.small:
        raise SystemExit(1)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benches.archive_statistics", description=__doc__
    )
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="does it run at all")
    parser.add_argument("--large", action="store_true", help="100,000,000 rows")
    parser.add_argument("--child", choices=("ours", "bare"), help=argparse.SUPPRESS)
    parser.add_argument("--place", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _write(place: Path, rows: int) -> tuple[int, int]:
    """Write the archive and return its rows and bytes."""
    files = place / "files"
    files.mkdir()
    each = max(rows // (len(UNITS) * len(MONTHS) * len(DATASETS)), 1)
    database, seq = duckdb.connect(), 0
    for number, month in enumerate(MONTHS):
        for unit in UNITS:
            for dataset in DATASETS:
                path = files / f"{dataset}_{unit}_{month}_{seq}.parquet"
                told = {"unit": unit, "dataset": dataset, "month": number}
                database.execute(_WRITE.format(**told, rows=each, path=path))
                seq += 1
    return each * seq, sum(path.stat().st_size for path in files.iterdir())


def _round(place: Path) -> dict[str, dict[str, float]]:
    return {step: _child(step, place) for step in STEPS}


def _child(step: str, place: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benches.archive_statistics", "--child", step]
    done = subprocess.run(
        [*command, "--place", str(place)], stdout=subprocess.PIPE, check=True
    )
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def _ours(place: Path) -> dict[str, object]:
    from xinheng.pipeline import archive_statistics
    from xinheng.pipeline.archive_statistics import Engine, Part

    parts = []
    for path in sorted((place / "files").iterdir()):
        dataset, unit, month, seq = path.stem.split("_")
        parts.append(Part(path, unit, dataset, month, month, int(seq)))
    engine = Engine(THREADS, MEMORY, place / "spill")
    started = time.perf_counter()
    counted = archive_statistics.count(parts, {}, engine=engine)
    return _told(started, [[*key, number] for key, number in counted.items()])


def _bare(place: Path) -> dict[str, object]:
    database = duckdb.connect()
    database.execute(f"SET threads = {THREADS}")
    database.execute(f"SET memory_limit = '{MEMORY}'")
    database.execute("SET preserve_insertion_order = false")
    database.execute(f"SET temp_directory = '{place / 'spill'}'")
    started = time.perf_counter()
    found = database.execute(_BARE.format(folder=place / "files")).fetchall()
    return _told(started, [list(row) for row in found])


def _told(started: float, counted: list[list[object]]) -> dict[str, object]:
    seconds = time.perf_counter() - started
    return {
        "seconds": seconds,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "counted": sorted(counted, key=str),
    }


STEPS = {"ours": _ours, "bare": _bare}


class _Watch:
    """The largest size of a directory, looked at ten times a second until the end."""

    def __init__(self, place: Path) -> None:
        self._place, self._peak, self._ended = place, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(0.1):
            self._peak = max(self._peak, _size(self._place))

    def end(self) -> int:
        self._ended.set()
        self._thread.join()
        return max(self._peak, _size(self._place))


def _size(place: Path) -> int:
    total = 0
    for path in place.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # spilled a moment ago, and gone
            continue
    return total


def _report(
    done: list[dict[str, dict[str, float]]], rows: int, size: int, peak: int
) -> bool:
    ours, bare = (
        statistics.median(each[step]["seconds"] for each in done) for step in STEPS
    )
    ratio = statistics.median(
        each["ours"]["seconds"] / each["bare"]["seconds"] for each in done
    )
    is_equal = all(each["ours"]["counted"] == each["bare"]["counted"] for each in done)
    memory = [max(each[step]["memory"] for each in done) for step in STEPS]
    print(f"archive_statistics: {rows:,} rows in {size / 2**20:,.0f} MB of Parquet")
    print(f"  ours {ours:.2f} s, bare DuckDB {bare:.2f} s, ratio {ratio:.2f}", end="")
    print(
        f" ({len(done)} rounds); peak memory {memory[0]:,.0f} and {memory[1]:,.0f} MB"
    )
    print(f"  figures equal: {'yes' if is_equal else 'NO'}")
    print(f"  peak disk {peak / 2**20:,.0f} MB; load {os.getloadavg()[0]:.0f}", end=" ")
    print(f"on {os.cpu_count()} cores, {platform.machine()}, {platform.platform()}")
    return is_equal and ratio <= PROMISE


if __name__ == "__main__":
    main()
