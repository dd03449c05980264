"""A target with a front-end database (前置机): PostgreSQL or MariaDB.

    SHEET       package, then the profile's columns, all text
    packages    id, dataset, row_count, checksum, state (READY, DONE), answer
    feedback    id, dataset, record_key, package, status, code, message

A package and its rows are written in one transaction; the platform's side reads what is
READY, and writes the answer and a line of feedback for every row.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pymysql

from xinheng.apps.exchange.carriers.carrier import CarrierError, examined
from xinheng.apps.exchange.carriers.connecting import PORTS, connected, quote_of
from xinheng.apps.exchange.targets import Target
from xinheng.core.exchange import answers
from xinheng.core.exchange.answers import Answer, Kind, RowAnswer, RowState
from xinheng.core.exchange.packaging import Package
from xinheng.core.exchange.profiles import Profile

ANSWER_SECONDS = 20.0
LOOK_SECONDS = 0.1
_NAME = re.compile(r"[^\W\d][\w]{0,62}")
_FAILURES = (psycopg.Error, pymysql.MySQLError, OSError)


class DatabaseCarrier:
    """The way to one target over its tables."""

    def __init__(self, target: Target) -> None:
        self._profile: Profile = target.base
        self._url = _url(target.url_file)
        self._quote = quote_of(self._url)

    def send(self, package: Package) -> Answer:
        """Send a package and return the answer."""
        try:
            with self._connected() as cursor:
                self._put(cursor, package)
        except CarrierError:
            raise
        except _FAILURES:
            # The transaction may have ended before the connection did.
            return Answer(Kind.LOST)
        said = self._wait_for(package.id)
        if said is None:
            return Answer(Kind.LOST)
        return answers.parse(said.encode(), package=package.id, keys=package.keys)

    def describe(self, dataset: str) -> tuple[str, ...] | None:
        """Return the table's columns; they are named, so their order is theirs."""
        return self._profile.sheet(dataset).titles

    def query(
        self, dataset: str, keys: Sequence[str]
    ) -> Mapping[str, RowAnswer] | None:
        """Return the last feedback on each key, null where the database is away."""
        found = {key: RowAnswer(RowState.UNKNOWN) for key in keys}
        if not keys:
            return found
        marks = ", ".join(["%s"] * len(keys))
        sql = (
            "SELECT record_key, status, code, message, package FROM feedback"
            f" WHERE dataset = %s AND record_key IN ({marks}) ORDER BY id"
        )
        try:
            with self._connected() as cursor:
                cursor.execute(sql, (dataset, *keys))
                for key, status, code, message, package in cursor.fetchall():
                    found[key] = RowAnswer(RowState(status), code, message, package)
        except (*_FAILURES, ValueError):
            return None
        return found

    def feedback(self) -> tuple[tuple[str, bytes | None], ...]:
        """Return no file: every row is asked about."""
        return ()

    def feedback_taken(self, name: str) -> None:
        """Nothing is left by a target of this kind."""

    def close(self) -> None:
        """Nothing is kept open."""

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        parts = urlsplit(self._url)
        port = parts.port or PORTS[parts.scheme]
        address = examined(parts.hostname or "", port, is_encrypted=False)
        with connected(self._url, address) as cursor:
            yield cursor

    def _put(self, cursor: Any, package: Package) -> None:
        cursor.execute("SELECT 1 FROM packages WHERE id = %s", (package.id,))
        if cursor.fetchone():
            return
        sheet = self._profile.sheet(package.dataset)
        names = ", ".join(self._quoted(each) for each in ("package", *sheet.titles))
        marks = ", ".join(["%s"] * (len(sheet.titles) + 1))
        sql = f"INSERT INTO {self._quoted(sheet.name)} ({names}) VALUES ({marks})"
        cursor.executemany(sql, [(package.id, *cells) for cells in package.cells])
        cursor.execute(
            "INSERT INTO packages (id, dataset, row_count, checksum, state)"
            " VALUES (%s, %s, %s, %s, 'READY')",
            (package.id, package.dataset, len(package.rows), package.sha256),
        )

    def _wait_for(self, package: str) -> str | None:
        """Return the answer to a package, null where none came in time."""
        sql = "SELECT answer FROM packages WHERE id = %s AND state = 'DONE'"
        for _ in range(int(ANSWER_SECONDS / LOOK_SECONDS)):
            try:
                with self._connected() as cursor:
                    cursor.execute(sql, (package,))
                    found = cursor.fetchone()
            except (*_FAILURES, CarrierError):
                return None
            if found:
                return str(found[0]) if found[0] is not None else None
            time.sleep(LOOK_SECONDS)
        return None

    def _quoted(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise CarrierError("COLUMN_NAME")
        return f"{self._quote}{name}{self._quote}"


def _url(file: str) -> str:
    try:
        url = Path(file).read_text(encoding="utf-8").strip()
        scheme = urlsplit(url).scheme
    except (OSError, ValueError):
        raise CarrierError("URL_FILE") from None
    if scheme not in PORTS:
        raise CarrierError("URL_FILE")
    return url
