"""A database of its own for a process that the suite starts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg


@contextmanager
def own_database(name: str) -> Iterator[dict[str, str]]:
    """Yield the environment of a process that has a fresh database.

    Where the suite runs on PostgreSQL that is a new database of this name, dropped at
    the end; else the embedded one in the process's own directory.
    """
    url = os.environ.get("DATABASE_URL", "")
    inherited = {key: text for key, text in os.environ.items() if key != "DATABASE_URL"}
    if not url.startswith("postgres"):
        yield inherited
        return
    parts = urlsplit(url)
    server = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield {
                **inherited,
                "DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}")),
            }
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
