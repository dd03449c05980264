"""What the cells of a register file say, read into the register's own terms.

A register may leave almost anything open: a date that is none, a state or an industry
that nobody knows is not stated, and a notice says so. Only a delta must say what
happened, and when.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from xinheng.core.organizations import industries
from xinheng.core.organizations.deltas import Action
from xinheng.core.organizations.status import Status
from xinheng.core.submissions.findings import Severity
from xinheng.pipeline.cells import choices, dates
from xinheng.pipeline.reading.table import ROW
from xinheng.rulebook import catalog, organizations

FOUND = {
    ROW: pl.UInt32,
    "field": pl.String,
    "rule": pl.String,
    "severity": pl.String,
}
STATUSES = {
    "存续": Status.REGISTERED,
    "吊销": Status.REVOKED,
    "注销": Status.DEREGISTERED,
    "合并消灭": Status.MERGED,
    "代码停用": Status.CODE_WITHDRAWN,
}
# What a change of this kind makes of the state; the others leave it.
_ENDINGS = {
    "吊销": Status.REVOKED,
    "注销": Status.DEREGISTERED,
    "合并": Status.MERGED,
    "停用": Status.CODE_WITHDRAWN,
}
_YES = ("是", "已确认", "Y", "YES", "TRUE", "1")
_NOT_STATED = ("N/A", "NULL", "无")
_TEXTS = {
    "kind": 60,
    "authority": 200,
    "unit": 32,
    "former_name": 1000,
    "business_reg_no": 64,
    "org_code": 10,
}
_CODES = {"parent_code": 18, "former_code": 18}


def stated(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of the register's columns with values read, and the findings."""
    found: list[pl.DataFrame] = []
    read = rows.with_columns(
        *(_text(name, length) for name, length in _TEXTS.items()),
        *(_text(name, length).str.to_uppercase() for name, length in _CODES.items()),
        division=_text("division", 6).str.extract("^([0-9]{6})$"),
        nonconforming=pl.col("nonconforming")
        .str.to_uppercase()
        .is_in(_YES)
        .fill_null(value=False),
        registered_on=_date(rows["registered_on"]),
        status_on=_date(rows["status_on"]),
        changed_on=_date(rows["changed_on"]),
    )
    status = _chosen(rows["status"], "organization_status")
    read = read.with_columns(
        status=status.replace_strict(
            {word: state.value for word, state in STATUSES.items()},
            default=None,
            return_dtype=pl.String,
        ),
        industry=_industries(rows["industry"]),
    )
    for name, rule in (("status", "REGISTER_STATUS"), ("industry", "INDUSTRY_CODE")):
        unread = rows[name].is_not_null() & read[name].is_null()
        found.append(finding(rows[ROW].filter(unread), name, rule, Severity.NOTICE))
    return read, pl.concat(found)


def happened(
    rows: pl.DataFrame, raw: pl.DataFrame, *, on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of a delta with `action` and their state, and the findings.

    `raw` are the same rows as they were read. Every row needs a kind of change and a
    day that is not after `on`.
    """
    change = _chosen(raw["change"], "register_change")
    action = {"新增": Action.ADD.value}
    ending = pl.col("_change").replace_strict(
        {word: state.value for word, state in _ENDINGS.items()},
        default=None,
        return_dtype=pl.String,
    )
    read = rows.with_columns(_change=change).with_columns(
        action=pl.col("_change").replace_strict(action, default=Action.CHANGE.value),
        status=pl.coalesce(ending, "status"),
    )
    day = read["changed_on"]
    wrong = {
        ("change", "REQUIRED"): raw["change"].is_null(),
        ("change", "CODE_LIST"): raw["change"].is_not_null() & change.is_null(),
        ("changed_on", "REQUIRED"): raw["changed_on"].is_null(),
        ("changed_on", "DATE_FORMAT"): raw["changed_on"].is_not_null() & day.is_null(),
        ("changed_on", "DATE_FUTURE"): (day > on).fill_null(value=False),
    }
    found = [
        finding(rows[ROW].filter(flag), field, rule, Severity.ERROR)
        for (field, rule), flag in wrong.items()
    ]
    return read.drop("_change"), pl.concat(found)


def finding(rows: pl.Series, field: str, rule: str, severity: Severity) -> pl.DataFrame:
    """Return a finding for each of these row numbers."""
    return pl.DataFrame({ROW: rows}, schema={ROW: pl.UInt32}).with_columns(
        field=pl.lit(field), rule=pl.lit(rule), severity=pl.lit(severity.value)
    )


def _text(name: str, length: int) -> pl.Expr:
    """Return a text that may be absent; what is longer than the register is cut."""
    text = pl.col(name).str.strip_chars()
    is_stated = ~text.str.to_uppercase().is_in(_NOT_STATED)
    return pl.when(is_stated & (text != "")).then(text.str.slice(0, length)).alias(name)


def _date(cells: pl.Series) -> pl.Series:
    if cells.dtype == pl.Date:
        return cells
    return dates.read_dates(cells, is_workbook=True).values


def _chosen(cells: pl.Series, name: str) -> pl.Series:
    """Return the values of a code list; null where the cell holds none of them."""
    code_list = catalog.code_lists()[name]
    read = choices.read_choices(cells, code_list=code_list, multiple=False)
    known: Mapping[str, str] = {value: value for value in code_list.values}
    return read.values.replace_strict(known, default=None, return_dtype=pl.String)


def _industries(cells: pl.Series) -> pl.Series:
    sections = organizations.sections()
    distinct = cells.drop_nulls().unique()
    known = {text: industries.read(text, sections) for text in distinct}
    return cells.replace_strict(known, default=None, return_dtype=pl.String)
