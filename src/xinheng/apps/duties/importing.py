"""A list of duties from a file: unit, dataset, frequency, effective_on.

Every row is an act of its own. A row that can't be taken is told with its number and a
code; the rows beside it are assigned.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.catalog.queries import UnknownDatasetError
from xinheng.apps.duties import operations
from xinheng.apps.duties.models import Duty
from xinheng.apps.units.queries import UnknownUnitError
from xinheng.core.catalog.datasets import Frequency

COLUMNS = ("unit", "dataset", "frequency", "effective_on")
MOST_BYTES = 4 * 1024 * 1024


class UnreadableListError(ValueError):
    """The file is no UTF-8 CSV with the columns asked for, or it is too large."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row, counted from 1 below the header, that was not taken, and why: a code."""

    row: int
    code: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows: `assigned` are new, `unchanged` were there."""

    rows_read: int
    assigned: int
    unchanged: int
    refused: tuple[Refused, ...]


def import_list(*, content: bytes, actor: Actor, at: datetime) -> Imported:
    """Assign the duties of a file; an empty frequency means the catalog's.

    Raises:
        UnreadableListError: the file as a whole can't be read.
        NotAllowedError: the actor may not assign duties.
    """
    rows = read(content, COLUMNS)
    before = Duty.objects.count()
    told = [_assign(row, actor=actor, at=at) for row in rows]
    assigned = Duty.objects.count() - before
    refused = tuple(
        Refused(number, code) for number, code in enumerate(told, start=1) if code
    )
    return Imported(len(rows), assigned, len(rows) - assigned - len(refused), refused)


def read(content: bytes, columns: Collection[str]) -> list[Mapping[str, str]]:
    """Return the rows of a CSV, with these columns of it, trimmed.

    Raises:
        UnreadableListError: it is no UTF-8 CSV with these columns, or too large.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableListError("too large")
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as wrong:
        raise UnreadableListError(type(wrong).__name__) from wrong
    if not set(columns) <= set(reader.fieldnames or ()):
        raise UnreadableListError("columns")
    return [{name: (row[name] or "").strip() for name in columns} for row in rows]


def _assign(row: Mapping[str, str], *, actor: Actor, at: datetime) -> str:
    """Assign one duty and return the code of what is wrong, empty for nothing."""
    try:
        frequency = Frequency(row["frequency"]) if row["frequency"] else None
    except ValueError:
        return "FREQUENCY"
    try:
        effective_on = date.fromisoformat(row["effective_on"])
    except ValueError:
        return "DATE_FORMAT"
    try:
        operations.assign(
            actor=actor,
            unit=row["unit"],
            dataset=row["dataset"],
            frequency=frequency,
            effective_on=effective_on,
            at=at,
        )
    except UnknownUnitError:
        return "UNKNOWN_UNIT"
    except UnknownDatasetError:
        return "UNKNOWN_DATASET"
    except operations.DutyRefusedError as why:
        return why.reason.value
    return ""
