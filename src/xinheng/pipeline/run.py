"""One file checked from its bytes to its verdicts.

    decode -> match columns -> prepare -> screen -> check -> link -> split

A batch of rows goes through all steps before the next one is touched; only what
concerns the whole file, rows that repeat each other, waits for the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.submissions.outcomes import Outcome
from xinheng.pipeline import refusals
from xinheng.pipeline.batches import Checker
from xinheng.pipeline.cells import screening
from xinheng.pipeline.context import Context
from xinheng.pipeline.flawed import FlawedChecker
from xinheng.pipeline.matching import Matcher
from xinheng.pipeline.outputs import Outputs, Paths
from xinheng.pipeline.preparing import Preparation
from xinheng.pipeline.reading import files
from xinheng.pipeline.reading.ahead import map_ahead, read_ahead
from xinheng.pipeline.reading.encodings import WrongEncodingError
from xinheng.pipeline.reading.table import Table
from xinheng.pipeline.report import Report

Progress = Callable[[int], None]


def check(  # noqa: PLR0913 - a file is told by its bytes, name and columns
    source: Path,
    *,
    dataset: Dataset,
    context: Context,
    out: Path,
    file_name: str | None = None,
    progress: Progress | None = None,
    chosen: Mapping[str, str] | None = None,
) -> Report:
    """Check a file and put its rows into Parquet files in the directory `out`.

    `file_name` is the name under which the file was handed in, where `source` is a
    copy. `progress` is told the number of rows that have been read. `chosen` maps
    headers, as the file has them, to the English names of the fields that a person
    assigned them to, or to nothing where the column is to be left out; it stands over
    the catalog. Headers that the file does not have are passed over, so that what a
    unit chose for one layout can be given for another (see `preview`).

    Raises:
        UnreadableFileError: the file can't be taken at all; nothing is left in `out`.
    """
    name = file_name or source.name
    readings = files.readings(source, file_name=name)
    if screening.may_hold_personal_number([name]):
        raise refusals.personal_name()
    out.mkdir(parents=True, exist_ok=True)
    matcher = Matcher(dataset, chosen)
    for reading in readings:
        with TemporaryDirectory(prefix=".check-", dir=out) as workplace:
            try:
                table = files.open_table(
                    source,
                    reading,
                    matcher.count,
                    batch_rows=context.batch_rows,
                    file_name=name,
                    is_form=True,
                )
                run = _Run(table, matcher, dataset, context)
                return run.report(Path(workplace), out, progress or _tell_nobody)
            except WrongEncodingError:
                continue
    raise refusals.encoding()


def refuse_persons(table: Table) -> None:
    """Refuse numbers that stand in no row; what is stored is refused in doubt.

    Raises:
        UnreadableFileError: a header, or a name around the table, holds one.
    """
    named = [name for part in table.parts for name in (part.file, part.sheet)]
    named += [sheet.sheet for sheet in table.skipped]
    is_stored = screening.may_hold_personal_number([*table.header, *named])
    if is_stored or screening.holds_personal_number([*table.names]):
        raise refusals.personal_name()


class _Run:
    """One attempt to read the file in one encoding."""

    def __init__(
        self, table: Table, matcher: Matcher, dataset: Dataset, context: Context
    ) -> None:
        refuse_persons(table)
        self._table = table
        self._match = matcher.match(table.header)
        self._assigned = matcher.assigned(table.header)
        self._dataset = dataset
        self._context = context
        self._preparation = Preparation(dataset, self._match, table)

    def report(self, workplace: Path, out: Path, progress: Progress) -> Report:
        """Check every row and return the report on the files in `out`."""
        checker = self._checker()
        batch_rows = self._context.batch_rows
        with Outputs(
            self._dataset,
            checker.masks,
            workplace,
            batch_rows=batch_rows,
            is_linked=self._context.register is not None,
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

    def _checker(self) -> FlawedChecker:
        checker = Checker(
            self._dataset,
            self._match,
            self._context,
            is_workbook=self._table.is_workbook,
        )
        return FlawedChecker(checker, self._dataset, self._match, self._context)

    def _batches(self) -> Iterator[pl.DataFrame]:
        for frame in read_ahead(self._table.batches):
            for batch in frame.iter_slices(self._context.batch_rows):
                yield self._preparation.prepare(batch)

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
            rejected_path=paths.rejected,
            unknown_path=paths.unknown if paths.unknown.is_file() else None,
            chosen_columns=self._assigned,
            parts=tuple(self._table.parts),
            skipped=self._table.skipped,
            notes=self._preparation.notes,
        )


def _tell_nobody(rows_read: int) -> None:
    del rows_read
