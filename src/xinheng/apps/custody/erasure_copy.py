"""The erasure register's copy beside the database: `erasures.jsonl`, without content.

A backup that is older than an erasure still holds what was erased. Whoever restores it
has to know, so the copy is kept with the keys, apart from the backups, and a restore
carries its orders out before anything is served. One JSON object a line; lines are
added and never dropped, since a restored database knows fewer.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from xinheng.apps.custody.models import Erasure

NAME = "erasures.jsonl"


class DamagedCopyError(RuntimeError):
    """A line of the copy can't be read; `line` is its number, from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"{NAME}, line {line}")
        self.line = line


def place() -> Path:
    """Return where the copy lies."""
    return Path(settings.DATA_DIR) / NAME


def write(rows: Iterable[Erasure]) -> None:
    """Bring the copy up to date, whole or not at all."""
    known = {str(each["id"]): each for each in read()}
    told = known | {str(row.id): _line(row) for row in rows if not row.is_replay}
    if told.keys() == known.keys():
        return
    lines = [json.dumps(each, ensure_ascii=False) + "\n" for each in told.values()]
    draft = place().with_suffix(".partial")
    with draft.open("w", encoding="utf-8") as target:
        target.writelines(lines)
        target.flush()
        os.fsync(target.fileno())
    draft.replace(place())


def read() -> list[dict[str, object]]:
    """Return the orders in the copy, none where there is no copy.

    Raises:
        DamagedCopyError: a line is not one that `write` wrote.
    """
    if not place().is_file():
        return []
    lines = place().read_text(encoding="utf-8", errors="replace").splitlines()
    return [_order(text, number) for number, text in enumerate(lines, 1)]


def _line(row: Erasure) -> dict[str, object]:
    return {
        "id": str(row.id),
        "basis": row.basis,
        "citation": row.citation,
        "ordered_by": row.ordered_by,
        "ordered_at": row.ordered_at.isoformat(),
        "versions": row.versions,
        "entries": row.entries,
        "subjects": row.subjects,
    }


def _order(text: str, number: int) -> dict[str, object]:
    try:
        order = {"subjects": [], **json.loads(text)}  # lines of old have none
        datetime.fromisoformat(order["ordered_at"])
        if order.keys() != _KEYS or order["basis"] not in Erasure.Basis.values:
            raise ValueError("order")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DamagedCopyError(number) from None
    return dict(order)


_KEYS = {
    "id",
    "basis",
    "citation",
    "ordered_by",
    "ordered_at",
    "versions",
    "entries",
    "subjects",
}
