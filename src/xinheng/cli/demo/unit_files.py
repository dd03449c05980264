"""The files that the units of the demo city hand in: one for each cell of the table.

Each holds as many valid rows as the cell counts, and among them some that are wrong.
Everything follows from the facts, so a second run writes the same files.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import xlsxwriter

from xinheng.cli.demo import blemishes
from xinheng.cli.demo.blemishes import Row
from xinheng.cli.demo.facts import Facts
from xinheng.core.catalog.datasets import Dataset, SourceUnit
from xinheng.rulebook import catalog, samples

DIRTY_SEED = 1  # of the sample rows that blemishes are put on


class Form(StrEnum):
    """What a unit's office happens to save."""

    GB18030 = "gb18030"  # CSV, as an old spreadsheet saves it
    UTF_8 = "utf-8-sig"  # CSV with a byte order mark
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class UnitFile:
    """A file to hand in, with what is known about it beforehand.

    Of `rows`, `clean` are valid and the others are not.
    """

    unit: SourceUnit
    dataset: Dataset
    form: Form
    rows: tuple[Row, ...]
    clean: int

    @property
    def name(self) -> str:
        """The file's name."""
        ending = "xlsx" if self.form is Form.XLSX else "csv"
        return (
            f"{self.unit.position:02d}-{self.unit.name}-{self.dataset.title}.{ending}"
        )

    def write(self, directory: Path) -> Path:
        """Write the file and return its path."""
        path = directory / self.name
        path.write_bytes(_workbook(self) if self.form is Form.XLSX else _csv(self))
        return path


def plan(facts: Facts) -> Iterator[UnitFile]:
    """Yield the files of the month, unit by unit."""
    datasets = _datasets()
    cells = [
        (row.unit, datasets[category], count)
        for row in facts.units
        for category, count in row.cells.items()
    ]
    for index, (unit, dataset, count) in enumerate(cells):
        clean = samples.sample_rows(dataset, rows=count, month=facts.period, unit=unit)
        dirty = _dirty_rows(dataset, unit, index, count, month=facts.period)
        yield UnitFile(
            unit=unit,
            dataset=dataset,
            form=list(Form)[index % len(Form)],
            rows=tuple(_mix(clean, dirty)),
            clean=count,
        )


def _datasets() -> dict[str, Dataset]:
    """Return the item that each category is counted from."""
    return {
        dataset.category: dataset
        for dataset in catalog.datasets()
        if dataset.category is not None
    }


def _dirty_rows(
    dataset: Dataset, unit: SourceUnit, index: int, count: int, *, month: str
) -> list[Row]:
    rows = samples.sample_rows(
        dataset,
        rows=_dirty_count(count, index),
        seed=DIRTY_SEED,
        month=month,
        unit=unit,
    )
    known = blemishes.for_dataset(dataset)
    for number, row in enumerate(rows, start=index):
        known[number % len(known)].apply(row, dataset, number)
    return rows


def _dirty_count(clean: int, index: int) -> int:
    """Return how many rows come in wrong: a few in a hundred."""
    if clean < 5:
        return 1 if index % 3 == 0 else 0
    return 2 if clean < 50 else 4 + clean // 80


def _mix(clean: Sequence[Row], dirty: Sequence[Row]) -> Iterator[Row]:
    """Spread the dirty rows among the clean ones; where many are, one comes twice."""
    step = max(1, len(clean) // (len(dirty) + 1))
    waiting = list(dirty)
    for number, row in enumerate(clean, start=1):
        yield row
        if waiting and number % step == 0:
            yield waiting.pop(0)
    yield from waiting
    if len(clean) >= 50:
        yield clean[0]


def _headers(file: UnitFile) -> dict[str, str]:
    """Return the heading of each column; old spreadsheets carry the national codes."""
    return {
        field.title: (field.code or field.title)
        if file.form is Form.GB18030
        else field.title
        for field in file.dataset.stored_fields
    }


def _lines(file: UnitFile) -> Iterator[list[str]]:
    headers = _headers(file)
    yield list(headers.values())
    for row in file.rows:
        yield [row[title] for title in headers]


def _csv(file: UnitFile) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(_lines(file))
    return text.getvalue().encode(file.form)


def _workbook(file: UnitFile) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_numbers": False}) as book:
        # The same bytes on every run: a workbook carries the day of its making.
        book.set_properties({"created": datetime(2019, 6, 3)})  # noqa: DTZ001
        sheet = book.add_worksheet("数据")
        for number, line in enumerate(_lines(file)):
            for column, cell in enumerate(line):
                sheet.write_string(number, column, cell)
    return content.getvalue()
