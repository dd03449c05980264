"""The rejected rows as a workbook to mend and hand in again.

    退回数据    the columns of the file as handed in, and only the rejected rows; each
                wrong cell is filled and carries a comment: rule, message, advice; a
                column that the file lacks is added at the end
    填报说明    what this file is, and where each row stood

Every cell is text, so codes of 18 digits survive, and none is a formula. Handed in
again, the first sheet is read like any other file; the name of the second says that it
holds no data.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import polars as pl
import xlsxwriter

from xinheng.core import formulas
from xinheng.core.catalog.datasets import CodeList, Dataset
from xinheng.core.submissions.findings import Rule, Severity
from xinheng.pipeline import parts as places
from xinheng.pipeline.parts import Part
from xinheng.pipeline.reading.table import ROW
from xinheng.pipeline.rejected_rows import MOST_ROWS
from xinheng.pipeline.rejects import explain

Language = Literal["zh-hans", "en"]

_LONGEST_CELL = 32_767
_MADE_AT = datetime(2019, 1, 1, tzinfo=UTC)
_NUMBERS = frozenset({"PERSONAL_ID", "PERSONAL_ID_SUSPECTED"})
_SHEETS = ("退回数据", "填报说明")
_SIZE = {"x_scale": 2.5, "y_scale": 1.6}


# By column, the field and the rule of each finding.
_Told = dict[int, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Source:
    """What a workbook is made from.

    `rows` is the file of `rejected_rows.keep`, `findings` that of the report;
    `headers` and `parts` are the report's, `rejected` is its count.
    """

    rows: Path
    findings: Path
    headers: Mapping[str, str]
    parts: Sequence[Part]
    rejected: int


_WORDS: dict[str, tuple[str, str]] = {
    "intro": (
        "“退回数据”表中是被退回的行，列的顺序与报送的文件相同。",
        "The sheet “退回数据” holds the rejected rows, with the columns of your file.",
    ),
    "mend": (
        "标色的单元格有问题，原因和改法见批注。请直接在单元格中改正。",
        "Filled cells are wrong; their comments say why and what to do. Mend them "
        "there.",
    ),
    "again": (
        "改好后把本文件重新报送即可；只报这些行，已入库的行不必重报，重复报送也不会重复计数。",
        "Then hand in this file: only these rows. Rows that were taken need not come "
        "again, and none is counted twice.",
    ),
    "blank": (
        "涉及个人身份证件号码的单元格、涉及个人的列和目录以外的列未保存，已留空；"
        "整行为自然人的不在本文件中，也不得报送。",
        "Cells with personal identity numbers, columns about persons and columns that "
        "the catalog does not have were not kept and are blank. Rows about natural "
        "persons are left out; they must not be handed in.",
    ),
    "count": (
        "退回 {rejected} 行，本文件列出其中 {shown} 行。",
        "{rejected} rows were rejected; this file lists {shown} of them.",
    ),
    "rest": (
        "最多列出 {most} 行；其余的行见问题清单（CSV），或改正原文件后重新报送。",
        "A workbook lists at most {most} rows; for the others see the findings (CSV), "
        "or mend your own file and hand it in again.",
    ),
    "refused": (
        "此处的个人证件号码未保存，已清空。",
        "The personal number that stood here was not kept.",
    ),
    "aside": (
        "本列不收，内容未保存。",
        "This column is not taken; what stood in it was not kept.",
    ),
    "here": ("本文件行号", "Row here"),
    "file": ("原文件", "File"),
    "sheet": ("工作表", "Sheet"),
    "line": ("行号", "Row there"),
}


def as_xlsx(
    source: Source,
    *,
    dataset: Dataset,
    rules: Mapping[str, Rule],
    code_lists: Mapping[str, CodeList],
    language: Language,
) -> bytes:
    """Return the workbook; its comments are in the language asked."""
    book = _Book(source, dataset, rules, code_lists, is_english=language == "en")
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(target, options) as workbook:
        workbook.set_properties({"title": _SHEETS[0], "created": _MADE_AT})
        book.write(workbook)
    return target.getvalue()


class _Book:
    """One workbook in one language."""

    def __init__(
        self,
        source: Source,
        dataset: Dataset,
        rules: Mapping[str, Rule],
        code_lists: Mapping[str, CodeList],
        *,
        is_english: bool,
    ) -> None:
        self._source = source
        self._dataset = dataset
        self._rules = rules
        self._code_lists = code_lists
        self._is_english = is_english
        header, *self._rows = pl.read_parquet(source.rows).iter_rows()
        self._explain = cache(self._explained)
        fields = [source.headers.get(text) for text in header[1:]]
        found = self._found()
        self._added = self._absent(found, fields)
        self._header: tuple[str, ...] = (
            *header[1:],
            *(dataset.field(name).title for name in self._added),
        )
        fields += self._added
        self._taken = [
            field is not None and dataset.field(field).personal is None
            for field in fields
        ]
        self._columns: dict[str, int] = {}
        for place, field in enumerate(fields):
            if field is not None:
                self._columns.setdefault(field, place)
        self._told = self._by_place(found)

    def write(self, workbook: Any) -> None:
        """Write both sheets."""
        sheet = workbook.add_worksheet(_SHEETS[0])
        self._write_header(workbook, sheet)
        formats = _Formats(workbook)
        missing = [None] * len(self._added)
        for number, (row, *cells) in enumerate(self._rows, start=1):
            told = self._told.get(row, {})
            self._write_row(sheet, number, [*cells, *missing], told, formats)
        self._write_legend(workbook)

    def _write_header(self, workbook: Any, sheet: Any) -> None:
        bold = workbook.add_format({"bold": True, "bg_color": "#EDEDED", "border": 1})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(self._header) - 1, 0), 20)
        for column, text in enumerate(self._header):
            sheet.write_string(0, column, text, bold)
            if not self._taken[column] and text:
                sheet.write_comment(0, column, self._say("aside"), _SIZE)

    def _found(self) -> pl.DataFrame:
        """Return what keeps the rows out: `row`, `field`, `rule`."""
        rows = pl.Series([row[0] for row in self._rows], dtype=pl.UInt32)
        is_told = pl.col("severity") != Severity.NOTICE.value
        found = pl.scan_parquet(self._source.findings).filter(is_told)
        listed = found.filter(pl.col(ROW).is_in(rows.implode()))
        return listed.select(ROW, "field", "rule").collect()

    def _absent(self, found: pl.DataFrame, fields: Sequence[str | None]) -> list[str]:
        """Return the fields that something was found about and the file lacks."""
        named = set(found["field"].unique()) - {"", *fields}
        return [each.name for each in self._dataset.fields if each.name in named]

    def _by_place(self, found: pl.DataFrame) -> dict[int, _Told]:
        """Return by row and column the (field, rule) that were found."""
        told: dict[int, _Told] = {}
        for row, field, rule in found.iter_rows():
            column = self._columns.get(field, 0)
            told.setdefault(row, {}).setdefault(column, []).append((field, rule))
        return told

    def _write_row(
        self,
        sheet: Any,
        number: int,
        cells: Sequence[str | None],
        told: _Told,
        formats: _Formats,
    ) -> None:
        for column, cell in enumerate(cells):
            found = told.get(column, ())
            text = (cell or "")[:_LONGEST_CELL]
            style = formats.of(text, is_wrong=bool(found))
            if text:
                sheet.write_string(number, column, text, style)
            elif found:
                sheet.write_blank(number, column, None, style)
            if found:
                sheet.write_comment(number, column, self._comment(found), _SIZE)

    def _comment(self, found: Sequence[tuple[str, str]]) -> str:
        texts = [self._explain(field, rule) for field, rule in found]
        if any(field and rule in _NUMBERS for field, rule in found):
            texts.append(self._say("refused"))
        return "\n\n".join(texts)

    def _explained(self, field: str, rule: str) -> str:
        text = explain(
            field,
            rule,
            dataset=self._dataset,
            rules=self._rules,
            code_lists=self._code_lists,
        )
        if self._is_english:
            return f"{rule}\n{text.message_en}\n{text.advice_en}"
        return f"{rule}\n{text.message_zh}\n{text.advice_zh}"

    def _write_legend(self, workbook: Any) -> None:
        sheet = workbook.add_worksheet(_SHEETS[1])
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 2, 36)
        rejected, shown = self._source.rejected, len(self._rows)
        lines = [self._say(key) for key in ("intro", "mend", "again", "blank")]
        lines.append(self._say("count").format(rejected=rejected, shown=shown))
        if shown == MOST_ROWS < rejected:
            lines.append(self._say("rest").format(most=MOST_ROWS))
        for number, line in enumerate(lines):
            sheet.write_string(number, 0, line)
        start = len(lines) + 1
        for column, key in enumerate(("here", "file", "sheet", "line")):
            sheet.write_string(start, column, self._say(key))
        for number, (row, *_) in enumerate(self._rows, start=2):
            where = (str(number), *self._place(row))
            for column, text in enumerate(where):
                sheet.write_string(start + number - 1, column, text)

    def _place(self, row: int) -> tuple[str, str, str]:
        try:
            file, sheet, line = places.locate(self._source.parts, row)
        except LookupError:
            return "", "", str(row)
        return file, sheet, str(line)

    def _say(self, key: str) -> str:
        return _WORDS[key][self._is_english]


class _Formats:
    """How cells look; all of them are text, whatever they begin with."""

    def __init__(self, workbook: Any) -> None:
        text, wrong = {"num_format": "@"}, {"bg_color": "#FFD7D0", "border": 1}
        kinds: dict[tuple[bool, bool], dict[str, Any]] = {
            (False, False): text,
            (True, False): text | wrong,
            (False, True): text | {"quote_prefix": True},
            (True, True): text | wrong | {"quote_prefix": True},
        }
        self._formats = {key: workbook.add_format(each) for key, each in kinds.items()}

    def of(self, text: str, *, is_wrong: bool) -> Any:
        """Return the format of a cell; one like a formula is marked as text."""
        return self._formats[is_wrong, text.startswith(formulas.STARTS)]
