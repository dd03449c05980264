"""The file of examined codes: written row by row, and put in its place at the end.

Which codes stand for several names is known only when all rows were read, so the rows
wait in files beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import BinaryIO

import polars as pl

from xinheng.core import formulas
from xinheng.pipeline.linkage import code_duplicates
from xinheng.pipeline.linkage.code_verdicts import SEPARATOR

_FORMULA = f"^[{re.escape(''.join(formulas.STARTS))}]"


class Report:
    """Takes examined rows; what it writes stands at `out` only if nothing goes wrong.

    Without `out` nothing is written.
    """

    def __init__(self, out: Path | None) -> None:
        self._out = out
        self._stack = ExitStack()
        self._parts: list[Path] = []

    def __enter__(self) -> Report:
        if self._out is not None:
            place = TemporaryDirectory(prefix=".codes-", dir=self._out.parent)
            self._place = Path(self._stack.enter_context(place))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def take(self, rows: pl.DataFrame) -> None:
        """Keep a batch of examined rows."""
        part = self._place / f"{len(self._parts)}.arrow"
        rows.write_ipc(part)
        self._parts.append(part)

    def finish(self, duplicated: pl.Series) -> None:
        """Write all rows; of the rows `duplicated` the code stands for several names.

        Raises:
            OSError: the file can't be written.
        """
        if self._out is None:
            return
        part = self._place / "out.csv"
        with part.open("wb") as target:
            for rows in self._flagged(duplicated):
                _write(rows, target)
        part.replace(self._out)

    def _flagged(self, duplicated: pl.Series) -> Iterator[pl.DataFrame]:
        is_duplicated = pl.col("row").is_in(duplicated.implode())
        rule = pl.when(is_duplicated).then(pl.lit(code_duplicates.RULE))
        joined = pl.concat_str("findings", rule, separator=SEPARATOR, ignore_nulls=True)
        for part in self._parts:
            rows = pl.read_ipc(part)
            yield rows.with_columns(
                pl.when(joined != "").then(joined).alias("findings")
            )


def _write(rows: pl.DataFrame, target: BinaryIO) -> None:
    is_first = target.tell() == 0
    code = pl.col("code")
    safe = (
        pl.when(code.str.contains(_FORMULA))
        .then(formulas.APOSTROPHE + code)
        .otherwise(code)
    )
    rows.with_columns(safe.alias("code")).write_csv(
        target, include_header=is_first, include_bom=is_first
    )
