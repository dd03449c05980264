"""The simulator behind a front-end database: its tables, read and answered."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any

from xinheng.apps.exchange.carriers.connecting import (
    connected,
    is_postgresql,
    quote_of,
)
from xinheng.cli.simulator.faces import HOST, Shared
from xinheng.core.exchange import encoding
from xinheng.core.exchange.encoding import Content
from xinheng.core.exchange.profiles import Sheet

LOOK_SECONDS = 0.05


class Server:
    """The platform's side of a database; its tables are dropped and made anew."""

    def __init__(self, shared: Shared, url: str) -> None:
        self._shared, self.url = shared, url
        self._pending: dict[str, set[str]] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._make_tables()

    def __enter__(self) -> Server:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop serving."""
        self._stopped.set()
        self._thread.join(timeout=10)

    def wait(self) -> None:
        """Wait until somebody stops it."""
        self._stopped.wait()

    def _quoted(self, name: str) -> str:
        quote = quote_of(self.url)
        return f"{quote}{name.replace(quote, '')}{quote}"

    def _make_tables(self) -> None:
        number = (
            "BIGSERIAL PRIMARY KEY"
            if is_postgresql(self.url)
            else "BIGINT AUTO_INCREMENT PRIMARY KEY"
        )
        with connected(self.url, HOST) as cursor:
            for sheet in self._shared.platform.profile.sheets:
                table = self._quoted(sheet.name)
                texts = (f"{self._quoted(each)} TEXT" for each in sheet.titles)
                columns = ", ".join([f"row_id {number}", "package VARCHAR(64)", *texts])
                cursor.execute(f"DROP TABLE IF EXISTS {table}")
                cursor.execute(f"CREATE TABLE {table} ({columns})")
            for table in ("packages", "feedback"):
                cursor.execute(f"DROP TABLE IF EXISTS {table}")
            cursor.execute(
                "CREATE TABLE packages (id VARCHAR(64) PRIMARY KEY,"
                " dataset VARCHAR(64), row_count INTEGER, checksum VARCHAR(64),"
                " state VARCHAR(8), answer TEXT)"
            )
            cursor.execute(
                f"CREATE TABLE feedback (id {number}, dataset VARCHAR(64),"
                " record_key VARCHAR(500), package VARCHAR(64), status VARCHAR(16),"
                " code VARCHAR(64), message VARCHAR(500))"
            )

    def _serve(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            self._sweep()

    def _sweep(self) -> None:
        with connected(self.url, HOST) as cursor:
            cursor.execute(
                "SELECT id, dataset FROM packages WHERE state = 'READY'"
                " ORDER BY id LIMIT 100"
            )
            waiting = cursor.fetchall()
            for package, dataset in waiting:
                self._take(cursor, str(package), str(dataset))
            for dataset, keys in self._pending.items():
                self._feed_back(cursor, dataset, sorted(keys))

    def _take(self, cursor: Any, package: str, dataset: str) -> None:
        platform = self._shared.platform
        sheet = platform.profile.sheet(dataset)
        titles = platform.template(dataset)
        content = Content(
            dataset, package, titles, self._rows(cursor, sheet, titles, package)
        )
        data = encoding.encode(
            content, form=platform.profile.form, encoding=platform.profile.encoding
        )
        answer = self._shared.deliver(data, package=package, dataset=dataset)
        keys = [self._shared.platform.key(row, content, sheet) for row in content.cells]
        self._feed_back(cursor, dataset, keys)
        cursor.execute(
            "UPDATE packages SET state = 'DONE', answer = %s WHERE id = %s",
            (None if answer is None else answer.decode(), package),
        )

    def _rows(
        self, cursor: Any, sheet: Sheet, titles: Sequence[str], package: str
    ) -> tuple[tuple[str, ...], ...]:
        columns = ", ".join(self._quoted(each) for each in titles)
        cursor.execute(
            f"SELECT {columns} FROM {self._quoted(sheet.name)}"  # noqa: S608
            " WHERE package = %s ORDER BY row_id",
            (package,),
        )
        return tuple(tuple(map(str, row)) for row in cursor.fetchall())

    def _feed_back(self, cursor: Any, dataset: str, keys: list[str]) -> None:
        said = json.loads(self._shared.states(dataset, keys))
        waiting = self._pending.setdefault(dataset, set())
        sql = (
            "INSERT INTO feedback (dataset, record_key, package, status, code, message)"
            " VALUES (%s, %s, %s, %s, %s, %s)"
        )
        for row in said["rows"]:
            is_pending = row["status"] == "pending"
            if is_pending and row["key"] in waiting:
                continue
            (waiting.add if is_pending else waiting.discard)(row["key"])
            told = [row[each] for each in ("package", "status", "code", "message")]
            cursor.execute(sql, (dataset, row["key"], *told))
