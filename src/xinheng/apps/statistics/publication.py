"""A publication of a month: what it says as data, and the document that says it.

`data` is the shape of house.md section 6 and what was added to it; `document` is what
every format prints. Both are a function of the facts, the briefs and the heading, and
are kept as JSON once an issue is out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.conf import settings

from xinheng.apps.statistics import briefs, composing, facts, telling
from xinheng.apps.statistics.composing import Change, Heading
from xinheng.core.statistics import document as documents
from xinheng.core.statistics.document import Document
from xinheng.core.statistics.monthly import MonthlyTable

DEMO_NOTE = composing.DEMO_NOTE


@dataclass(frozen=True, slots=True)
class Publication:
    """An issue, or a draft of one."""

    data: Mapping[str, Any]
    document: Document

    @property
    def content(self) -> str:
        """Everything that it says, as JSON in the order in which it is told."""
        told = {"data": self.data, "document": documents.plain(self.document)}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))

    @property
    def sha256(self) -> str:
        """The digest of the content, in hex."""
        return sha256(self.content.encode()).hexdigest()


def draft(
    table: MonthlyTable, *, as_of: date, heading: Heading | None = None
) -> Publication:
    """Return the publication of a month's table; `heading` null for a draft.

    The same table, day, heading and briefs give the same content.
    """
    known = facts.gather(table, as_of=as_of)
    head = heading or Heading()
    texts = briefs.list_approved(period=table.period, ledger_size=table.ledger_size)
    told = composing.Told(
        facts=known, heading=head, briefs=texts, is_demo=settings.DEMO
    )
    return Publication(telling.tell(told), composing.compose(told))


def of_content(content: str) -> Publication:
    """Return the publication that `Publication.content` is of."""
    told = json.loads(content)
    return Publication(told["data"], documents.of_plain(told["document"]))


def changes(before: Mapping[str, Any], table: MonthlyTable) -> tuple[Change, ...]:
    """Return the cells in which a table differs from the data of an earlier issue.

    Units and columns are met by code and category; what is missing counts as 0.
    """
    old = {
        (unit["code"], category): int(count)
        for unit in before["units"]
        for category, count in zip(before["categories"], unit["cells"], strict=True)
    }
    names = {unit["code"]: str(unit["unit"]) for unit in before["units"]}
    titles = dict(zip(before["categories"], before["columns"], strict=True))
    new: dict[tuple[str, str], int] = {}
    for row in table.units:
        names[row.unit.code] = row.unit.name
        for column, count in zip(table.columns, row.cells, strict=True):
            titles[column.name] = column.title
            new[row.unit.code, column.name] = count
    return tuple(
        Change(names[unit], titles[column], old.get((unit, column), 0), now)
        for unit, column in dict.fromkeys([*new, *old])
        if (now := new.get((unit, column), 0)) != old.get((unit, column), 0)
    )
