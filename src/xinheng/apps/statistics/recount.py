"""A month's table counted again from the archive, and where it differs.

Two ways to one number: the tables of the database, and the files as they were handed
in. They agree unless something happened that is no file: a record was withdrawn, or
erased from the archive.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.intake import archived
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.records import queries as records
from xinheng.core.catalog import periods
from xinheng.pipeline import archive_statistics
from xinheng.pipeline.archive_statistics import Engine


@dataclass(frozen=True, slots=True)
class Difference:
    """A unit's dataset of which the tables and the archive count otherwise."""

    unit: str
    dataset: str
    tables: int
    archive: int


@dataclass(frozen=True, slots=True)
class Recount:
    """What was counted, and what differs: nothing, where all is well.

    `missing` are files that a submission names and the archive lacks.
    """

    period: str
    ledger_size: int
    files: int
    records: int
    missing: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        """Whether both ways lead to the same numbers."""
        return not self.differences and not self.missing


def recount(*, period: str, spill: Path | None = None) -> Recount:
    """Return the comparison for a month, as the ledger stands.

    Raises:
        InvalidPeriodError: the period is no month.
    """
    month, size = periods.parse(period), ledger.size()
    parts = archived.list_parts(ledger_size=size)
    there = [part for part in parts if part.path.is_file()]
    counted = archive_statistics.count(
        there, catalog.list_datasets(), engine=Engine(spill=spill)
    )
    from_archive = {
        (unit, dataset): number
        for (unit, dataset, of), number in counted.items()
        if of == month
    }
    from_tables = {
        (unit, dataset): number
        for unit, dataset, number in records.count_by_unit_and_dataset(
            period=month, ledger_size=size
        )
    }
    places = sorted(from_archive.keys() | from_tables.keys())
    return Recount(
        period=month,
        ledger_size=size,
        files=len(there),
        records=sum(from_archive.values()),
        missing=tuple(str(part.path.name) for part in parts if part not in there),
        differences=tuple(
            Difference(*place, from_tables.get(place, 0), from_archive.get(place, 0))
            for place in places
            if from_tables.get(place, 0) != from_archive.get(place, 0)
        ),
    )
