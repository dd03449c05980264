"""Many rows at once: COPY on PostgreSQL, prepared batches on SQLite.

Not an app: the lowest shelf of the apps, without tables of its own
(`docs/adr/0005-bulk-landing.md`). Rows never pass through the ORM one by one.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection


def stage(name: str, columns: Mapping[str, str], frame: pl.DataFrame) -> None:
    """Put a frame into the temporary table `name`, made anew.

    `columns` maps each column to its SQL type, valid on both databases. The table lives
    until `drop` or the end of the connection; what an act that broke off has left in it
    is dropped first.
    """
    listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(f"CREATE TEMP TABLE {name} ({listed})")
    insert(name, frame.select(list(columns)))


def drop(name: str) -> None:
    """Drop a temporary table."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")


def insert(table: str, frame: pl.DataFrame) -> None:
    """Append every row of the frame to a table, columns by name.

    Dates and instants arrive as the database of Django expects them.

    Raises:
        django.db.Error: whatever the driver itself would have called it.
    """
    if frame.is_empty():
        return
    with connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            _copy(table, frame)
        else:
            _insert_batches(table, frame)


def _copy(table: str, frame: pl.DataFrame) -> None:
    columns = ", ".join(frame.columns)
    text = io.BytesIO()
    # Quoting every text keeps an empty text apart from a null, which stays unquoted.
    frame.write_csv(text, include_header=False, quote_style="non_numeric")
    statement = f"COPY {table} ({columns}) FROM STDIN (FORMAT csv, NULL '')"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(text.getbuffer())


def _insert_batches(table: str, frame: pl.DataFrame) -> None:
    columns = ", ".join(frame.columns)
    places = ", ".join(["?"] * frame.width)
    plain = frame.with_columns(
        pl.col(pl.Datetime).dt.strftime("%Y-%m-%d %H:%M:%S%.6f"),
        pl.col(pl.Date).dt.strftime("%Y-%m-%d"),
    )
    with connection.cursor() as cursor:
        # The driver's own cursor: Django's would rewrite the statement for every batch.
        cursor.cursor.connection.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({places})",
            plain.iter_rows(),
        )


def is_storable(text: str) -> bool:
    """Tell whether both databases can hold the text: no NUL, no half of a character."""
    return "\x00" not in text and text == text.encode(errors="replace").decode()


def fetch(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def execute(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Run a statement and return the number of rows that it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)
