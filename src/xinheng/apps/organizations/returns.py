"""The correction return (纠错回传表): one table, printed, as a workbook and as CSV.

The stamped print must equal the electronic file, so all three are written from the
same cells. Every cell is text; one that a spreadsheet would take for a formula is
disarmed in the table itself. The columns are ours: of the return of 2023 only the flag
and the problem's name are known (domain notes, section 2.4).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.organizations.models import Correction
from xinheng.core import formulas
from xinheng.core.organizations.corrections import Flag, Stage, Subject
from xinheng.core.organizations.issues import IssueKind
from xinheng.rulebook import issue_kinds

TITLE = "重错码纠错回传表"
SHEET = "纠错回传表"
HEADER = (
    "序号",
    "统一社会信用代码",
    "机构名称",
    "问题描述",
    "数据操作标识位",
    "新统一社会信用代码",
    "纠正日期",
    "登记机关",
    "纠正依据",
    "依据文件摘要（SHA-256）",
    "决定日期",
)
WIDTHS = (6, 22, 32, 22, 10, 22, 12, 24, 30, 24, 12)
NOTE = "数据操作标识位：0 赋予新代码；1 删除；2 保留原代码"
EXAMPLE = "示例：主体均为虚构，仅供演示。"
MOST_ROWS = 10_000
# A workbook carries the time of its making; a fixed one keeps the bytes the same.
_MADE_AT = datetime(2019, 1, 1, tzinfo=UTC)
_FIRST_ROW = 2  # below title and note


@dataclass(frozen=True, slots=True)
class Return:
    """The return as it is printed and sent: every cell is text.

    `mark` stands beside the title in a demo, else it is empty.
    """

    title: str
    mark: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def correction_return(
    *, actor: Actor, period: tuple[datetime, datetime], unit: str = "", is_demo: bool
) -> Return:
    """Return what was decided in a period and still stands, in the order of decision.

    `period` is half-open. `unit` narrows to what was assigned to a unit. At most
    `MOST_ROWS` rows.

    Raises:
        NotAllowedError: neither the credit office nor that unit.
    """
    if not (actor.may_decide or (unit and actor.may_submit_for(unit))):
        raise NotAllowedError("take the correction return")
    begins, ends = period
    rows = Correction.objects.filter(
        stage=Stage.DECIDED, decided_at__gte=begins, decided_at__lt=ends
    ).select_related("issue__organization")
    if unit:
        rows = rows.filter(unit_id=unit)
    ordered = rows.order_by("decided_at", "id")[:MOST_ROWS]
    return Return(
        title=TITLE,
        mark=EXAMPLE if is_demo else "",
        note=NOTE,
        header=HEADER,
        rows=tuple(_cells(number, row) for number, row in enumerate(ordered, 1)),
    )


def as_csv(table: Return) -> bytes:
    """Return header and rows as CSV: UTF-8 with BOM, CRLF."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(table.header)
    writer.writerows(table.rows)
    return target.getvalue().encode("utf-8-sig")


def as_xlsx(table: Return) -> bytes:
    """Return the workbook: title and note, then header and rows, locked."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False}
    )
    book.set_properties({"created": _MADE_AT})
    sheet = book.add_worksheet(SHEET)
    wrapped = {"text_wrap": True, "border": 1, "valign": "top", "num_format": "@"}
    cell, head = book.add_format(wrapped), book.add_format({**wrapped, "bold": True})
    sheet.write_string(0, 0, " ".join(filter(None, (table.title, table.mark))))
    sheet.write_string(1, 0, table.note)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    _write(sheet, _FIRST_ROW, [table.header], head)
    _write(sheet, _FIRST_ROW + 1, table.rows, cell)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_FIRST_ROW)
    sheet.protect()
    book.close()
    return target.getvalue()


def _write(sheet: Any, first: int, rows: Iterable[tuple[str, ...]], style: Any) -> None:
    for number, row in enumerate(rows, first):
        for column, text in enumerate(row):
            sheet.write_string(number, column, text, style)


def _cells(number: int, row: Correction) -> tuple[str, ...]:
    issue = row.issue
    is_holder = row.subject == Subject.HOLDER and issue.organization is not None
    name = issue.organization.name if is_holder and issue.organization else issue.name
    new_code = row.new_code if row.flag == Flag.NEW_CODE else ""
    told = (
        str(number),
        issue.code,
        name,
        issue_kinds.load()[IssueKind(issue.kind)].problem_zh,
        row.flag,
        new_code,
        str(row.effective_on),
        issue.authority,
        row.evidence,
        row.evidence_sha256,
        f"{timezone.localdate(row.decided_at):%Y-%m-%d}",
    )
    return tuple(formulas.disarmed(text) for text in told)
