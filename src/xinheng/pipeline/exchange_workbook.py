"""Packages as workbooks: text cells only, and the same bytes for the same rows."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import fastexcel
import xlsxwriter

from xinheng.core.exchange.encoding import Content, UnreadablePackageError

MADE_AT = datetime(2000, 1, 1, tzinfo=UTC)  # a workbook says when it was made


def write(content: Content) -> bytes:
    """Return a package as a workbook with one sheet; every cell is text."""
    target = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"created": MADE_AT.replace(tzinfo=None)})
        text = book.add_format({"quote_prefix": True})
        sheet = book.add_worksheet(content.dataset[:31] or "data")
        for number, row in enumerate((content.titles, *content.cells)):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell, text)
    return target.getvalue()


def read(data: bytes) -> Content:
    """Return what a workbook of that kind says.

    Raises:
        UnreadablePackageError: where it is none.
    """
    try:
        sheet = fastexcel.read_excel(data).load_sheet(
            0, header_row=None, dtypes="string"
        )
    except fastexcel.FastExcelError as wrong:
        raise UnreadablePackageError(type(wrong).__name__) from None
    rows = [
        tuple("" if cell is None else str(cell) for cell in row)
        for row in sheet.to_polars().rows()
    ]
    if not rows:
        raise UnreadablePackageError("empty")
    return Content("", "", rows[0], tuple(rows[1:]))
