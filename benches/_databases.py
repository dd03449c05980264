"""The databases that a bench runs on: a file, and one of its own on POSTGRES_URL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit


def databases(place: Path, name: str) -> Iterator[tuple[str, str]]:
    """Yield vendor and address; the server's database is dropped afterwards."""
    yield "sqlite", f"sqlite:///{place / f'{name}.sqlite3'}"
    if os.environ.get("POSTGRES_URL"):
        with _own_database(os.environ["POSTGRES_URL"]) as url:
            yield "postgresql", url


@contextmanager
def _own_database(server: str) -> Iterator[str]:
    import psycopg

    name = f"xinheng_bench_{os.getpid()}"
    parts = urlsplit(server)
    entry = parts._replace(path="/postgres").geturl()
    with psycopg.connect(entry, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield parts._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
