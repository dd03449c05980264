"""`xinheng check` on made-up permits against DuckDB's plain CSV -> Parquet.

    python -m benches.check --rows 1000000 --rounds 5

The floor reads the same file, every column as text, on two threads, and writes Parquet:
it checks nothing. Both run in turns (A B A B ...), each in a process of its own, and
the ratio of the medians is what counts; the seconds depend on the machine.
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
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from benches import _permits

THREADS = 2
PROMISE = 2.0
SMALL_ROWS = 2_000
# The day of intake: within seven working days of every decision.
ON = _permits.FIRST_DAY + timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run."""

    seconds: float
    cpu_seconds: float
    peak_mb: int
    note: str


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where the promise is broken."""
    options = _options(arguments)
    if options.child:
        print(json.dumps(_child(options.child, options.file, options.out)))
        return
    rows = SMALL_ROWS if options.small else options.rows
    rounds = 1 if options.small else options.rounds
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-") as place:
        file = Path(place) / "permits.csv"
        _permits.write(file, rows=rows)
        size_mb = file.stat().st_size / 1e6
        runs = _measure(file, Path(place), rounds)
    ratio = _print(runs, rows=rows, size_mb=size_mb)
    if ratio > PROMISE and not options.small:
        raise SystemExit(1)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benches.check", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="does it run at all")
    parser.add_argument("--child", choices=("floor", "us"), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _measure(file: Path, place: Path, rounds: int) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = {"floor": [], "us": []}
    for _ in range(rounds):
        for name, done in runs.items():
            with tempfile.TemporaryDirectory(dir=place) as out:
                done.append(_run(name, file, Path(out)))
    return runs


def _run(name: str, file: Path, out: Path) -> Run:
    command = [sys.executable, "-m", "benches.check", "--child", name]
    environment = {**os.environ, "POLARS_MAX_THREADS": str(THREADS)}
    done = subprocess.run(
        [*command, "--file", str(file), "--out", str(out)],
        capture_output=True,
        check=True,
        env=environment,
    )
    return Run(**json.loads(done.stdout))


def _child(name: str, file: Path, out: Path) -> dict[str, object]:
    before = _cpu_seconds()
    seconds, note = (_floor if name == "floor" else _us)(file, out)
    cpu_seconds = _cpu_seconds() - before
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_mb": peak_mb,
        "note": note,
    }


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _floor(file: Path, out: Path) -> tuple[float, str]:
    import duckdb

    started = time.perf_counter()
    with duckdb.connect(config={"threads": THREADS}) as database:
        database.execute(
            f"COPY (SELECT * FROM read_csv('{file}', all_varchar=true, header=true))"
            f" TO '{out / 'floor.parquet'}' (FORMAT parquet)"
        )
    return time.perf_counter() - started, f"DuckDB {duckdb.__version__}"


def _us(file: Path, out: Path) -> tuple[float, str]:
    import polars

    from xinheng.pipeline import context, run
    from xinheng.rulebook import catalog

    dataset = catalog.dataset("permit")
    surroundings = context.standard(ON)
    # The made-up division counts as known, as it does in a city that has one.
    known = replace(surroundings, divisions=surroundings.divisions | {"210899"})
    started = time.perf_counter()
    report = run.check(file, dataset=dataset, context=known, out=out)
    seconds = time.perf_counter() - started
    note = f"Polars {polars.__version__}, {report.rejected} rows rejected"
    return seconds, note


def _print(runs: dict[str, list[Run]], *, rows: int, size_mb: float) -> float:
    medians = {
        name: statistics.median(run.seconds for run in done)
        for name, done in runs.items()
    }
    ratio = medians["us"] / medians["floor"]
    print(f"check: {rows:,} permits of 28 columns, {size_mb:.0f} MB, {THREADS} threads")
    for name, done in runs.items():
        each = " ".join(f"{run.seconds:.2f}" for run in done)
        peak_mb = max(run.peak_mb for run in done)
        print(
            f"  {name:6} {medians[name]:7.2f} s  cpu {_cpu(done):6.2f} s"
            f"  peak {peak_mb:5d} MB"
            f"  ({each})  {done[0].note}"
        )
    # Of the two, the ratio of processor time suffers less from a busy machine.
    cpu_ratio = _cpu(runs["us"]) / _cpu(runs["floor"])
    print(f"  ratio  {ratio:7.2f}    cpu {cpu_ratio:6.2f}    promise {PROMISE}")
    print(f"  on {platform.machine()}, {os.cpu_count()} cores, {platform.platform()}")
    return ratio


def _cpu(done: list[Run]) -> float:
    return statistics.median(run.cpu_seconds for run in done)


if __name__ == "__main__":
    main()
