"""Blank workbooks to fill in: codes as text, lists to choose from, notes at hand.

    填报        the sheet to fill in; row 1 holds the headers and nothing else
    填表说明    what each column means
    代码表      the values of the lists

The same dataset gives the same bytes on every call.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import Field, FieldType
from xinheng.rulebook import catalog
from xinheng.rulebook.wording import TYPES, requirement

_LAST_ROW = 1_048_575
_WIDTHS = {FieldType.DATE: 12, FieldType.DECIMAL: 14, FieldType.INTEGER: 12}
_FORMATS = {
    FieldType.DATE: "yyyy-mm-dd",
    FieldType.DECIMAL: "0.######",
    FieldType.INTEGER: "0",
}
_GUIDE = ("栏目", "国家代码", "英文名", "必填", "类型", "最多字符", "取值", "说明")
# A workbook carries the time of its making; a fixed one keeps the bytes the same.
_MADE_AT = datetime(2019, 1, 1, tzinfo=UTC)


def template_xlsx(dataset: Dataset) -> bytes:
    """Return a blank workbook for the dataset, without columns about persons."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": dataset.title, "created": _MADE_AT})
        form = workbook.add_worksheet("填报")
        _write_guide(workbook, dataset)
        ranges = _write_lists(workbook, dataset)
        for column, field in enumerate(dataset.stored_fields):
            _write_column(workbook, form, column, field)
            if field.code_list is not None:
                _offer(form, column, field, ranges[field.code_list])
        form.freeze_panes(1, 0)
    return target.getvalue()


def _write_column(workbook: Any, form: Any, column: int, field: Field) -> None:
    width = _WIDTHS.get(field.type, 24)
    cells = workbook.add_format({"num_format": _FORMATS.get(field.type, "@")})
    color = "#FCE4D6" if field.required else "#EDEDED"
    header = workbook.add_format({"bold": True, "bg_color": color, "border": 1})
    form.set_column(column, column, width, cells)
    form.write_string(0, column, field.title, header)
    form.write_comment(0, column, _comment(field), {"x_scale": 2})


def _comment(field: Field) -> str:
    lines = [f"{TYPES[field.type]}；必填：{requirement(field)}"]
    if field.max_length is not None:
        lines.append(f"最多{field.max_length}个字符")
    if field.note is not None:
        lines.append(field.note)
    return "\n".join(lines)


def _write_guide(workbook: Any, dataset: Dataset) -> None:
    sheet = workbook.add_worksheet("填表说明")
    bold = workbook.add_format({"bold": True})
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, len(_GUIDE) - 1, 22)
    sheet.write_string(0, 0, dataset.title, bold)
    sheet.write_string(1, 0, dataset.description or "")
    for column, heading in enumerate(_GUIDE):
        sheet.write_string(3, column, heading, bold)
    for row, field in enumerate(dataset.stored_fields, start=4):
        for column, text in enumerate(_guide_row(field)):
            sheet.write_string(row, column, text)


def _guide_row(field: Field) -> tuple[str, ...]:
    code_list = catalog.code_lists().get(field.code_list or "")
    return (
        field.title,
        field.code or "",
        field.name,
        requirement(field),
        TYPES[field.type],
        "" if field.max_length is None else str(field.max_length),
        "；".join(code_list.values) if code_list else "",
        field.note or "",
    )


def _write_lists(workbook: Any, dataset: Dataset) -> dict[str, str]:
    """Return the range of each list, once it is written into a column of its own.

    A cell's own rule holds 255 letters at most, a range any number of values.
    """
    names = [field.code_list for field in dataset.stored_fields if field.code_list]
    if not names:
        return {}
    sheet = workbook.add_worksheet("代码表")
    ranges = {}
    for column, name in enumerate(dict.fromkeys(names)):
        code_list = catalog.code_lists()[name]
        sheet.write_column(0, column, [code_list.title, *code_list.values])
        letter = xl_col_to_name(column)
        ranges[name] = f"='代码表'!${letter}$2:${letter}${len(code_list.values) + 1}"
    return ranges


def _offer(form: Any, column: int, field: Field, source: str) -> None:
    """Offer the values; a column that takes several takes other text too."""
    only = not field.multiple
    rule = {
        "validate": "list",
        "source": source,
        "show_error": only,
        "error_type": "warning",
        "error_title": field.title,
        "error_message": "不在代码表中，请核对。",
    }
    form.data_validation(1, column, _LAST_ROW, column, rule)
