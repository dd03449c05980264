"""`xinheng check` on permits in GB18030 against `iconv` and the check of UTF-8.

    python -m benches.check_gb18030 --rows 1000000 --rounds 5

The floor is what one does without us: transcode the file with `iconv`, then check the
UTF-8 file; the sum of the two. All run in turns, each in a process of its own.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benches import _permits, _runs
from benches._runs import Work

PROMISE = 1.3
SMALL_ROWS = 2_000
_BLOCK_CHARACTERS = 4_000_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where the promise is broken."""
    asked = _runs.options(__doc__, arguments, rows=1_000_000)
    if asked.child:
        _runs.child(asked, {"iconv": _iconv, "utf-8": _runs.us, "gb18030": _runs.us})
        return
    rows = SMALL_ROWS if asked.small else asked.rows
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-") as place:
        plain, other = Path(place) / "permits.csv", Path(place) / "permits-gb.csv"
        _permits.write(plain, rows=rows)
        _transcode(plain, other)
        files = {"iconv": other, "utf-8": plain, "gb18030": other}
        runs = _runs.measure(
            "benches.check_gb18030", files, 1 if asked.small else asked.rounds
        )
    _runs.report(f"check_gb18030: {rows:,} permits of 28 columns", runs)
    parts = runs["iconv"], runs["utf-8"]
    ratio = _runs.seconds(runs["gb18030"]) / sum(map(_runs.seconds, parts))
    cpu_ratio = _runs.cpu(runs["gb18030"]) / sum(map(_runs.cpu, parts))
    print(f"  ratio  {ratio:7.2f}    cpu {cpu_ratio:6.2f}    promise {PROMISE}")
    if ratio > PROMISE and not asked.small:
        raise SystemExit(1)


def _transcode(source: Path, target: Path) -> None:
    with (
        source.open(encoding="utf-8", newline="") as text,
        target.open("w", encoding="gb18030", newline="") as other,
    ):
        while block := text.read(_BLOCK_CHARACTERS):
            other.write(block)


def _iconv(file: Path, out: Path) -> Work:
    command = ["iconv", "-f", "GB18030", "-t", "UTF-8", str(file)]

    def work() -> str:
        with (out / "utf-8.csv").open("wb") as target:
            subprocess.run(command, stdout=target, check=True)
        return "iconv"

    return work


if __name__ == "__main__":
    main()
