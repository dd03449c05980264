"""The measures of a memorandum, as a file: one measure a row.

| column | is |
|---|---|
| 编码 | the measure's code in the rulebook, such as M-PROC |
| 措施, 措施英文 | what is done |
| 事项 | the matter's code in the rulebook |
| 实施部门, 实施单位 | who takes it, in the text's words; units of this city by code |
| 方式, 轻重 | mandatory, reference or voluntary; how grave the conduct has to be |
| 依据, 条款, 依据层级 | the text that provides for it directly, its article, its rank |
| 清单编号, 关联 | its item in the national list; the purpose that it shares |
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from xinheng.core.catalog.fields import Field
from xinheng.pipeline import context, register_fields, whole_table
from xinheng.pipeline.reading.table import ROW

_LONGEST = 500


def _text(name: str, title: str, title_en: str, *aliases: str) -> Field:
    return Field(
        name=name,
        title=title,
        title_en=title_en,
        aliases=aliases,
        max_length=_LONGEST,
    )


FIELDS = (
    replace(_text("code", "编码", "Code", "措施编码"), required=True),
    replace(_text("title", "措施", "Measure", "措施名称"), required=True),
    _text("title_en", "措施英文", "Measure in English"),
    replace(_text("matter", "事项", "Matter"), required=True),
    _text("implementer", "实施部门", "Implementer", "实施主体", "责任部门"),
    _text("units", "实施单位", "Units"),
    _text("mode", "方式", "Mode", "实施方式"),
    _text("severity", "轻重", "Severity", "适用情节"),
    _text("basis", "依据", "Basis", "法律依据"),
    _text("article", "条款", "Article"),
    _text("level", "依据层级", "Level of the basis", "层级"),
    _text("item", "清单编号", "Item of the national list", "序号"),
    _text("nexus", "关联", "Nexus", "关联说明"),
)
ITEM = replace(
    register_fields.PLAIN,
    name="measure_rows",
    title="措施",
    title_en="Measures",
    natural_key=("code",),
    subject_name=None,
    fields=FIELDS,
)


@dataclass(frozen=True, slots=True)
class MeasureRows:
    """What a file holds: `rows` by field name, blank where it says nothing.

    `refused` are (row, field, rule) of rows that are left out; `digest` is the file's
    SHA-256.
    """

    rows: tuple[dict[str, str], ...]
    rows_read: int
    refused: tuple[tuple[int, str, str], ...]
    digest: str


def read(path: Path, *, on: date) -> MeasureRows:
    """Return the measures in a file.

    Raises:
        UnreadableFileError: the file is no such list.
    """
    table = whole_table.read(path, ITEM, context.standard(on))
    rows, refused = table.sound()
    known = [field.name for field in FIELDS]
    return MeasureRows(
        tuple(
            {name: str(row.get(name) or "").strip() for name in known}
            | {ROW: str(row[ROW])}
            for row in rows.iter_rows(named=True)
        ),
        table.rows_read,
        refused,
        table.digest,
    )
