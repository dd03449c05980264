"""`xinheng check` on made-up permits against DuckDB's plain CSV -> Parquet.

    python -m benches.check --rows 1000000 --rounds 5

The floor reads the same file, every column as text, on two threads, and writes Parquet:
it checks nothing. Two codecs take part, and the faster one is the floor. All run in
turns (A B C A B C ...), each in a process of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benches import _permits, _runs
from benches._runs import Work

PROMISE = 1.5
CODECS = ("snappy", "lz4_raw")
SMALL_ROWS = 2_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where the promise is broken."""
    asked = _runs.options(__doc__, arguments, rows=1_000_000)
    if asked.child:
        floors = {f"floor {codec}": partial(_floor, codec) for codec in CODECS}
        _runs.child(asked, {**floors, "us": _runs.us})
        return
    rows = SMALL_ROWS if asked.small else asked.rows
    names = [*(f"floor {codec}" for codec in CODECS), "us"]
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-") as place:
        file = Path(place) / "permits.csv"
        _permits.write(file, rows=rows)
        size_mb = file.stat().st_size / 1e6
        runs = _runs.measure(
            "benches.check",
            dict.fromkeys(names, file),
            1 if asked.small else asked.rounds,
        )
    _runs.report(
        f"check: {rows:,} permits of 28 columns, {size_mb:.0f} MB,"
        f" {_runs.THREADS} threads",
        runs,
    )
    floor = min((runs[name] for name in names[:-1]), key=_runs.seconds)
    ratio = _runs.seconds(runs["us"]) / _runs.seconds(floor)
    cpu_ratio = _runs.cpu(runs["us"]) / _runs.cpu(floor)
    print(f"  ratio  {ratio:7.2f}    cpu {cpu_ratio:6.2f}    promise {PROMISE}")
    if ratio > PROMISE and not asked.small:
        raise SystemExit(1)


def _floor(codec: str, file: Path, out: Path) -> Work:
    import duckdb

    def work() -> str:
        with duckdb.connect(config={"threads": _runs.THREADS}) as database:
            read = f"read_csv('{file}', all_varchar=true, header=true)"
            database.execute(
                f"COPY (SELECT * FROM {read})"
                f" TO '{out / 'floor.parquet'}' (FORMAT parquet, COMPRESSION {codec})"
            )
        return f"DuckDB {duckdb.__version__}"

    return work


if __name__ == "__main__":
    main()
