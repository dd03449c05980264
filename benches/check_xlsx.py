"""`xinheng check` on a workbook of made-up permits against reading it alone.

    python -m benches.check_xlsx --rows 50000 --rounds 5

The floor reads the same sheet with fastexcel, every cell as text, into a frame. Both
run in turns, each in a process of its own.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benches import _permits, _runs
from benches._runs import Work

PROMISE = 2.0
SMALL_ROWS = 500


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where the promise is broken."""
    asked = _runs.options(__doc__, arguments, rows=50_000)
    if asked.child:
        _runs.child(asked, {"floor": _floor, "us": _runs.us})
        return
    rows = SMALL_ROWS if asked.small else asked.rows
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-") as place:
        file = Path(place) / "permits.xlsx"
        _write(file, rows)
        runs = _runs.measure(
            "benches.check_xlsx",
            dict.fromkeys(("floor", "us"), file),
            1 if asked.small else asked.rounds,
        )
    _runs.report(f"check_xlsx: {rows:,} permits of 28 columns", runs)
    ratio = _runs.seconds(runs["us"]) / _runs.seconds(runs["floor"])
    cpu_ratio = _runs.cpu(runs["us"]) / _runs.cpu(runs["floor"])
    print(f"  ratio  {ratio:7.2f}    cpu {cpu_ratio:6.2f}    promise {PROMISE}")
    if ratio > PROMISE and not asked.small:
        raise SystemExit(1)


def _write(path: Path, rows: int) -> None:
    import xlsxwriter

    plain = path.with_suffix(".csv")
    _permits.write(plain, rows=rows)
    with (
        plain.open(encoding="utf-8", newline="") as source,
        xlsxwriter.Workbook(str(path)) as book,
    ):
        sheet = book.add_worksheet()
        for number, row in enumerate(csv.reader(source)):
            sheet.write_row(number, 0, [cell or None for cell in row])


def _floor(file: Path, out: Path) -> Work:
    import fastexcel

    def work() -> str:
        sheet = fastexcel.read_excel(file).load_sheet(0, header_row=0, dtypes="string")
        frame = sheet.to_polars()
        return f"fastexcel {fastexcel.__version__}, {frame.height} rows"

    return work


if __name__ == "__main__":
    main()
