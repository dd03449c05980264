"""A publication in every format; the same publication gives the same bytes.

| format | is |
|---|---|
| html | one file to read and print; nothing in it is fetched |
| pdf | A4, set by Typst |
| docx | with real styles, headings and tables |
| xlsx | a sheet for each table, numbers as numbers |
| csv | the unit × category table; `xinheng crossfoot` reads it back |
| json | everything that it says, in the stable shape |
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from xinheng.apps.statistics import docx, html, pdf, xlsx
from xinheng.apps.statistics.composing import DEMO_NOTE
from xinheng.apps.statistics.composing_report import (
    STATE_TITLES,
    TOTAL_COLUMN,
    TOTAL_ROW,
)
from xinheng.apps.statistics.publication import Publication
from xinheng.core import formulas
from xinheng.core.statistics.monthly import State


def as_json(data: Mapping[str, Any]) -> bytes:
    """Return the data as UTF-8 with a line end."""
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def as_csv(data: Mapping[str, Any]) -> bytes:
    """Return the table with its totals as CSV: UTF-8 with BOM, CRLF, formula-safe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for line in _csv_lines(data):
        writer.writerow([formulas.disarmed(cell) for cell in line])
    return text.getvalue().encode("utf-8-sig")


def _csv_lines(data: Mapping[str, Any]) -> Iterator[list[object]]:
    yield ["序号", "部门名称", *data["columns"], TOTAL_COLUMN, "备注"]
    yield ["", TOTAL_ROW, *data["totals"], data["grand_total"], ""]
    for row in data["units"]:
        state = STATE_TITLES[State(row["state"])]
        yield [row["position"], row["unit"], *row["cells"], row["total"], state]
    size, root = data["ledger_size"], data["ledger_root"]
    yield [f"注：{data['period']}，账本规模 {size}，{root}"]
    if data.get("restates"):
        yield [f"注：{data['number']}，更正{data['restates']}"]
    if data["demo"]:
        yield [f"注：{DEMO_NOTE}"]


RENDER: Mapping[str, Callable[[Publication], bytes]] = MappingProxyType(
    {
        "html": lambda told: html.as_html(told.document),
        "pdf": lambda told: pdf.as_pdf(told.document),
        "docx": lambda told: docx.as_docx(told.document),
        "xlsx": lambda told: xlsx.as_xlsx(told.document),
        "csv": lambda told: as_csv(told.data),
        "json": lambda told: as_json(told.data),
    }
)
