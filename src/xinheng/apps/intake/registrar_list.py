"""The list for the registrar: organizations that rows wait for, as a file to fill in.

One line for each code and name as reported. Codes and names come from units, so a cell
that a spreadsheet would take for a formula is disarmed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import queues
from xinheng.apps.intake.queues import KeptRow
from xinheng.core import formulas

# The first two are read as they stand when the file comes back with `xinheng import`.
HEADER = ("统一社会信用代码", "机构名称", "报送单位", "等待的行数", "最早询问日期")


@dataclass(slots=True)
class _Line:
    units: list[str]
    rows: int
    asked_on: date


def as_csv(*, actor: Actor) -> bytes:
    """Return the list of what the actor may see: UTF-8 with BOM, CRLF, by code."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(HEADER)
    for (code, name), line in sorted(_lines(queues.list_asked(actor=actor)).items()):
        told = (code, name, "、".join(line.units), str(line.rows), str(line.asked_on))
        writer.writerow(formulas.disarmed(cell) for cell in told)
    return target.getvalue().encode("utf-8-sig")


def _lines(rows: Iterable[KeptRow]) -> dict[tuple[str, str], _Line]:
    lines: dict[tuple[str, str], _Line] = {}
    for row in rows:
        asked_on = timezone.localdate(row.asked_at)
        line = lines.setdefault((row.code, row.name), _Line([], 0, asked_on))
        line.rows += 1
        line.asked_on = min(line.asked_on, asked_on)
        if row.unit_name not in line.units:
            line.units.append(row.unit_name)
    return lines
