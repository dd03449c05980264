"""The same rules in frictionless, pandera and pointblank, against `xinheng check`.

    python -m benches.peers --rows 100000 --rounds 5

Every contestant starts from the CSV file. Of pandera and pointblank there are two: one
that only counts what fails, and one that writes Parquet with a row for each finding. We
do all of it always: findings by row and the accepted rows as Parquet. Frictionless is
slow, so it gets a fiftieth of the rows and its time counts fifty-fold; it is linear.
A peer that isn't installed is left out, and the bench says so.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benches import _permits, _runs
from benches._runs import Contestant, Work

SHARE = 50  # frictionless reads one row in so many
SMALL_ROWS = 1_000
# How many times as fast as each we have to be.
PROMISES = {
    "frictionless": 20.0,
    "pandera": 1.3,
    "pandera rows": 2.0,
    "pointblank": 1.3,
    "pointblank rows": 2.0,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where a promise is broken."""
    asked = _runs.options(__doc__, arguments, rows=100_000)
    if asked.child:
        _runs.child(asked, _contestants())
        return
    rows = SMALL_ROWS if asked.small else asked.rows
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-") as place:
        files = _files(Path(place), rows)
        runs = _runs.measure("benches.peers", files, 1 if asked.small else asked.rounds)
    _runs.report(f"peers: {rows:,} permits of 28 columns", runs)
    ratios = _ratios(runs)
    for name, (ratio, cpu_ratio) in ratios.items():
        print(
            f"  {name:16} {ratio:7.2f} times our time   cpu {cpu_ratio:7.2f}"
            f"   promise {PROMISES[name]}"
        )
    for name in sorted({name.split()[0] for name in PROMISES.keys() - ratios.keys()}):
        print(f"  {name} is not installed: left out (extra `peers`)")
    is_broken = any(ratio < PROMISES[name] for name, (ratio, _) in ratios.items())
    if is_broken and not asked.small:
        raise SystemExit(1)


def _contestants() -> dict[str, Contestant]:
    return {
        "us": _runs.us,
        "frictionless": _frictionless,
        "pandera": partial(_pandera, by_row=False),
        "pandera rows": partial(_pandera, by_row=True),
        "pointblank": partial(_pointblank, by_row=False),
        "pointblank rows": partial(_pointblank, by_row=True),
    }


def _files(place: Path, rows: int) -> dict[str, Path]:
    whole, part = place / "permits.csv", place / "some.csv"
    _permits.write(whole, rows=rows)
    _permits.write(part, rows=max(rows // SHARE, 20))
    present = [name for name in PROMISES if find_spec(name.split()[0])]
    files = dict.fromkeys(["us", *present], whole)
    return {
        name: part if name == "frictionless" else file for name, file in files.items()
    }


def _ratios(runs: Mapping[str, Sequence[_runs.Run]]) -> dict[str, tuple[float, float]]:
    ours = runs["us"]
    ratios = {}
    for name in PROMISES.keys() & runs.keys():
        share = SHARE if name == "frictionless" else 1
        ratios[name] = (
            share * _runs.seconds(runs[name]) / _runs.seconds(ours),
            share * _runs.cpu(runs[name]) / _runs.cpu(ours),
        )
    return dict(sorted(ratios.items()))


def _frame(file: Path) -> Any:
    import polars as pl

    from benches import _permit_rules

    frame = pl.read_csv(file, infer_schema=False)
    return frame.rename(dict(zip(frame.columns, _permit_rules.titles(), strict=True)))


def _pandera(file: Path, out: Path, *, by_row: bool) -> Work:
    import pandera.polars as pandera
    import polars as pl

    from benches import _permit_rules

    def check(rule: _permit_rules.Rule) -> Any:
        return pandera.Check(
            lambda data: data.lazyframe.select(rule.passes), name=rule.name
        )

    schema = pandera.DataFrameSchema(
        {
            title: pandera.Column(pl.String, nullable=True)
            for title in _permit_rules.titles()
        },
        checks=[check(rule) for rule in _permit_rules.rules()],
    )

    def work() -> str:
        try:
            schema.validate(_frame(file), lazy=True)
        except pandera.errors.SchemaErrors as found:
            cases = found.failure_cases
            if by_row:
                cases.select("index", "check").write_parquet(out / "findings.parquet")
            return f"{cases.height} failures"
        return "nothing found"

    return work


def _pointblank(file: Path, out: Path, *, by_row: bool) -> Work:
    import pointblank
    import polars as pl

    from benches import _permit_rules

    checks = _permit_rules.rules()

    def work() -> str:
        frame = _frame(file).with_row_index("row", offset=1)
        validation = pointblank.Validate(frame)
        for rule in checks:
            validation = validation.col_vals_expr(rule.passes)
        done = validation.interrogate(
            collect_extracts=by_row, collect_tbl_checked=False, extract_limit=10**9
        )
        failed = sum(done.n_failed().values())
        if by_row:
            extracts = done.get_data_extracts()
            parts = [
                extract.select("row", rule=pl.lit(checks[step - 1].name))
                for step, extract in extracts.items()
                if extract is not None and extract.height
            ]
            pl.concat(parts).write_parquet(out / "findings.parquet")
        return f"pointblank {pointblank.__version__}, {failed} failures"

    return work


def _frictionless(file: Path, out: Path) -> Work:
    import frictionless

    from benches import _frictionless_checks

    resource = _frictionless_checks.resource(file)
    checks = _frictionless_checks.checks()

    def work() -> str:
        report = resource.validate(frictionless.Checklist(checks=checks))
        found = report.flatten(["rowNumber", "fieldName", "type"])
        return f"frictionless {frictionless.__version__}, {len(found)} failures"

    return work


if __name__ == "__main__":
    main()
