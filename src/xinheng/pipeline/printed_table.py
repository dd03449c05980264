"""Printed tables: a row for each unit, a column for each category, totals at the edges.

What the file must show is read from its words, not from places: the header row is the
one that holds a heading of the units' column (`部门名称`, `单位` ...) and the most
others, the column of totals and the totals row go by their own. Lines above the header
and notes below the table are left out.

    序号  部门名称   行政许可  ...  数据总量      <- header row
          合计            409  ...      5018      <- totals row, first or last
    1     行政审批局       95  ...       301
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import polars as pl

from xinheng.core.screening import personal_id
from xinheng.core.statistics.footing import PrintedTable, Row
from xinheng.pipeline import refusals
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import files
from xinheng.pipeline.reading.encodings import WrongEncodingError
from xinheng.pipeline.reading.table import (
    OVERFLOW,
    ROW,
    Recognizer,
    Table,
    column_names,
)

UNIT_HEADERS = frozenset(
    ("部门名称", "部门", "单位名称", "单位", "信源单位", "报送单位", "责任单位", "名称")
) | {"UNIT", "UNITS", "DEPARTMENT", "NAME"}
NUMBER_HEADERS = frozenset(("序号", "编号", "NO", "NO.", "#", "ID"))
TOTAL_HEADERS = frozenset(("数据总量", "总量", "总数", "合计", "总计", "共计")) | {
    "TOTAL",
    "TOTALS",
    "SUM",
    "GRANDTOTAL",
}
TOTAL_ROWS = TOTAL_HEADERS | {"全市合计", "全市总计"}
REMARK_HEADERS = frozenset(("备注", "说明", "REMARK", "REMARKS", "NOTE", "NOTES"))
NOTE_STARTS = ("注:", "备注:", "说明:", "制表", "填表", "审核人")
NOTHING = frozenset(("", "-", "--", "—", "——", "–", "/", "〇", "无"))
BATCH_ROWS = 65_536

_COUNT = re.compile(r"(\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.0+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand: indexes of columns, null where there is none."""

    unit: int
    number: int | None
    total: int | None
    counts: tuple[int, ...]
    titles: tuple[str, ...]  # of every column, blank where it has none


@dataclass(frozen=True, slots=True)
class _Line:
    """A row below the header: `number` counts from 1."""

    number: int
    unit: str
    cells: tuple[int, ...]
    total: int | None


def read(path: Path) -> PrintedTable:
    """Read a printed table from a CSV or XLSX file.

    Raises:
        UnreadableFileError: the file is no such table; the message says what is missing
            or which cell holds no count.
    """
    header, rows = _open(path, _recognize_table)
    layout = _layout(header)
    lines = list(_read_lines(rows, layout))
    totals = [line for line in lines if _plain(line.unit) in TOTAL_ROWS]
    units = [line for line in lines if _plain(line.unit) not in TOTAL_ROWS]
    _check(layout, units, totals)
    row = totals[0] if totals else None
    return PrintedTable(
        columns=tuple(layout.titles[index] for index in layout.counts),
        rows=tuple(Row(line.unit, line.cells, line.total) for line in units),
        total_row=row.unit if row else None,
        totals=row.cells if row else None,
        total_column=None if layout.total is None else layout.titles[layout.total],
        grand_total=row.total if row else None,
    )


def read_names(path: Path) -> tuple[str, ...]:
    """Read a list of units from the column `unit` (or a like heading) of a file.

    Raises:
        UnreadableFileError: there is no such column, or nothing in it.
    """
    header, rows = _open(path, _recognize_names)
    words = [_plain(cell) for cell in header]
    found = [index for index, word in enumerate(words) if word in UNIT_HEADERS]
    # The heading `unit` wins over one that says how the text calls the unit.
    found.sort(key=lambda index: words[index] != "UNIT")
    names = [name for _, row in rows if (name := _cell(row, found[0]))]
    if not names:
        raise UnreadableFileError(
            "NAMED_ROWS", "名单里没有单位。", "The list names no unit."
        )
    return tuple(names)


def spell_as_printed(names: Iterable[str], table: PrintedTable) -> tuple[str, ...]:
    """Return the names as the table spells them; blanks and widths make no difference.

    A name that is not in the table stays as it is.
    """
    spelled = {_plain(row.unit): row.unit for row in table.rows}
    return tuple(spelled.get(_plain(name), name) for name in names)


def _plain(text: str) -> str:
    """Return a name as names are compared: no blanks, half width, upper case."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def _recognize_table(cells: Sequence[str]) -> int:
    """Count the headings of a row that can head a printed table."""
    words = [word for word in map(_plain, cells) if word]
    return len(words) if UNIT_HEADERS & set(words) and len(words) > 1 else 0


def _recognize_names(cells: Sequence[str]) -> int:
    return len(UNIT_HEADERS & {_plain(cell) for cell in cells})


_Rows = list[tuple[int, tuple[str, ...]]]  # number from 1 below the header, cells


def _open(path: Path, recognize: Recognizer) -> tuple[tuple[str, ...], _Rows]:
    """Return the header and the rows below it that are not blank."""
    for reading in files.readings(path, file_name=path.name):
        try:
            table = files.open_table(path, reading, recognize, batch_rows=BATCH_ROWS)
            return table.header, _rows(table)
        except WrongEncodingError:
            continue
        except UnreadableFileError as refused:
            raise _no_header(refused) from None
    raise refusals.encoding()


def _no_header(refused: UnreadableFileError) -> UnreadableFileError:
    """Say what a printed table lacks, where the reader found no header."""
    if refused.code != refusals.no_columns().code:
        return refused
    return UnreadableFileError(
        "TABLE_HEADER",
        "没有找到表头：前20行里没有“部门名称”“单位”或“unit”一列。",
        "No header row: no column headed 部门名称, 单位 or unit in the first 20 rows.",
    )


def _rows(table: Table) -> _Rows:
    rows: _Rows = []
    for batch in table.batches:
        filled = pl.any_horizontal(pl.col(pl.String).str.strip_chars() != "")
        named = batch.select(ROW, OVERFLOW, *column_names(len(table.header)))
        for number, beyond, *cells in named.filter(filled).iter_rows():
            _refuse_overflow(number, beyond)
            rows.append((number, tuple(cell or "" for cell in cells)))
    return rows


def _refuse_overflow(number: int, beyond: str | None) -> None:
    if beyond is not None and beyond.strip():
        raise UnreadableFileError(
            "TABLE_SHAPE",
            f"第{number}行的单元格比表头多。",
            f"Row {number} has more cells than the header.",
        )


def _layout(header: tuple[str, ...]) -> _Layout:
    words = [_plain(cell) for cell in header]
    unit = next(i for i, word in enumerate(words) if word in UNIT_HEADERS)
    number = [i for i, word in enumerate(words) if word in NUMBER_HEADERS]
    total = [i for i, word in enumerate(words) if word in TOTAL_HEADERS]
    remark = [i for i, word in enumerate(words) if word in REMARK_HEADERS]
    taken = {unit, *number, *total, *remark}
    counts = [i for i, word in enumerate(words) if word and i not in taken]
    _check_header(words, counts=counts, totals=total)
    return _Layout(
        unit=unit,
        number=number[0] if number else None,
        total=total[0] if total else None,
        counts=tuple(counts),
        titles=tuple(cell.strip() for cell in header),
    )


def _check_header(
    words: Sequence[str], *, counts: Sequence[int], totals: Sequence[int]
) -> None:
    if any(personal_id.find(word) for word in words):
        raise refusals.personal_name()
    if not counts:
        raise UnreadableFileError(
            "TABLE_COLUMNS",
            "表头里除单位和合计外没有其他列，无从核对。",
            "The header has no column of counts beside the units and the totals.",
        )
    if len(totals) > 1:
        raise UnreadableFileError(
            "TABLE_TOTALS",
            "表里有不止一个合计列，请只保留一个。",
            "The table has more than one column of totals; keep one.",
        )
    for word, following in pairwise(sorted(words[index] for index in counts)):
        if word == following:
            raise refusals.duplicate_column(word, word)


def _read_lines(rows: _Rows, layout: _Layout) -> Iterator[_Line]:
    for number, row in rows:
        name = _name(row, layout)
        if not any(_cell(row, index) for index in _counted(layout)) and (
            not name or _is_note(name)
        ):
            continue
        _check_name(name, number)
        yield _Line(
            number=number,
            unit=name,
            cells=tuple(_count(row, i, layout, number) for i in layout.counts),
            total=None
            if layout.total is None
            else _count(row, layout.total, layout, number),
        )


def _counted(layout: _Layout) -> tuple[int, ...]:
    return layout.counts if layout.total is None else (*layout.counts, layout.total)


def _name(row: Sequence[str], layout: _Layout) -> str:
    """Return the unit's name; a totals row may say so in the column of numbers."""
    name = _cell(row, layout.unit)
    if name or layout.number is None:
        return name
    label = _cell(row, layout.number)
    return label if _plain(label) in TOTAL_ROWS or _is_note(label) else ""


def _is_note(name: str) -> bool:
    return _plain(name).startswith(NOTE_STARTS)


def _check_name(name: str, number: int) -> None:
    if not name:
        raise UnreadableFileError(
            "TABLE_UNIT", f"第{number}行没有单位名称。", f"Row {number} names no unit."
        )
    if personal_id.find(name):
        raise UnreadableFileError(
            "PERSONAL_ID",
            f"第{number}行的单位名称中有个人身份证号码，文件不接收。",
            f"Row {number}: the unit's name holds a personal identity number.",
        )


def _count(row: Sequence[str], index: int, layout: _Layout, number: int) -> int:
    text = unicodedata.normalize("NFKC", _cell(row, index))
    if text in NOTHING:
        return 0
    found = _COUNT.fullmatch(text)
    if not found:
        title = layout.titles[index]
        raise UnreadableFileError(
            "TABLE_CELL",
            f"第{number}行“{title}”不是个数（只接受0和正整数）。",
            f"Row {number}, column {title}: not a count (0 or a whole number above).",
        )
    return int(found[1].replace(",", ""))


def _cell(row: Sequence[str], index: int) -> str:
    return row[index].strip()


def _check(layout: _Layout, units: Sequence[_Line], totals: Iterable[_Line]) -> None:
    rows = [str(line.number) for line in totals]
    if not units:
        raise UnreadableFileError(
            "TABLE_ROWS",
            "表头下面没有单位的行，无从核对。",
            "There is no row of a unit under the header.",
        )
    if len(rows) > 1:
        raise UnreadableFileError(
            "TABLE_TOTALS",
            f"第{'、'.join(rows)}行都是合计行，请只保留一行。",
            f"Rows {', '.join(rows)} are all totals rows; keep one.",
        )
    if not rows and layout.total is None:
        raise UnreadableFileError(
            "TABLE_TOTALS",
            "表里既没有“合计”行，也没有“合计”或“数据总量”列，无从核对。",
            "The table has neither a totals row nor a column of totals: nothing to"
            " check.",
        )
