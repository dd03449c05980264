"""Where a row of the report stands in what was handed in: file, sheet and line.

A submission may be several files in an archive, or several sheets of a workbook, whose
rows run on. The report counts them as one table; a clerk looks for them in the parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Part:
    """One sheet, or one text file, whose rows are part of the table.

    `file` is the name of the file, or the path of the member of an archive; `sheet` is
    empty for text. `header_row` is the last row of the header as a spreadsheet counts
    them, from 1. `first_row` is the number that the report gives to the row below it,
    and `rows` how many rows stand below it, blank ones and notes included.
    """

    file: str
    sheet: str
    header_row: int
    first_row: int
    rows: int


class Reason(StrEnum):
    """Why a sheet is not read as data; all of them are screened."""

    EMPTY = "empty"  # nothing in it, or nothing below its header
    NO_HEADER = "no_header"  # few headers or none are known: an instruction, a list
    EXAMPLE = "example"  # its name says that it shows how to fill in the others
    HIDDEN = "hidden"


_TEXTS = {
    Reason.EMPTY: ("空表，未读取", "is empty and was not read"),
    Reason.NO_HEADER: (
        "没有目录的表头，未作为数据读取",
        "has no header that the catalog knows and was not read as data",
    ),
    Reason.EXAMPLE: (
        "名称表明是填写示例或说明，未作为数据读取",
        "is named as an example and was not read as data",
    ),
    Reason.HIDDEN: (
        "是隐藏的工作表，未作为数据读取",
        "is hidden and was not read as data",
    ),
}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A sheet that is not data, and why."""

    file: str
    sheet: str
    why: Reason


def locate(parts: Sequence[Part], row: int) -> tuple[str, str, int]:
    """Return file, sheet and line of a row of the report.

    The line is the number that a spreadsheet shows beside the row. In a text file a
    cell that spans lines counts as one, as it does when a spreadsheet opens the file.

    Raises:
        LookupError: no part holds such a row.
    """
    for part in parts:
        if part.first_row <= row < part.first_row + part.rows:
            line = part.header_row + 1 + row - part.first_row
            return part.file, part.sheet, line
    raise LookupError(row)


def explain(skipped: Skipped) -> tuple[str, str]:
    """Return what happened to a sheet, in Chinese and in English, without its name."""
    return _TEXTS[skipped.why]


def told(skipped: Skipped) -> dict[str, str]:
    """Return a sheet that was not read as machines are told of it."""
    zh, en = explain(skipped)
    return {
        "file": skipped.file,
        "sheet": skipped.sheet,
        "why": skipped.why.value,
        "message_zh": zh,
        "message_en": en,
    }


def worth_a_look(skipped: Sequence[Skipped]) -> tuple[Skipped, ...]:
    """Return the sheets in which something stands: blank ones nobody misses."""
    return tuple(each for each in skipped if each.why is not Reason.EMPTY)
