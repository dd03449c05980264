"""Monthly returns of production as a file: handed out with what is owed, and taken.

Every row is a declaration of its own: a row that can't be taken is told with its number
and a code, the rows beside it are declared.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.duties import operations, queries
from xinheng.apps.duties.operations import Production
from xinheng.core import formulas
from xinheng.core.catalog.periods import InvalidPeriodError
from xinheng.core.submissions.reasons import ReasonError
from xinheng.pipeline import short_lists
from xinheng.pipeline.short_lists import Refused

_NUMBERS = ("produced", "published", "reported")
COLUMNS = ("period", "dataset", *_NUMBERS, "reason")
NOT_A_NUMBER, PERIOD = "NUMBER_FORMAT", "PERIOD_FORMAT"
REASON, NOT_OWED, EMPTY = "PRODUCTION_REASON_TEXT", "PRODUCTION_NOT_OWED", "EMPTY"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the rows: `declared` stand in the register, new or as before."""

    rows_read: int
    declared: int
    skipped: int
    refused: tuple[Refused, ...]


def write(*, unit: str, months: Sequence[str], actor: Actor) -> bytes:
    """Return the returns that a unit owes for the months as CSV, UTF-8 with BOM.

    What is declared stands there; the numbers of the others are empty, to be filled in.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for month in months:
        for due in queries.list_production(actor=actor, unit=unit, period=month):
            told: Iterable[object] = ("", "", "", "")
            if due.declared is not None:
                each = due.declared
                said = "" if each.reported is None else each.reported
                told = (each.produced, each.published, said, each.reason)
            cells = (month, due.dataset, *told)
            writer.writerow([formulas.disarmed(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def take(*, content: bytes, unit: str, actor: Actor, at: datetime) -> Taken:
    """Declare what the rows of a file say; rows without any number are left alone.

    Raises:
        UnreadableListError: the file as a whole can't be read.
        NotAllowedError: the actor may not hand in for the unit.
    """
    rows = short_lists.read(content, COLUMNS)
    told = [_declare(row, unit=unit, actor=actor, at=at) for row in rows]
    refused = tuple(
        Refused(number, code)
        for number, code in enumerate(told, start=1)
        if code not in ("", EMPTY)
    )
    skipped = told.count(EMPTY)
    return Taken(len(rows), len(rows) - skipped - len(refused), skipped, refused)


def _declare(row: Mapping[str, str], *, unit: str, actor: Actor, at: datetime) -> str:
    """Declare one row and return the code of what is wrong, empty for nothing."""
    if not any(row[name] for name in _NUMBERS):
        return EMPTY
    if not all(row[name].isascii() and row[name].isdigit() for name in _NUMBERS):
        return NOT_A_NUMBER
    produced, published, reported = (int(row[name][:9]) for name in _NUMBERS)
    try:
        owed = queries.list_production(actor=actor, unit=unit, period=row["period"])
        if row["dataset"] not in {each.dataset for each in owed}:
            return NOT_OWED
        operations.declare_production(
            actor=actor,
            unit=unit,
            dataset=row["dataset"],
            period=row["period"],
            production=Production(produced, published, row["reason"], reported),
            at=at,
        )
    except InvalidPeriodError:
        return PERIOD
    except ReasonError:
        return REASON
    except operations.DutyRefusedError as why:
        return why.reason.value
    return ""
