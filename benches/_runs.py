"""Runs that take turns, each in a process of its own, and what the benches print.

A bench names its contestants. Each imports what it needs and returns its work, which
alone is timed and returns a remark. Only the ratio of the medians counts, the seconds
depend on the machine; the ratio of processor time suffers less where it is shared.
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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from benches import _permits

THREADS = 2
# The day of intake: within seven working days of every decision.
ON = _permits.FIRST_DAY + timedelta(days=7)

# The work: what reads the file and writes into the directory.
Work = Callable[[], str]
Contestant = Callable[[Path, Path], Work]


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run."""

    seconds: float
    cpu_seconds: float
    peak_mb: int
    note: str


def options(
    doc: str | None, arguments: Sequence[str] | None, *, rows: int, rounds: int = 5
) -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--rows", type=int, default=rows)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--small", action="store_true", help="does it run at all")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def measure(
    module: str, files: Mapping[str, Path], rounds: int
) -> dict[str, list[Run]]:
    """Run the contestants in turns; `files` names what each of them reads."""
    runs: dict[str, list[Run]] = {name: [] for name in files}
    for _ in range(rounds):
        for name, file in files.items():
            with tempfile.TemporaryDirectory(dir=file.parent) as out:
                runs[name].append(_run(module, name, file, out))
    return runs


def child(asked: argparse.Namespace, contestants: Mapping[str, Contestant]) -> None:
    """Let one contestant run and print what it took."""
    work = contestants[asked.child](asked.file, asked.out)
    before, started = _cpu_seconds(), time.perf_counter()
    note = work()
    seconds = time.perf_counter() - started
    run = {
        "seconds": seconds,
        "cpu_seconds": _cpu_seconds() - before,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "note": note,
    }
    print(json.dumps(run))


def report(title: str, runs: Mapping[str, Sequence[Run]]) -> None:
    """Print the medians of all contestants, and where they ran."""
    print(title)
    for name, done in runs.items():
        each = " ".join(f"{run.seconds:.2f}" for run in done)
        peak_mb = max(run.peak_mb for run in done)
        print(
            f"  {name:12} {seconds(done):7.2f} s  cpu {cpu(done):6.2f} s"
            f"  peak {peak_mb:5d} MB  ({each})  {done[0].note}"
        )
    print(f"  on {platform.machine()}, {os.cpu_count()} cores, {platform.platform()}")


def seconds(done: Sequence[Run]) -> float:
    """Return the median time."""
    return statistics.median(run.seconds for run in done)


def cpu(done: Sequence[Run]) -> float:
    """Return the median processor time."""
    return statistics.median(run.cpu_seconds for run in done)


def us(file: Path, out: Path) -> Work:
    """Check a file of permits, as `xinheng check` does."""
    import polars

    from xinheng.pipeline import context, run
    from xinheng.rulebook import catalog

    surroundings = context.standard(ON)
    # The made-up division counts as known, as it does in a city that has one.
    known = replace(surroundings, divisions=surroundings.divisions | {"210899"})
    dataset = catalog.dataset("permit")

    def work() -> str:
        report = run.check(file, dataset=dataset, context=known, out=out)
        return f"Polars {polars.__version__}, {report.rejected} rows rejected"

    return work


def _run(module: str, name: str, file: Path, out: str) -> Run:
    command = [sys.executable, "-m", module, "--child", name]
    environment = {**os.environ, "POLARS_MAX_THREADS": str(THREADS)}
    done = subprocess.run(
        [*command, "--file", str(file), "--out", out],
        stdout=subprocess.PIPE,
        check=True,
        env=environment,
    )
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def _cpu_seconds() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime
