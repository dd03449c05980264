"""A transaction on PostgreSQL or MariaDB at an address that was examined."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
import pymysql

CONNECT_SECONDS = 10
PORTS = {"postgresql": 5432, "postgres": 5432, "mariadb": 3306, "mysql": 3306}


def is_postgresql(url: str) -> bool:
    """Tell which of the two a URL names."""
    return urlsplit(url).scheme.startswith("postgres")


def quote_of(url: str) -> str:
    """Return the quote of the server's identifiers."""
    return '"' if is_postgresql(url) else "`"


@contextmanager
def connected(url: str, address: str) -> Iterator[Any]:
    """Open a transaction and its cursor; the end of the block commits."""
    if is_postgresql(url):
        with psycopg.connect(
            url,
            hostaddr=address,
            connect_timeout=CONNECT_SECONDS,
            client_encoding="utf8",
        ) as connection:
            yield connection.cursor()
        return
    parts = urlsplit(url)
    mariadb = pymysql.connect(
        host=address,
        port=parts.port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.removeprefix("/")),
        charset="utf8mb4",
        connect_timeout=CONNECT_SECONDS,
    )
    with mariadb, mariadb.cursor() as cursor:
        yield cursor
        mariadb.commit()
