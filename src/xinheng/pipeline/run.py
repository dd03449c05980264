"""One file checked from its bytes to its verdicts.

    decode -> match columns -> screen -> check -> link -> split

A batch of rows goes through all steps before the next one is touched; only what
concerns the whole file, rows that repeat each other, waits for the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.submissions.outcomes import Outcome
from xinheng.pipeline import refusals
from xinheng.pipeline.batches import Checker
from xinheng.pipeline.cells import screening
from xinheng.pipeline.context import Context
from xinheng.pipeline.matching import Matcher
from xinheng.pipeline.outputs import Outputs, Paths
from xinheng.pipeline.reading import files
from xinheng.pipeline.reading.ahead import map_ahead, read_ahead
from xinheng.pipeline.reading.encodings import Encoding, WrongEncodingError
from xinheng.pipeline.report import Report

Progress = Callable[[int], None]


def check(
    source: Path,
    *,
    dataset: Dataset,
    context: Context,
    out: Path,
    file_name: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check a file and put its rows into Parquet files in the directory `out`.

    `file_name` is the name under which the file was handed in, where `source` is a
    copy. `progress` is told the number of rows that have been read.

    Raises:
        UnreadableFileError: the file can't be taken at all; nothing is left in `out`.
    """
    name = file_name or source.name
    readings = files.readings(source, file_name=name)
    if screening.may_hold_personal_number([name]):
        raise refusals.personal_name()
    out.mkdir(parents=True, exist_ok=True)
    for reading in readings:
        with TemporaryDirectory(prefix=".check-", dir=out) as workplace:
            try:
                run = _Run(source, reading, dataset, context)
                return run.report(Path(workplace), out, progress or _tell_nobody)
            except WrongEncodingError:
                continue
    raise refusals.encoding()


class _Run:
    """One attempt to read the file in one encoding."""

    def __init__(
        self, source: Path, reading: Encoding | None, dataset: Dataset, context: Context
    ) -> None:
        matcher = Matcher(dataset)
        self._dataset = dataset
        self._context = context
        self._table = files.open_table(
            source, reading, matcher.count, batch_rows=context.batch_rows
        )
        self._match = matcher.match(self._table.header)
        self._refuse_persons()

    def _refuse_persons(self) -> None:
        """Refuse numbers that stand in no row; headers are stored, so doubts count."""
        is_header = screening.may_hold_personal_number([*self._table.header])
        if is_header or screening.holds_personal_number([*self._table.names]):
            raise refusals.personal_name()

    def report(self, workplace: Path, out: Path, progress: Progress) -> Report:
        """Check every row and return the report on the files in `out`."""
        checker = Checker(
            self._dataset,
            self._match,
            self._context,
            is_workbook=self._table.is_workbook,
        )
        batch_rows = self._context.batch_rows
        with Outputs(
            self._dataset, checker.masks, workplace, batch_rows=batch_rows
        ) as outputs:
            batches = self._batches()
            for checked in map_ahead(
                checker.check, batches, threads=self._context.threads
            ):
                outputs.take(checked)
                progress(outputs.read)
            if not outputs.read:
                raise refusals.no_rows()
            outputs.is_personal |= self._is_personal_aside()
            return self._report(outputs, outputs.finish(out))

    def _batches(self) -> Iterator[pl.DataFrame]:
        for frame in read_ahead(self._table.batches):
            yield from frame.iter_slices(self._context.batch_rows)

    def _is_personal_aside(self) -> bool:
        """Tell whether parts of the file that are no rows hold a person's number."""
        return any(screening.is_personal(frame) for frame in self._table.asides)

    def _report(self, outputs: Outputs, paths: Paths) -> Report:
        outcomes = outputs.outcomes
        unlinked = outcomes[Outcome.UNLINKED.value]
        rules = outputs.rules
        return Report(
            dataset=self._dataset.name,
            edition=self._dataset.edition,
            rows_read=outputs.read,
            accepted=outcomes[Outcome.ACCEPTED.value],
            rejected=outcomes[Outcome.REJECTED.value],
            questionable=outcomes[Outcome.QUESTIONABLE.value],
            unlinked=None if self._context.register is None else unlinked,
            findings={rule: rules[rule] for rule in sorted(rules)},
            matched_columns=self._match.headers,
            ignored_columns=self._match.ignored,
            personal_data=outputs.is_personal or "NATURAL_PERSON" in rules,
            accepted_path=paths.accepted,
            held_path=paths.held,
            findings_path=paths.findings,
        )


def _tell_nobody(rows_read: int) -> None:
    del rows_read
