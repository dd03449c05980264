"""A list of duties from a file: unit, dataset, frequency, effective_on.

Every row is an act of its own. A row that can't be taken is told with its number and a
code; the rows beside it are assigned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.catalog.queries import UnknownDatasetError
from xinheng.apps.duties import operations
from xinheng.apps.duties.models import Duty
from xinheng.apps.units.queries import UnknownUnitError
from xinheng.core.catalog.datasets import Frequency
from xinheng.pipeline import short_lists
from xinheng.pipeline.short_lists import Refused

COLUMNS = ("unit", "dataset", "frequency", "effective_on")


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
    rows = short_lists.read(content, COLUMNS)
    before = Duty.objects.count()
    told = [_assign(row, actor=actor, at=at) for row in rows]
    assigned = Duty.objects.count() - before
    refused = tuple(
        Refused(number, code) for number, code in enumerate(told, start=1) if code
    )
    return Imported(len(rows), assigned, len(rows) - assigned - len(refused), refused)


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
