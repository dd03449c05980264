"""Rejected or questionable rows as a workbook to mend and hand in again.

    退回数据    the columns of the file as handed in, below the same titles, and only
    (存疑数据)  the rejected (questionable) rows; each wrong cell is filled and carries
                a comment: rule, message, advice; a column that the file lacks is added
                at the end
    填报说明    what this file is, and where each row stood

Every cell is text, so codes of 18 digits survive, and none is a formula. Handed in
again, the first sheet is read like any other file; the name of the second says that it
holds no data. The rows themselves are written by `marked_rows`.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import polars as pl
import xlsxwriter

from xinheng.core.catalog.datasets import CodeList, Dataset
from xinheng.core.submissions.findings import Rule, Severity
from xinheng.pipeline import marked_rows, rejected_rows
from xinheng.pipeline import parts as places
from xinheng.pipeline.marked_rows import Cells
from xinheng.pipeline.parts import Part
from xinheng.pipeline.reading.table import ROW
from xinheng.pipeline.rejected_rows import HEADER, MOST_ROWS
from xinheng.pipeline.rejects import explain

Language = Literal["zh-hans", "en"]

_LONGEST_CELL = 32_767
_MADE_AT = datetime(2019, 1, 1, tzinfo=UTC)
_NUMBERS = frozenset({"PERSONAL_ID", "PERSONAL_ID_SUSPECTED"})
_LEGEND = "填报说明"
_SIZE = {"x_scale": 2.5, "y_scale": 1.6}
_DATA_SHEET, _LEGEND_SHEET = 1, 2


class Kind(StrEnum):
    """Which rows a workbook holds."""

    REJECTED = "rejected"
    QUESTIONABLE = "questionable"


_SHEETS = {Kind.REJECTED: "退回数据", Kind.QUESTIONABLE: "存疑数据"}


@dataclass(frozen=True, slots=True)
class Source:
    """What a workbook is made from.

    `rows` is the file of `rejected_rows.keep`, `findings` that of the report;
    `headers` and `parts` are the report's, `count` is its count of such rows.
    """

    rows: Path
    findings: Path
    headers: Mapping[str, str]
    parts: Sequence[Part]
    count: int
    kind: Kind = Kind.REJECTED


_WORDS: dict[str, tuple[str, str]] = {
    "intro": (
        "“退回数据”表中是被退回的行，列的顺序与报送的文件相同。",
        "The sheet “退回数据” holds the rejected rows, with the columns of your file.",
    ),
    "intro questionable": (
        "“存疑数据”表中是存疑待核的行，没有被退回，正等待信用主管部门核实。",
        "The sheet “存疑数据” holds the questionable rows: they are not rejected, but "
        "wait for the credit office.",
    ),
    "again questionable": (
        "确有错误的，改正后把本文件重新报送即可；内容无误的行请先删去，不必重报，等待核实。",
        "Where a row is wrong, mend it and hand in this file. Delete the rows that are "
        "right: they need not come again and wait for the decision.",
    ),
    "count questionable": (
        "存疑 {count} 行，本文件列出其中 {shown} 行。",
        "{count} rows are questionable; this file lists {shown} of them.",
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
        "退回 {count} 行，本文件列出其中 {shown} 行。",
        "{count} rows were rejected; this file lists {shown} of them.",
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
    "key": ("有问题的单元格", "A cell that is wrong"),
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
        title = _SHEETS[source.kind]
        workbook.set_properties({"title": title, "created": _MADE_AT})
        book.write(workbook, title)
    return book.with_rows(target.getvalue())


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
        kept = pl.read_parquet(source.rows)
        is_head = pl.col(ROW) == HEADER
        *self._titles, header = kept.filter(is_head).drop(ROW).iter_rows()
        findings = pl.scan_parquet(source.findings)
        self._rows = self._of_kind(kept.filter(~is_head), findings)
        fields = [source.headers.get(text) for text in header]
        found = self._found(findings)
        self._added = self._absent(found, fields)
        self._header: tuple[str, ...] = (
            *header,
            *(dataset.field(name).title for name in self._added),
        )
        fields += self._added
        self._taken = [
            field is not None and dataset.field(field).personal is None
            for field in fields
        ]
        self._comments = self._commented(found, fields)
        self._formats: tuple[Any, Any] = (None, None)
        self._asides = 0

    @property
    def _first(self) -> int:
        """The number of the first row below the header, from 0."""
        return len(self._titles) + 1

    def _of_kind(self, rows: pl.DataFrame, findings: pl.LazyFrame) -> pl.DataFrame:
        wanted = pl.col("is_rejected") == (self._source.kind is Kind.REJECTED)
        kinds = rejected_rows.kinds(findings).filter(wanted).collect()
        return rows.join(kinds, on=ROW, how="semi").sort(ROW)

    def _found(self, findings: pl.LazyFrame) -> pl.DataFrame:
        """Return what keeps the rows out: `row`, `field`, `rule`."""
        is_told = pl.col("severity") != Severity.NOTICE.value
        is_here = pl.col(ROW).is_in(self._rows[ROW].implode())
        told = findings.filter(is_told, is_here).select(ROW, "field", "rule")
        return told.cast({"field": pl.String, "rule": pl.String}).collect()

    def _absent(self, found: pl.DataFrame, fields: Sequence[str | None]) -> list[str]:
        """Return the fields that something was found about and the file lacks."""
        named = set(found["field"].unique()) - {"", *fields}
        return [each.name for each in self._dataset.fields if each.name in named]

    def _commented(
        self, found: pl.DataFrame, fields: Sequence[str | None]
    ) -> pl.DataFrame:
        """Return the comments: `row` and `column` in the sheet from 0, `text`."""
        columns: dict[str, int] = {}
        for place, field in enumerate(fields):
            if field is not None:
                columns.setdefault(field, place)
        rows = self._rows.select(ROW).with_row_index("at", offset=self._first)
        texts = [
            (field, rule, columns.get(field, 0), self._explained(field, rule))
            for field, rule in found.select("field", "rule").unique().iter_rows()
        ]
        told = pl.DataFrame(texts, schema=_TOLD, orient="row")
        each = found.join(rows, on=ROW).join(told, on=["field", "rule"])
        joined = each.group_by("at", "column").agg(
            pl.col("text").unique(maintain_order=True).str.join("\n\n")
        )
        return joined.sort("at", "column").rename({"at": "row"})

    def _explained(self, field: str, rule: str) -> str:
        text = explain(
            field,
            rule,
            dataset=self._dataset,
            rules=self._rules,
            code_lists=self._code_lists,
        )
        lines = [rule, text.message_zh, text.advice_zh]
        if self._is_english:
            lines = [rule, text.message_en, text.advice_en]
        if field and rule in _NUMBERS:
            lines += ["", self._say("refused")]
        return "\n".join(lines)

    def write(self, workbook: Any, title: str) -> None:
        """Write both sheets, without the rows."""
        text = {"num_format": "@", "quote_prefix": True}
        wrong = text | {"bg_color": "#FFD7D0", "border": 1}
        self._formats = workbook.add_format(text), workbook.add_format(wrong)
        sheet = workbook.add_worksheet(title)
        self._write_header(workbook, sheet)
        self._write_legend(workbook.add_worksheet(_LEGEND))

    def _write_header(self, workbook: Any, sheet: Any) -> None:
        bold = workbook.add_format({"bold": True, "bg_color": "#EDEDED", "border": 1})
        text, _ = self._formats
        sheet.freeze_panes(self._first, 0)
        sheet.set_column(0, max(len(self._header) - 1, 0), 20, text)
        for row, cells in enumerate(self._titles):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell or "", text)
        at = self._first - 1
        for column, cell in enumerate(self._header):
            sheet.write_string(at, column, cell, bold)
            notes = [] if column else [self._say("mend")]
            if not self._taken[column] and cell:
                notes.append(self._say("aside"))
            if notes:
                sheet.write_comment(at, column, "\n".join(notes), _SIZE)
                self._asides += 1

    def _write_legend(self, sheet: Any) -> None:
        text, wrong = self._formats
        sheet.set_column(0, 0, 14, text)
        sheet.set_column(1, 2, 36, text)
        lines = self._lines()
        for number, line in enumerate(lines):
            sheet.write_string(number, 0, line)
        sheet.write_string(len(lines), 0, self._say("key"), wrong)
        for column, key in enumerate(("here", "file", "sheet", "line")):
            sheet.write_string(len(lines) + 1, column, self._say(key))

    def _lines(self) -> list[str]:
        kind, shown = self._source.kind, self._rows.height
        of_kind = "" if kind is Kind.REJECTED else f" {kind}"
        lines = [self._say(f"intro{of_kind}"), self._say("mend")]
        lines += [self._say(f"again{of_kind}"), self._say("blank")]
        count = self._source.count
        lines.append(self._say(f"count{of_kind}").format(count=count, shown=shown))
        if shown == MOST_ROWS < count:
            lines.append(self._say("rest").format(most=MOST_ROWS))
        return lines

    def with_rows(self, book: bytes) -> bytes:
        """Return the finished book with the rows and their comments in it."""
        if self._rows.is_empty():
            return book
        legend_first = len(self._lines()) + 3
        return marked_rows.put(
            book,
            {
                marked_rows.SHEET.format(_DATA_SHEET): marked_rows.rows_put(
                    self._cells(), first=self._first + 1
                ),
                marked_rows.SHEET.format(_LEGEND_SHEET): marked_rows.rows_put(
                    self._places(), first=legend_first
                ),
                **marked_rows.comments_put(self._comments, before=self._asides),
            },
        )

    def _cells(self) -> list[Cells]:
        missing = [pl.lit(None, pl.String).alias(name) for name in self._added]
        cells = self._rows.drop(ROW).with_columns(missing)
        return [self._styled(column, place) for place, column in enumerate(cells)]

    def _styled(self, cells: pl.Series, place: int) -> Cells:
        text, wrong = (pl.lit(str(each.xf_index)) for each in self._formats)
        marked = self._comments.filter(pl.col("column") == place)["row"] - self._first
        is_wrong = pl.repeat(value=False, n=len(cells), dtype=pl.Boolean, eager=True)
        frame = pl.DataFrame(
            {
                "cell": cells.replace("", None).str.slice(0, _LONGEST_CELL),
                "is_wrong": is_wrong.scatter(marked, values=True),
            }
        )
        style = pl.when("is_wrong").then(wrong)
        filled = style.when(pl.col("cell").is_not_null()).then(text)
        return Cells(frame["cell"], frame.select(filled).to_series())

    def _places(self) -> list[Cells]:
        """Return where each row stands here and stood there."""
        numbers = enumerate(self._rows[ROW], start=self._first + 1)
        lines = [(str(here), *self._place(row)) for here, row in numbers]
        frame = pl.DataFrame(lines, schema=["0", "1", "2", "3"], orient="row")
        text = str(self._formats[0].xf_index)
        style = pl.repeat(text, n=frame.height, eager=True)
        return [Cells(column.replace("", None), style) for column in frame]

    def _place(self, row: int) -> tuple[str, str, str]:
        try:
            file, sheet, line = places.locate(self._source.parts, row)
        except LookupError:
            return "", "", str(row)
        return file, sheet, str(line)

    def _say(self, key: str) -> str:
        return _WORDS[key][self._is_english]


_TOLD = {"field": pl.String, "rule": pl.String, "column": pl.UInt32, "text": pl.String}
