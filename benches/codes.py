"""`xinheng codes` on a made-up register against reading the column alone with Polars.

    python -m benches.codes --rows 1000000 --rounds 7

The file has names and codes; three rows in a hundred are wrong, in all the ways that
the classes and findings tell apart. The floor reads the column of codes and does
nothing with it. Ours reads the file, tells class and findings of every row, and which
codes stand for several names. Suggestions are a promise of their own (`repair`). Both
run in turns (A B A B ...), and the ratio of the medians is what counts.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "2")

import numpy as np
import polars as pl

from benches import _organizations
from xinheng.pipeline import codes, context
from xinheng.pipeline.context import Context
from xinheng.pipeline.linkage.code_columns import CodeColumns

PROMISE = 8.0
SMALL_ROWS = 5_000
ON = date(2026, 11, 23)
_WRONG_SHARE = 0.03
_NAME, _CODE = "名称", "代码"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where the promise is broken."""
    options = _options(arguments)
    rows = SMALL_ROWS if options.small else options.rows
    rounds = 1 if options.small else options.rounds
    surroundings = context.standard(ON)
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-") as place:
        file = Path(place) / "codes.csv"
        _write(file, rows)
        work: dict[str, Callable[[], object]] = {
            "floor": lambda: _floor(file),
            "us": lambda: _us(file, surroundings),
        }
        for each in work.values():
            each()  # tables and caches are built once
        seconds, cpu = _measure(work, rounds)
        size_mb = file.stat().st_size / 1e6
        found = _us(file, surroundings)
    ratio = _print(seconds, cpu, f"{rows:,} codes, {size_mb:.0f} MB")
    print(f"  classes {dict(found.classes)}")
    print(f"  findings {dict(found.findings)}")
    if ratio > PROMISE and not options.small:
        raise SystemExit(1)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benches.codes", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--small", action="store_true", help="does it run at all")
    return parser.parse_args(arguments)


def _write(path: Path, rows: int) -> None:
    """Write names and codes, of which some are wrong in every way."""
    random = np.random.default_rng(7)
    made = _organizations.organizations(rows, 1)
    written = made["code"].to_list()
    wrong = random.choice(rows, int(rows * _WRONG_SHARE), replace=False)
    damages = _damages()
    for number, row in enumerate(wrong.tolist()):
        written[row] = damages[number % len(damages)](written[row], written[row - 1])
    pl.DataFrame({_NAME: made["name"], _CODE: written}).write_csv(path)


def _damages() -> list[Callable[[str, str], str]]:
    """Return what can happen to a code that stands below another."""
    return [
        lambda code, _: code[:-1] + ("Y" if code[-1] != "Y" else "1"),
        lambda code, _: code[:10] + code[11] + code[10] + code[12:],
        lambda code, _: code[:9] + code[10:],
        lambda code, _: code[:12],
        lambda code, _: f"{code[:8]} {code[8:]}",
        lambda code, _: code.lower(),
        lambda code, before: f"{before}、{code}",
        lambda _, before: before,  # the code of another name
        lambda code, _: code[8:17],
        lambda code, _: code[:8] + "QWER12345" + code[-1],
        lambda *_: "9.12109E+17",
        lambda *_: "110108000000016",
        lambda *_: "2108001104566",
        lambda *_: "企合示总字第0001号",
        lambda *_: "无",
        lambda *_: "示例市某某有限公司",
        lambda *_: "210899198001011248",  # made up; nobody's
    ]


def _floor(file: Path) -> int:
    columns = pl.read_csv(file, columns=[_CODE], schema_overrides={_CODE: pl.String})
    return columns.height


def _us(file: Path, surroundings: Context) -> codes.Examination:
    return codes.examine_file(file, columns=CodeColumns(_CODE), context=surroundings)


def _measure(
    work: dict[str, Callable[[], object]], rounds: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    seconds: dict[str, list[float]] = {name: [] for name in work}
    cpu: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, each in work.items():
            started, used = time.perf_counter(), time.process_time()
            each()
            seconds[name].append(time.perf_counter() - started)
            cpu[name].append(time.process_time() - used)
    return seconds, cpu


def _print(
    seconds: dict[str, list[float]], cpu: dict[str, list[float]], what: str
) -> float:
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    used = {name: statistics.median(each) for name, each in cpu.items()}
    ratio = medians["us"] / medians["floor"]
    print(f"codes: {what}, Polars {pl.__version__}, 2 threads")
    for name, each in seconds.items():
        runs = " ".join(f"{run:.2f}" for run in each)
        print(f"  {name:6} {medians[name]:7.3f} s  cpu {used[name]:6.3f} s  ({runs})")
    cpu_ratio = used["us"] / used["floor"]
    print(f"  ratio  {ratio:7.2f}    cpu {cpu_ratio:6.2f}    promise {PROMISE}")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  peak {peak_mb} MB, {platform.machine()}, {os.cpu_count()} cores")
    return ratio


if __name__ == "__main__":
    main()
