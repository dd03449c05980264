"""The file of a unit's tasks: written for it, and read again with its answers.

| column | is |
|---|---|
| 编号 | the key of what is asked (`core.measures.feedback`) |
| 办理结果, 凭证, 理由 | blank, for the unit; without an outcome a row says nothing |

The other columns tell what it is about; whatever stands in them is not read again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from xinheng.core import formulas
from xinheng.core.catalog.fields import Field
from xinheng.core.submissions.reasons import LONGEST
from xinheng.pipeline import context, register_fields, whole_table
from xinheng.pipeline.reading.table import ROW

ANSWERS = ("result", "evidence", "reason")
TOLD = (
    *("类别", "机构名称", "统一社会信用代码", "措施", "约束程度", "法律依据"),
    *("名单", "生效日期", "届满日期", "解除日期", "办理期限"),
)
_TITLES = ("办理结果", "凭证", "理由")


def _text(name: str, title: str, title_en: str) -> Field:
    return Field(name=name, title=title, title_en=title_en, max_length=LONGEST)


ITEM = replace(
    register_fields.PLAIN,
    name="feedback_rows",
    title="措施反馈",
    title_en="Feedback on measures",
    natural_key=("key",),
    subject_name=None,
    fields=(
        replace(_text("key", "编号", "Key"), required=True, max_length=64),
        _text("result", "办理结果", "Result"),
        _text("evidence", "凭证", "Evidence"),
        _text("reason", "理由", "Reason"),
    ),
)


@dataclass(frozen=True, slots=True)
class FeedbackRows:
    """What a file says: `rows` has `row`, `key` and `ANSWERS`, blank where nothing.

    `refused` are (row, field, rule) of rows that are left out; `digest` is the file's
    SHA-256.
    """

    rows: pl.DataFrame
    rows_read: int
    refused: tuple[tuple[int, str, str], ...]
    digest: str


def read(path: Path, *, on: date) -> FeedbackRows:
    """Return the answers in a file.

    Raises:
        UnreadableFileError: the file is no such list.
    """
    table = whole_table.read(path, ITEM, context.standard(on))
    rows, refused = table.sound()
    return FeedbackRows(
        rows.select(ROW, "key", *(_or_blank(rows, name) for name in ANSWERS)),
        table.rows_read,
        refused,
        table.digest,
    )


def _or_blank(rows: pl.DataFrame, name: str) -> pl.Expr:
    known = pl.col(name) if name in rows.columns else pl.lit(None, pl.String)
    return known.fill_null("").str.strip_chars().alias(name)


def write(rows: Iterable[tuple[str, Mapping[str, str]]]) -> bytes:
    """Return a CSV of (key, what is told by column), with blank columns for answers."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["编号", *TOLD, *_TITLES])
    for key, told in rows:
        cells = (formulas.disarmed(told.get(title, "")) for title in TOLD)
        writer.writerow([key, *cells, *("" for _ in _TITLES)])
    return target.getvalue().encode("utf-8-sig")
