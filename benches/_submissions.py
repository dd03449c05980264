"""Files for the bench of submissions, and fresh databases to hand them in to."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import numpy as np
import polars as pl

from benches import _permits

SEED = 0
_NUMBER, _CERTIFICATE = "行政许可决定文书号", "许可编号"


def write(place: Path, *, rows: int) -> None:
    """Write `permits.csv`, `again.csv` and the `register.csv` that knows them all.

    `again.csv` holds the same rows shuffled, and one more.
    """
    _permits.write(place / "permits.csv", rows=rows, seed=SEED)
    codes = _permits._codes(max(1, rows // 8), np.random.default_rng(SEED))
    names = _permits._names(np.arange(len(codes)))
    register = pl.DataFrame({"name": names, "uscc": codes})
    register.write_csv(place / "register.csv")
    whole = pl.read_csv(place / "permits.csv", infer_schema=False)
    shuffled = whole.sample(fraction=1, shuffle=True, seed=SEED)
    added = whole.head(1).with_columns(
        pl.lit("示许决〔2019〕99999999号").alias(_NUMBER),
        pl.lit("SL20199999999").alias(_CERTIFICATE),
    )
    pl.concat([shuffled, added]).write_csv(place / "again.csv")


class Sqlite:
    """An embedded database in a directory; `keep` makes it the one to begin with."""

    name = "sqlite"

    def __init__(self, place: Path) -> None:
        self._home, self._kept = place / "sqlite", place / "sqlite-kept"
        self._home.mkdir()

    def environment(self) -> dict[str, str]:
        """Return the environment of a process that works on it."""
        kept = {key: text for key, text in os.environ.items() if key != "DATABASE_URL"}
        return {**kept, "XINHENG_DIR": str(self._home)}

    def keep(self) -> None:
        """Take the present state for the one that each round begins with."""
        with sqlite3.connect(self._home / "xinheng.sqlite3") as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copytree(self._home, self._kept)

    def begin(self) -> None:
        """Go back to the state that was kept."""
        shutil.rmtree(self._home)
        shutil.copytree(self._kept, self._home)

    def drop(self) -> None:
        """Do nothing: the directory is temporary."""


class Postgres:
    """A database of its own on the server that `DATABASE_URL` names."""

    name = "postgresql"

    def __init__(self, place: Path) -> None:
        self._home = place / "postgresql"
        self._home.mkdir()
        self._name = f"xinheng_bench_{os.getpid()}"
        self._url = urlsplit(os.environ["DATABASE_URL"])
        self._run(f"CREATE DATABASE {self._name}")

    def environment(self) -> dict[str, str]:
        """Return the environment of a process that works on it."""
        url = urlunsplit(self._url._replace(path=f"/{self._name}"))
        return {**os.environ, "DATABASE_URL": url, "XINHENG_DIR": str(self._home)}

    def keep(self) -> None:
        """Take the present state for the one that each round begins with."""
        self._run(f"ALTER DATABASE {self._name} RENAME TO {self._name}_kept")

    def begin(self) -> None:
        """Go back to the state that was kept; nothing waits to be written out."""
        self._run(f"DROP DATABASE IF EXISTS {self._name}")
        self._run(f"CREATE DATABASE {self._name} TEMPLATE {self._name}_kept")

    def drop(self) -> None:
        """Drop what this bench made."""
        for name in (self._name, f"{self._name}_kept"):
            self._run(f"DROP DATABASE IF EXISTS {name}")

    def _run(self, statement: str) -> None:
        import psycopg

        server = urlunsplit(self._url._replace(path="/postgres"))
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(statement)


def databases(place: Path) -> list[Sqlite | Postgres]:
    """Return SQLite, and PostgreSQL where `DATABASE_URL` names a server."""
    url = os.environ.get("DATABASE_URL", "")
    return [Sqlite(place), *([Postgres(place)] if url.startswith("postgres") else [])]
