"""A reference list as a file: codes of a standard with their titles.

| list | code | title |
|---|---|---|
| industries | GB/T 4754: `A`, `A01`, `A011`, `A0111` | 稻谷种植 |
| divisions | GB/T 2260: six digits | 营口市 |

A row whose code has not the form, or that has no title, is told and left out. A code
that comes twice keeps its first title.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

import polars as pl

from xinheng.core.catalog.fields import Field
from xinheng.core.organizations import industries
from xinheng.core.submissions.findings import Severity
from xinheng.pipeline import context, register_fields, whole_table
from xinheng.pipeline.reading.table import ROW
from xinheng.pipeline.register_values import finding


class Kind(StrEnum):
    """Which list it is."""

    INDUSTRIES = "industries"
    DIVISIONS = "divisions"


LONGEST_TITLE = 100
_FORMS = {
    # With the letter of the section: the digits alone name no one class.
    Kind.INDUSTRIES: f"^(?:[A-Z]|[A-Z][0-9]{{2,{industries.MOST_DIGITS}}})$",
    Kind.DIVISIONS: "^[0-9]{6}$",
}
_ITEM = replace(
    register_fields.PLAIN,
    name="reference_list",
    title="代码表",
    title_en="Reference list",
    natural_key=("code", "title"),
    fields=(
        Field(
            name="code",
            title="代码",
            title_en="Code",
            aliases=("行业代码", "行政区划代码", "编码"),
            required=True,
            max_length=10,
        ),
        Field(
            name="title",
            title="名称",
            title_en="Title",
            aliases=("name", "行业名称", "类别名称", "单位名称", "行政区划名称"),
            required=True,
            max_length=LONGEST_TITLE,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ReferenceRows:
    """What a list holds: `rows` has `code` and `title`, each code once, in order.

    `details` has `row`, `field`, `rule` and `severity`; `digest` is the file's SHA-256.
    """

    rows: pl.DataFrame
    rows_read: int
    details: pl.DataFrame
    digest: str


def read(path: Path, kind: Kind, *, on: date) -> ReferenceRows:
    """Return the list in a file.

    Raises:
        UnreadableFileError: the file is no such list.
    """
    table = whole_table.read(path, _ITEM, context.standard(on))
    raw = table.rows.with_columns(pl.col("code").str.strip_chars().str.to_uppercase())
    is_formed = pl.col("code").str.contains(_FORMS[kind])
    odd = finding(raw.filter(~is_formed)[ROW], "code", "CODE_LIST", Severity.ERROR)
    details = pl.concat([table.findings, odd]).sort(ROW, maintain_order=True)
    wrong = details.filter(pl.col("severity") != Severity.NOTICE.value)
    rows = raw.join(wrong, on=ROW, how="anti", maintain_order="left")
    return ReferenceRows(
        rows.select("code", "title").unique("code", keep="first", maintain_order=True),
        table.rows_read,
        details,
        table.digest,
    )
