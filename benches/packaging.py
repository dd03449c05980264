"""Packages of 1,000,000 permits against DuckDB's bare export of them as CSV.

    python -m benches.packaging --rows 1000000 --rounds 5

Both read the same Parquet file. The floor writes one CSV: it sorts, cuts and names
nothing. We order the rows, keep those of one organization together, write the days in
another format, cut to 5,000 rows and 20 MB, name each package by its content and write
it with its checksum. The two run in turns, each in a process of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benches import _permits, _runs
from benches._runs import Work

PROMISE = 2.0
SMALL_ROWS = 2_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where the promise is broken."""
    asked = _runs.options(__doc__, arguments, rows=1_000_000)
    if asked.child:
        _runs.child(asked, {"floor": _floor, "us": _us})
        return
    rows = SMALL_ROWS if asked.small else asked.rows
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-") as place:
        file = _made(Path(place), rows)
        size_mb = file.stat().st_size / 1e6
        runs = _runs.measure(
            "benches.packaging",
            {"floor": file, "us": file},
            1 if asked.small else asked.rounds,
        )
    _runs.report(
        f"packaging: {rows:,} permits, {size_mb:.0f} MB of Parquet,"
        f" {_runs.THREADS} threads",
        runs,
    )
    ratio = _runs.seconds(runs["us"]) / _runs.seconds(runs["floor"])
    cpu_ratio = _runs.cpu(runs["us"]) / _runs.cpu(runs["floor"])
    print(f"  ratio  {ratio:7.2f}    cpu {cpu_ratio:6.2f}    promise {PROMISE}")
    if ratio > PROMISE and not asked.small:
        raise SystemExit(1)


def _made(place: Path, rows: int) -> Path:
    """Write the permits by the catalog's names, with what tells their versions."""
    import polars as pl

    from xinheng.rulebook import catalog

    _permits.write(place / "permits.csv", rows=rows)
    read = pl.read_csv(place / "permits.csv", infer_schema=False)
    fields = catalog.dataset("permit").stored_fields
    chosen = [pl.col(field.title).alias(field.name) for field in fields]
    read.select(
        *chosen,
        pl.int_range(pl.len()).cast(pl.String).str.zfill(9).alias("_id"),
        pl.lit("1").alias("_version"),
        pl.lit("put").alias("_act"),
    ).write_parquet(place / "permits.parquet")
    (place / "permits.csv").unlink()
    return place / "permits.parquet"


def _floor(file: Path, out: Path) -> Work:
    import duckdb

    def work() -> str:
        with duckdb.connect(config={"threads": _runs.THREADS}) as database:
            rows = f"SELECT * EXCLUDE (_id, _version, _act) FROM '{file}'"
            database.execute(f"COPY ({rows}) TO '{out / 'all.csv'}' (HEADER)")
        return f"DuckDB {duckdb.__version__}"

    return work


def _us(file: Path, out: Path) -> Work:
    import polars as pl

    from xinheng.core.exchange.profiles import Limits
    from xinheng.pipeline import exchange_packages
    from xinheng.rulebook import exchange_profiles

    drop = exchange_profiles.profiles()["province-drop"]
    profile = replace(drop, encoding="utf-8", limits=Limits(5_000, 20_000_000))
    sheet = profile.sheet("permit")

    def work() -> str:
        count = 0
        frame = pl.read_parquet(file)
        for package in exchange_packages.package(frame, sheet, profile):
            (out / package.file_name).write_bytes(package.data)
            (out / f"{package.file_name}.sha256").write_text(package.sha256)
            count += 1
        return f"Polars {pl.__version__}, {count} packages"

    return work


if __name__ == "__main__":
    main()
