"""The bulletin as a workbook: one sheet for each table, numbers as numbers."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import xlsxwriter

from xinheng.core.statistics.document import Document, Table

# A workbook carries the day of its making; ours says nothing by it.
_MADE_ON = datetime(2000, 1, 1)  # noqa: DTZ001
_TITLES = {
    "table": "报送情况表",
    "rates": "三率",
    "overlap": "机构重叠",
    "measures": "联合奖惩",
    "redress": "异议与修复",
    "changes": "更正前后",
}
_ABOUT = "说明"
# Excel takes a text with this mark for a text, whatever it begins with.
_TEXT = {"quote_prefix": True}
_HEAD = {"bold": True, "text_wrap": True, "valign": "bottom", "bg_color": "#F5F4EF"}
_FIRST_ROW = 3  # of a table's heads: title, caption and a blank row stand above


def as_xlsx(document: Document) -> bytes:
    """Return the workbook; the first sheet says what it is and how it was counted."""
    content = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"title": document.title, "created": _MADE_ON})
        _about(book, document)
        for table in document.tables:
            _sheet(book, document, table)
    return content.getvalue()


def _about(book: Any, document: Document) -> None:
    sheet = book.add_worksheet(_ABOUT)
    bold = book.add_format(_TEXT | {"bold": True})
    wrapped = book.add_format(_TEXT | {"text_wrap": True})
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 90)
    lines = [
        (document.masthead, document.title),
        (document.number, document.dated),
        *document.colophon,
        *(("公式", block.note) for s in document.sections for block in s.blocks),
    ]
    if document.mark:
        lines.insert(0, ("示例", document.mark))
    for number, (name, text) in enumerate(line for line in lines if line[1]):
        sheet.write_string(number, 0, name, bold)
        sheet.write_string(number, 1, text, wrapped)


def _sheet(book: Any, document: Document, table: Table) -> None:
    sheet = book.add_worksheet(_TITLES.get(table.key, table.key))
    plain, sum_ = book.add_format(_TEXT), book.add_format({"bold": True})
    bold = book.add_format(_TEXT | {"bold": True})
    head = book.add_format(_TEXT | _HEAD)
    mark = f"（{document.mark}）" if document.mark else ""
    sheet.write_string(0, 0, f"{document.title}{mark}", bold)
    sheet.write_string(1, 0, table.caption, plain)
    for column, title in enumerate(table.heads):
        sheet.write_string(_FIRST_ROW, column, title, head)
    sums = len(table.rows) - table.sums
    for number, row in enumerate(table.rows):
        for column, cell in enumerate(row):
            place, is_sum = (_FIRST_ROW + 1 + number, column), number >= sums
            if cell.number is None:
                sheet.write_string(*place, cell.text, bold if is_sum else plain)
            else:
                sheet.write_number(*place, cell.number, sum_ if is_sum else None)
    sheet.freeze_panes(_FIRST_ROW + 1, table.labels)
    sheet.set_column(0, 0, 8 if table.labels > 1 else 28)
    sheet.set_column(1, 1, 28 if table.labels > 1 else 16)
    sheet.set_column(2, len(table.heads) - 1, 14)
