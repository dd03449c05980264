"""Lists decided elsewhere, as a file: one listing a row.

| column | is |
|---|---|
| 标识 | what names the row from month to month; without it, decision number and code |
| 统一社会信用代码 | whom it is about |
| 依据, 事实 | basis with its article, and what was found |
| 告知书送达日期, 送达凭证, 陈述申辩截止日期 | the notice, its proof, the window |
| 列入决定文号, 列入决定日期, 届满日期 | the decision and the first day without effect |

Nothing but the code is demanded: what a row lacks keeps its listing questionable.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from xinheng.core.catalog.fields import Field, FieldType
from xinheng.pipeline import context, register_fields, whole_table
from xinheng.pipeline.reading.table import ROW

TEXTS = ("basis", "facts", "notice_proof", "decision_no")
DAYS = ("notice_served_on", "window_closes_on", "decided_on", "expires_on")
_LONGEST = 200


def _text(name: str, title: str, title_en: str, *aliases: str) -> Field:
    return Field(name=name, title=title, title_en=title_en, aliases=aliases)


def _day(name: str, title: str, title_en: str, *aliases: str) -> Field:
    return replace(_text(name, title, title_en, *aliases), type=FieldType.DATE)


_CODE = replace(
    _text("code", "统一社会信用代码", "Unified social credit code", "uscc", "信用代码"),
    required=True,
    max_length=64,
)
ITEM = replace(
    register_fields.PLAIN,
    name="listing_rows",
    title="名单",
    title_en="Listings",
    natural_key=("code",),
    subject_name=None,
    fields=(
        _CODE,
        replace(_text("key", "标识", "Key", "序号"), max_length=_LONGEST),
        _text("basis", "依据", "Basis", "列入依据", "法律依据"),
        _text("facts", "事实", "Facts", "列入事由", "列入事实"),
        _day("notice_served_on", "告知书送达日期", "Notice served on", "送达日期"),
        _text("notice_proof", "送达凭证", "Proof of service"),
        _day("window_closes_on", "陈述申辩截止日期", "Window closes on"),
        _text("decision_no", "列入决定文号", "Decision number", "决定文号"),
        _day("decided_on", "列入决定日期", "Decided on", "列入日期", "决定日期"),
        _day("expires_on", "届满日期", "Expires on", "移出日期", "有效期至"),
    ),
)
# Days that lie ahead are for the listing to judge: every term ends in the future.
JUDGED_LATER = ("DATE_FUTURE", "DUPLICATE_KEY", "DUPLICATE_ROW")


@dataclass(frozen=True, slots=True)
class ListingRows:
    """What a file holds: `rows` has `row`, `key`, `code`, `TEXTS` and `DAYS`.

    Texts are empty and days null where the file says nothing. `refused` are (row,
    field, rule) of rows that are left out; `digest` is the file's SHA-256.
    """

    rows: pl.DataFrame
    rows_read: int
    refused: tuple[tuple[int, str, str], ...]
    digest: str


def read(path: Path, *, on: date) -> ListingRows:
    """Return the listings in a file.

    Raises:
        UnreadableFileError: the file is no such list.
    """
    table = whole_table.read(path, ITEM, context.standard(on))
    rows, refused = table.sound(but=JUDGED_LATER)
    rows = rows.with_columns(
        *(_or_empty(rows, name) for name in ("key", *TEXTS)),
        *(_or_null(rows, name) for name in DAYS),
    )
    named = pl.col("key").str.strip_chars()
    made = pl.col("decision_no") + "/" + pl.col("code")
    keyed = rows.with_columns(key=pl.when(named == "").then(made).otherwise(named))
    return ListingRows(
        keyed.select(ROW, "key", "code", *TEXTS, *DAYS),
        table.rows_read,
        refused,
        table.digest,
    )


def _or_empty(rows: pl.DataFrame, name: str) -> pl.Expr:
    if name not in rows.columns:
        return pl.lit("").alias(name)
    return pl.col(name).fill_null("").alias(name)


def _or_null(rows: pl.DataFrame, name: str) -> pl.Expr:
    if name not in rows.columns:
        return pl.lit(None, pl.Date).alias(name)
    return pl.col(name).cast(pl.Date, strict=False).alias(name)
