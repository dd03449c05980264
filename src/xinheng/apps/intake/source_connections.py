"""Read-only sessions on a department's PostgreSQL or MariaDB.

Both speak the same few questions. Names of tables and columns come from the operator's
file, are plain words (`sources.py`) and quoted all the same; values are parameters.
Every cell comes as text, made by the server, so that a date it can hold and we can't is
a finding of its row and not a failure of the whole.
"""

from __future__ import annotations

import os
import ssl
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
import pymysql
from django.conf import settings
from pymysql.cursors import Cursor, SSCursor

from xinheng.apps.intake import breakdowns, sources

CONNECT_SECONDS = 10
READ_SECONDS = 600
_FETCHED = 2_000
_FAILURES = (psycopg.Error, pymysql.MySQLError, OSError, ValueError)


class Session(ABC):
    """A snapshot of one table or view, on a session that can't write."""

    quote: str
    text_type: str

    def __init__(self, database: sources.Database) -> None:
        self._table = ".".join(map(self.quoted, database.table.split(".")))
        self._cursor = self.quoted(database.cursor)
        self._columns = tuple(database.columns)

    def quoted(self, name: str) -> str:
        """Return an identifier in this server's quotes."""
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def has_gaps(self) -> bool:
        """Tell whether a row has no cursor value, so that it would never be read."""
        sql = f"SELECT 1 FROM {self._table} WHERE {self._cursor} IS NULL LIMIT 1"
        return bool(self.fetch(sql))

    def end(self, begin: Any, *, most: int) -> Any:
        """Return up to which cursor value about `most` rows beyond `begin` go.

        Null where there are none; `begin` null means from the first row.
        """
        where, given = self._beyond(begin)
        chosen = f"FROM {self._table} WHERE {where}"
        full = self.fetch(
            f"SELECT {self._cursor} {chosen} ORDER BY {self._cursor}"
            f" LIMIT 1 OFFSET {most - 1}",
            given,
        )
        rest = full or self.fetch(f"SELECT max({self._cursor}) {chosen}", given)
        return rest[0][0] if rest else None

    def names(self) -> tuple[str, ...]:
        """Return the columns that are read, in order."""
        return self._columns or self.describe(f"SELECT * FROM {self._table} LIMIT 0")

    def rows(self, begin: Any, end: Any) -> Iterator[Sequence[str | None]]:
        """Yield the rows of `(begin, end]` as text, in the cursor's order."""
        where, given = self._beyond(begin)
        cells = ", ".join(
            f"CAST({self.quoted(name).replace('%', '%%')} AS {self.text_type})"
            for name in self.names()
        )
        sql = (
            f"SELECT {cells} FROM {self._table} WHERE {where}"
            f" AND {self._cursor} <= %s ORDER BY {self._cursor}"
        )
        return self.stream(sql, (*given, end))

    def _beyond(self, begin: Any) -> tuple[str, tuple[Any, ...]]:
        if begin is None:
            return f"{self._cursor} IS NOT NULL", ()
        return f"{self._cursor} > %s", (begin,)

    @abstractmethod
    def fetch(self, sql: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return every row of a small answer."""

    @abstractmethod
    def describe(self, sql: str) -> tuple[str, ...]:
        """Return the names of an answer's columns."""

    @abstractmethod
    def stream(self, sql: str, given: Sequence[Any]) -> Iterator[Sequence[str | None]]:
        """Yield the rows of a large answer as the server sends them."""

    @abstractmethod
    def may_write(self) -> bool:
        """Tell whether the account itself could change the table."""


class PostgreSQL(Session):
    """One snapshot of PostgreSQL."""

    quote = '"'
    text_type = "text"

    def __init__(
        self, database: sources.Database, connection: psycopg.Connection[Any]
    ) -> None:
        super().__init__(database)
        self._connection = connection

    def fetch(self, sql: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return every row of a small answer."""
        return self._connection.execute(sql.encode(), given or None).fetchall()

    def describe(self, sql: str) -> tuple[str, ...]:
        """Return the names of an answer's columns."""
        described = self._connection.execute(sql.encode()).description
        return tuple(column.name for column in described or ())

    def stream(self, sql: str, given: Sequence[Any]) -> Iterator[Sequence[str | None]]:
        """Yield the rows of a large answer as the server sends them."""
        with self._connection.cursor(name="xinheng") as cursor:
            cursor.itersize = _FETCHED
            yield from cursor.execute(sql.encode(), given)

    def may_write(self) -> bool:
        """Tell whether the account itself could change the table."""
        asked = self.fetch(
            "SELECT bool_or(has_table_privilege(%s, each)) FROM"
            " unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS each",
            (self._table,),
        )
        return bool(asked[0][0])


class MariaDB(Session):
    """One snapshot of MariaDB."""

    quote = "`"
    text_type = "CHAR"

    def __init__(
        self, database: sources.Database, connection: pymysql.Connection[Any]
    ) -> None:
        super().__init__(database)
        self._connection = connection

    def fetch(self, sql: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return every row of a small answer."""
        with self._connection.cursor(Cursor) as cursor:
            cursor.execute(sql, given)
            return list(cursor.fetchall())

    def describe(self, sql: str) -> tuple[str, ...]:
        """Return the names of an answer's columns."""
        with self._connection.cursor(Cursor) as cursor:
            cursor.execute(sql)
            return tuple(column[0] for column in cursor.description or ())

    def stream(self, sql: str, given: Sequence[Any]) -> Iterator[Sequence[str | None]]:
        """Yield the rows of a large answer as the server sends them."""
        with self._connection.cursor(SSCursor) as cursor:
            cursor.execute(sql, given)
            yield from cursor.fetchall_unbuffered()

    def may_write(self) -> bool:
        """Tell whether the account itself could change something."""
        ours = "REPLACE(CURRENT_USER(), '@', '''@''')"
        told = " UNION ".join(
            f"SELECT privilege_type FROM information_schema.{kind}_privileges"
            f" WHERE grantee = CONCAT('''', {ours}, '''')"
            for kind in ("user", "schema", "table")
        )
        held = {str(row[0]).upper() for row in self.fetch(told)}
        return bool(held & _WRITING)


_WRITING = {"INSERT", "UPDATE", "DELETE", "DROP", "ALTER", "CREATE", "SUPER"}


@contextmanager
def connect(database: sources.Database) -> Iterator[Session]:
    """Open a read-only session on one snapshot.

    Raises:
        SourceFailedError: `URL_FILE`, or what became of the connection, as
            `UNREACHABLE`, `ACCESS_DENIED`, `NO_TABLE` or `DATABASE` with a state.
    """
    url = _url(database)
    try:
        with _SESSIONS[database.driver](database, url) as session:
            yield session
    except _FAILURES as failed:
        raise sources.SourceFailedError(_code(failed)) from None


def is_secret_open(database: sources.Database) -> bool:
    """Tell whether others than its owner may read the file with the address."""
    try:
        mode = os.stat(database.url_file).st_mode
    except OSError:
        return False
    return bool(mode & (stat.S_IRWXG | stat.S_IRWXO))


def _url(database: sources.Database) -> str:
    try:
        url = database.url_file.read_text(encoding="utf-8").strip()
        scheme = urlsplit(url).scheme
    except (OSError, ValueError):
        raise sources.SourceFailedError("URL_FILE") from None
    if scheme not in _SCHEMES[database.driver]:
        raise sources.SourceFailedError("URL_FILE")
    return url


_SCHEMES = {
    "postgresql": ("postgresql", "postgres"),
    "mariadb": ("mariadb", "mysql"),
}


@contextmanager
def _postgresql(database: sources.Database, url: str) -> Iterator[Session]:
    connection = psycopg.connect(
        url, connect_timeout=CONNECT_SECONDS, client_encoding="utf8"
    )
    with connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        connection.execute("SET DateStyle TO 'ISO, YMD'")
        connection.execute(f"SET TimeZone TO '{settings.TIME_ZONE}'")
        connection.execute(f"SET statement_timeout TO {READ_SECONDS * 1000}")
        yield PostgreSQL(database, connection)


@contextmanager
def _mariadb(database: sources.Database, url: str) -> Iterator[Session]:
    parts = urlsplit(url)
    authority = parse_qs(parts.query).get("ssl_ca")
    connection = pymysql.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.removeprefix("/")),
        charset="utf8mb4",
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        ssl=ssl.create_default_context(cafile=authority[0]) if authority else None,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
        cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        yield MariaDB(database, connection)


_SESSIONS = {"postgresql": _postgresql, "mariadb": _mariadb}

_NO_TABLE = {"42P01", "42703", "3F000", "1146", "1054", "1049"}
_DENIED = {"42501", "28P01", "28000", "3D000", "1044", "1045", "1142", "1143"}


def _code(failed: Exception) -> str:
    """Return a stable code: a driver's text may hold hosts, accounts and values."""
    if breakdowns.is_disk_full(failed):
        return "DISK_FULL"
    state = getattr(failed, "sqlstate", None)
    if isinstance(failed, pymysql.MySQLError) and failed.args:
        state = str(failed.args[0])
    if state in _NO_TABLE:
        return "NO_TABLE"
    if state in _DENIED:
        return "ACCESS_DENIED"
    if isinstance(failed, ValueError):
        return "URL_FILE"
    if state is None or state in {"2002", "2003", "2005", "2013", "57P03"}:
        return "UNREACHABLE"
    return f"DATABASE {state}"
