"""Unit by dataset by month, counted from the archive's accepted rows by DuckDB.

What the register counts in its tables is counted here from the files alone, by the same
two rules: a record is its natural key, so it counts once; it counts in the month in
which it was first reported, and for the unit that reported it last (another unit's rows
come into the archive only when they were taken over).

The archive holds what was handed in. A record withdrawn or erased since is not counted
by the one, or by the other: the caller compares and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from xinheng.core.catalog.datasets import Dataset

Key = tuple[str, str, str]  # unit, dataset, month
_ROWS = 2**32  # more than one file holds: places of rows in different files differ
_PARTS = "CREATE TEMP TABLE parts (path TEXT, unit TEXT, period TEXT, seq BIGINT)"
_FILL = "INSERT INTO parts SELECT unnest($1), unnest($2), unnest($3), unnest($4)"


@dataclass(frozen=True, slots=True)
class Part:
    """A file of accepted rows, and what its submission said of it.

    `period` null means that each row counts in the month of its own date, else in
    `received_period`. `seq` is the submission's ledger entry.
    """

    path: Path
    unit: str
    dataset: str
    period: str | None
    received_period: str
    seq: int


@dataclass(frozen=True, slots=True)
class Engine:
    """How much of the machine DuckDB may use; `spill` is a directory, null for none."""

    threads: int = 2
    memory: str = "2GB"
    spill: Path | None = None


def count(
    parts: Iterable[Part],
    datasets: Mapping[str, Dataset],
    *,
    engine: Engine | None = None,
) -> dict[Key, int]:
    """Return the records by (unit, dataset, month); what has none is left out."""
    by_dataset: defaultdict[str, list[Part]] = defaultdict(list)
    for part in parts:
        by_dataset[part.dataset].append(part)
    counted: dict[Key, int] = {}
    with _open(engine or Engine()) as database:
        for name, of_one in sorted(by_dataset.items()):
            item = datasets.get(name)
            column = item.decided_on if item else None
            for unit, month, number in _count_one(database, of_one, column):
                counted[unit, name, month] = number
    return counted


def _open(engine: Engine) -> duckdb.DuckDBPyConnection:
    database = duckdb.connect()
    database.execute(f"SET threads = {int(engine.threads)}")
    database.execute("SET memory_limit = $1", [engine.memory])
    database.execute("SET preserve_insertion_order = false")
    if engine.spill is not None:
        database.execute("SET temp_directory = $1", [str(engine.spill)])
    return database


def _count_one(
    database: duckdb.DuckDBPyConnection, parts: list[Part], decided_on: str | None
) -> list[tuple[str, str, int]]:
    rows = [(str(part.path), part.unit, _month(part), part.seq) for part in parts]
    database.execute("DROP TABLE IF EXISTS parts")
    database.execute(_PARTS)
    columns = [list(column) for column in zip(*rows, strict=True)]
    database.execute(_FILL, columns)
    is_dated = decided_on is not None and any(not part.period for part in parts)
    files = [path for path, *_ in rows]
    found = database.execute(statement(decided_on if is_dated else None), [files])
    return [(str(unit), str(month), int(n)) for unit, month, n in found.fetchall()]


def _month(part: Part) -> str:
    """Return the month that is declared; behind a mark where it is only a fallback."""
    return part.period or f"?{part.received_period}"


def statement(decided_on: str | None) -> str:
    """Return the count of one dataset in SQL; its one parameter is the list of files.

    `decided_on` is the column of the date, null where none is needed.
    """
    month = "ltrim(p.period, '?')"
    if decided_on is not None:
        quoted = decided_on.replace('"', '""')
        own = f"""coalesce(strftime(r."{quoted}", '%Y-%m'), {month})"""
        month = f"CASE WHEN p.period[1] = '?' THEN {own} ELSE {month} END"
    place = f"p.seq * {_ROWS} + r.row"
    return (  # of column names of the catalog; what people wrote is a parameter
        "SELECT unit, month, count(*) FROM ("  # noqa: S608
        f" SELECT arg_max(p.unit, {place}) AS unit, arg_min({month}, {place}) AS month"
        " FROM read_parquet($1, filename = true, union_by_name = true) r"
        " JOIN parts p ON p.path = r.filename GROUP BY r.natural_key"
        ") GROUP BY ALL ORDER BY ALL"
    )
