"""Many rows at once: COPY on PostgreSQL, prepared batches on SQLite.

Not an app: the lowest shelf of the apps, without tables of its own
(`docs/adr/0005-bulk-landing.md`). Rows never pass through the ORM one by one.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl
from django.db import connection

from xinheng.pipeline.reading.ahead import read_ahead

# What the text form of COPY takes for a sign of its own.
_ESCAPED = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_NULL = "\\N"


def stage(name: str, columns: Mapping[str, str], frame: pl.DataFrame) -> None:
    """Put a frame into the temporary table `name`, made anew.

    `columns` maps each column to its SQL type, valid on both databases. The table lives
    until `drop` or the end of the connection; what an act that broke off has left in it
    is dropped first.
    """
    listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    with connection.cursor() as cursor, _at_once():
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(f"CREATE TEMP TABLE {name} ({listed})")
        insert(name, frame.select(list(columns)))
        if connection.vendor == "postgresql":
            # Nobody else does it for a temporary table, and the planner would guess.
            cursor.execute(f"ANALYZE {name}")


def analyze(table: str) -> None:
    """Let PostgreSQL know how many rows a table has by now: it would plan for few."""
    if connection.vendor == "postgresql":
        execute(f"ANALYZE {table}")


@contextmanager
def _at_once() -> Iterator[None]:
    """Keep SQLite from ending a transaction after each row of a temporary table.

    It begins as a reader: temporary tables need no lock, and other writers go on.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        is_done = False
        try:
            yield
            is_done = True
        finally:
            cursor.execute("COMMIT" if is_done else "ROLLBACK")


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
    if not frame.is_empty():
        with connection.wrap_database_errors:
            _append(table, frame.columns, iter([frame]))


def insert_all(
    table: str, columns: Sequence[str], frames: Iterable[pl.DataFrame]
) -> None:
    """Append the rows of all frames; each has these columns.

    The next frame is made in a thread of its own while the database takes the last one:
    what makes it must not ask the database.

    Raises:
        django.db.Error: whatever the driver itself would have called it.
    """
    with connection.wrap_database_errors:
        _append(table, columns, read_ahead(frame.select(columns) for frame in frames))


def _append(table: str, columns: Sequence[str], frames: Iterator[pl.DataFrame]) -> None:
    if connection.vendor == "postgresql":
        _copy(table, columns, frames)
    else:
        _insert_batches(table, columns, frames)


def _copy(table: str, columns: Sequence[str], frames: Iterator[pl.DataFrame]) -> None:
    statement = f"COPY {table} ({_names(columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for frame in frames:
            copy.write(_text(frame).getbuffer())


def _names(columns: Sequence[str]) -> str:
    """Return the columns as SQL takes them, be they words of its own such as `on`."""
    return ", ".join(connection.ops.quote_name(column) for column in columns)


def _text(frame: pl.DataFrame) -> io.BytesIO:
    """Return the rows in the text form of COPY, which the server reads fastest."""
    text = io.BytesIO()
    frame.with_columns(_escaped(frame)).write_csv(
        text,
        include_header=False,
        separator="\t",
        quote_style="never",
        null_value=_NULL,
    )
    return text


def _escaped(frame: pl.DataFrame) -> list[pl.Series]:
    """Return the columns of text that need it, escaped: most do not."""
    escaped = []
    for column in frame.iter_columns():
        if column.dtype == pl.String and column.str.contains(r"[\\\t\n\r]").any():
            for sign, code in _ESCAPED.items():
                column = column.str.replace_all(sign, code, literal=True)
            escaped.append(column)
    return escaped


def _insert_batches(
    table: str, columns: Sequence[str], frames: Iterator[pl.DataFrame]
) -> None:
    places = ", ".join(["?"] * len(columns))
    statement = f"INSERT INTO {table} ({_names(columns)}) VALUES ({places})"
    with connection.cursor() as cursor:
        for frame in frames:
            # The driver's own cursor: Django's would rewrite the statement each time.
            cursor.cursor.connection.executemany(statement, _plain(frame).iter_rows())


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with dates and instants as Django's SQLite writes them."""
    return frame.with_columns(
        # Compared as texts: without microseconds where there are none, as Django does.
        pl.col(pl.Datetime)
        .dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
        .str.strip_suffix(".000000"),
        pl.col(pl.Date).dt.strftime("%Y-%m-%d"),
    )


def is_storable(text: str) -> bool:
    """Tell whether both databases can hold the text: no NUL, no half of a character."""
    return "\x00" not in text and text == text.encode(errors="replace").decode()


def fetch(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def fetch_slices(sql: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows of a query, at most `size` at a time, at least one slice."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = list(cursor.fetchmany(size))
        yield rows
        while rows := list(cursor.fetchmany(size)):
            yield rows


def execute(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Run a statement and return the number of rows that it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)
