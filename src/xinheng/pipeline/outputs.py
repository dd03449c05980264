"""Where the rows and findings of a check go: Parquet files, and the report on them.

Rejected rows and hashes of keys serve only to find rows that repeat each other; where
they are too many for the memory they lie in a workplace that is deleted at the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.submissions.outcomes import Outcome
from xinheng.pipeline import duplicates, unknown_codes
from xinheng.pipeline.batches import OUTCOME, Checked, row_schema
from xinheng.pipeline.cells import screening
from xinheng.pipeline.cells.columns import WHOLE_ROW
from xinheng.pipeline.duplicates import KEY_HASH, KEYS, Duplicates
from xinheng.pipeline.keys import NATURAL_KEY, SEPARATOR
from xinheng.pipeline.masks import FOUND, Masks
from xinheng.pipeline.reading.table import ROW
from xinheng.pipeline.writing import ParquetWriter, Schema, sink

_ABOUT_PERSONS = ("NATURAL_PERSON", "PERSONAL_ID", "PERSONAL_ID_SUSPECTED")
_HELD = (Outcome.QUESTIONABLE.value, Outcome.UNLINKED.value)


@dataclass(frozen=True, slots=True)
class Paths:
    """The files that remain; `unknown` only where some code is."""

    accepted: Path
    held: Path
    findings: Path
    rejected: Path
    unknown: Path

    @classmethod
    def under(cls, out: Path) -> Paths:
        """Return the files in a directory."""
        names = ("accepted", "held", "findings", "rejected", "unknown")
        return cls(*(out / f"{name}.parquet" for name in names))


class Outputs:
    """Takes the verdicts on batch after batch; `finish` settles the whole file."""

    def __init__(
        self,
        dataset: Dataset,
        masks: Masks,
        workplace: Path,
        *,
        batch_rows: int,
        is_linked: bool,
    ) -> None:
        """Take verdicts on rows of a dataset, linked with a register or not."""
        self.outcomes: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()
        self.read = 0
        self.is_personal = False
        self._masks = masks
        self._dataset = dataset
        self._is_linked = is_linked
        self._code_place = (
            dataset.natural_key.index(dataset.subject_code)
            if dataset.subject_code in dataset.natural_key
            else None
        )
        self._stored = [field.name for field in dataset.stored_fields]
        self._batch_rows = batch_rows
        self._workplace = workplace
        self._writers: list[ParquetWriter] = []
        accepted = row_schema(dataset)
        self._accepted = self._writer("accepted", accepted)
        self._held = self._writer("held", _held_schema(accepted))
        self._rejected = self._writer("rejected", accepted)
        self._findings = self._writer("findings", FOUND)
        self._keys = self._writer("keys", KEYS)

    def _writer(self, name: str, schema: Schema) -> ParquetWriter:
        path = self._workplace / f"{name}.parquet"
        writer = ParquetWriter(path, schema, batch_rows=self._batch_rows)
        self._writers.append(writer)
        return writer

    def __enter__(self) -> Outputs:
        """Return the outputs."""
        return self

    def __exit__(self, *raised: object) -> None:
        """Stop what is still being written."""
        for writer in self._writers:
            writer.abandon()

    def take(self, checked: Checked) -> None:
        """Take the rows and findings of a batch."""
        self.read += checked.read
        self.is_personal |= checked.is_personal
        self.outcomes.update(checked.outcomes)
        rows, outcome = checked.rows, pl.col(OUTCOME)
        self._accepted.write(rows, outcome == Outcome.ACCEPTED.value)
        self._held.write(rows, outcome.is_in(_HELD))
        self._rejected.write(rows, outcome == Outcome.REJECTED.value)
        key = pl.col(NATURAL_KEY)
        hashes = rows.select(ROW, NATURAL_KEY, key.hash().alias(KEY_HASH))
        self._keys.write(hashes, key.is_not_null())
        self._findings.write(checked.findings)
        self._count(checked.findings["check"])

    def finish(self, out: Path) -> Paths:
        """Reject rows that repeat or contradict each other; put the files in place."""
        accepted, held = self._accepted.scan(), self._held.scan()
        rows = [content.drop(OUTCOME, strict=False) for content in (accepted, held)]
        parts = [*rows, self._rejected.scan()]
        found = duplicates.find(self._keys.scan(), parts, self._stored)
        final = Paths.under(out)
        self._write_rejected_keys(parts, found, final.rejected)
        self._write_unknown([held, parts[-1]], final.unknown)
        self._accepted.finish(self._without(accepted, found, Outcome.ACCEPTED))
        self._held.finish(self._without(held, found, None))
        self._findings.finish(self._findings_with(found))
        self._accepted.path.replace(final.accepted)
        self._held.path.replace(final.held)
        self._findings.path.replace(final.findings)
        return final

    def _write_rejected_keys(
        self, parts: Sequence[pl.LazyFrame], found: Duplicates, path: Path
    ) -> None:
        """Write the keys by which a rejected row is known when it comes again."""
        *others, rejected = [part.select(ROW, NATURAL_KEY) for part in parts]
        moved = [
            part.filter(pl.col(ROW).is_in(found.rows.implode())) for part in others
        ]
        bits = [
            bit
            for bit, check in enumerate(self._masks.checks)
            if check.rule in _ABOUT_PERSONS
        ]
        persons = self._findings.scan().filter(pl.col("check").is_in(bits))
        keys = pl.concat([rejected, *moved]).join(persons, on=ROW, how="anti")
        if self._code_place is not None:
            code = pl.col(NATURAL_KEY).str.split(SEPARATOR).list.get(self._code_place)
            keys = keys.filter(~screening.is_like_number(code))
        sink(keys.drop_nulls().sort(ROW), path)

    def _write_unknown(self, parts: Sequence[pl.LazyFrame], path: Path) -> None:
        """Write the codes that no organization of the register has, if there are."""
        path.unlink(missing_ok=True)
        not_known = (Outcome.REJECTED.value, Outcome.UNLINKED.value)
        is_asked = self._is_linked and self._dataset.subject_code is not None
        if not is_asked or not any(self.outcomes[name] for name in not_known):
            return
        found = unknown_codes.find(
            parts,
            self._findings.scan(),
            self._masks.checks,
            self._dataset,
            self.read,
        )
        if found.height:
            sink(found.lazy(), path)

    def _count(self, checks: pl.Series) -> None:
        for check, count in checks.value_counts(name="count").iter_rows():
            self.rules[self._masks.checks[check].rule] += count

    def _without(
        self, content: pl.LazyFrame, found: Duplicates, outcome: Outcome | None
    ) -> pl.LazyFrame | None:
        """Return the rows that stay, null where all do; the others count as rejected.

        Without an `outcome` the rows name their own.
        """
        is_found = pl.col(ROW).is_in(found.rows.implode())
        named = pl.col(OUTCOME) if outcome is None else pl.lit(outcome.value)
        moved = content.filter(is_found).select(ROW, named.alias(OUTCOME)).collect()
        for name, count in moved[OUTCOME].value_counts(name="count").iter_rows():
            self.outcomes[name] -= count
            self.outcomes[Outcome.REJECTED.value] += count
        return content.filter(~is_found) if moved.height else None

    def _findings_with(self, found: Duplicates) -> pl.LazyFrame:
        """Return the findings by name, with those on rows that repeat each other."""
        told = {"DUPLICATE_ROW": found.repeating, "DUPLICATE_KEY": found.contradicting}
        added = [
            pl.DataFrame({ROW: rows}).with_columns(
                check=pl.lit(self._masks.bit(rule, WHOLE_ROW), dtype=pl.UInt16)
            )
            for rule, rows in told.items()
        ]
        extra = pl.concat(added).sort(ROW, "check")
        self._count(extra["check"])
        content = self._findings.scan()
        if extra.height:
            placed = content.with_columns(_place())
            content = placed.merge_sorted(extra.lazy().with_columns(_place()), "place")
        return content.select(ROW, *self._masks.names())


def _held_schema(accepted: Schema) -> Schema:
    columns = list(accepted.items())
    return dict([*columns[:3], (OUTCOME, pl.String()), *columns[3:]])


def _place() -> pl.Expr:
    """Order findings by row, then by check."""
    return (pl.col(ROW).cast(pl.UInt64) * 65_536 + pl.col("check")).alias("place")
