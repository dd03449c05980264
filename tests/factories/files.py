"""Files as a unit would hand them in, made from the rulebook's samples."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

from xinheng.rulebook import catalog, samples

Row = Mapping[str, str]


def permit_rows(count: int, *, seed: int = 0) -> list[dict[str, str]]:
    """Return valid permit rows about fictional organizations, by Chinese title."""
    return samples.sample_rows(catalog.dataset("permit"), rows=count, seed=seed)


def as_csv(rows: Sequence[Row], *, encoding: str = "utf-8") -> bytes:
    """Return the rows as the bytes of a CSV file."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def as_book_with_hidden_sheet(rows: Sequence[Row], *, hidden: str = "底稿") -> bytes:
    """Return the rows as a workbook, again on a hidden sheet, with a remark below."""
    book = openpyxl.Workbook()
    book.active.title = "许可"
    for sheet in (book.active, book.create_sheet(hidden)):
        for line in (list(rows[0]), *(list(row.values()) for row in rows)):
            sheet.append(line)
    book.active.append(["填报人：（签名）"])
    book[hidden].sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def write_csv(path: Path, rows: Sequence[Row], *, encoding: str = "utf-8") -> Path:
    """Write the rows as a CSV file and return its path."""
    path.write_bytes(as_csv(rows, encoding=encoding))
    return path


def write_register(path: Path, *, count: int = 400) -> Path:
    """Write the fictional register, of which the sample rows draw, as a CSV file."""
    rows = [
        {"name": each.name, "uscc": each.code}
        for each in samples.organizations(count, seed=0)
    ]
    return write_csv(path, rows)
