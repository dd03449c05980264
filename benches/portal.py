"""The portal's search and an organization's page, at a province's size.

    DATABASE_URL=postgres://... python -m benches.portal --rows 1000000

`--rows` organizations with five permits each, one serving process, requests that begin
at a steady 50 a second, whatever the last ones took. A bare page of the same server,
through the same middleware, takes turns with the two, and a loop of plain arithmetic is
timed in each turn: it tells how slow the machine itself is at that moment. A wait is
counted from the moment at which the request was due.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from benches import _submissions

RATE, PROMISE_MS = 50.0, 100.0  # at p95
EACH = 5
SMALL_ROWS, SMALL_REQUESTS = 2_000, 100
START_SECONDS = 300.0
LOOP = 2_000_000
SETUP = """
import sys
import django; django.setup()
from benches import _portal_rows
_portal_rows.write(int(sys.argv[1]), int(sys.argv[2]))
"""
Told = dict[str, list[str]]
Found = dict[str, list[float]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where the promise is broken on PostgreSQL."""
    options = _options(arguments)
    rows = SMALL_ROWS if options.small else options.rows
    requests = SMALL_REQUESTS if options.small else options.requests
    rounds = 1 if options.small else options.rounds
    broken = False
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-") as directory:
        print(f"portal: {rows:,} organizations, {rows * EACH:,} records, {RATE:.0f}/s")
        for database in _databases(Path(directory), options):
            found = _measure(database, rows, requests, rounds)
            _print(database.name, found)
            worst = max(_at(found[name], 0.95) for name in ("search", "organization"))
            broken |= database.name == "postgresql" and worst >= PROMISE_MS
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"  {platform.machine()}, {os.cpu_count()} cores, load {load}")
    if broken and not options.small:
        sys.exit(1)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benches.portal", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=1_500, help="in each turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sqlite", action="store_true", help="on SQLite as well")
    parser.add_argument("--small", action="store_true", help="does it run at all")
    return parser.parse_args(arguments)


def _databases(
    place: Path, options: argparse.Namespace
) -> list[_submissions.Sqlite | _submissions.Postgres]:
    """Return PostgreSQL alone where it is there, unless SQLite is asked for too."""
    found = _submissions.databases(place)
    return found if options.sqlite or len(found) == 1 else found[1:]


def _at(waits: Sequence[float], share: float) -> float:
    return sorted(waits)[int(len(waits) * share)]


def _print(name: str, found: Found) -> None:
    bare = _at(found["bare"], 0.5)
    print(f"{name}: loop {statistics.median(found['loop']):.0f} ms"
          f" ({min(found['loop']):.0f} to {max(found['loop']):.0f})")  # fmt: skip
    for page in ("bare", "search", "organization"):
        p50, p95, p99 = (_at(found[page], share) for share in (0.5, 0.95, 0.99))
        print(f"  {page:13} p50 {p50:6.1f}  p95 {p95:6.1f}  p99 {p99:6.1f} ms"
              f"  {p50 / bare:5.2f} times the bare page")  # fmt: skip


def _measure(
    database: _submissions.Sqlite | _submissions.Postgres, *counts: int
) -> Found:
    rows, requests, rounds = counts
    environment = {
        **database.environment(),
        "XINHENG_SECRET_KEY": "only-for-the-bench-of-portal-0123456789abcdefghijk",
        "XINHENG_INSECURE_HTTP": "1",
        "XINHENG_HOSTS": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "benches._portal_settings",
    }
    try:
        told = subprocess.run(
            [sys.executable, "-c", SETUP, str(rows), str(EACH)],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        asked = json.loads(told.stdout.splitlines()[-1])
        return _serve(environment, asked, requests, rounds)
    finally:
        database.drop()


def _serve(environment: dict[str, str], asked: Told, *counts: int) -> Found:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "xinheng.project.asgi:application",
         "--port", str(port), "--lifespan", "off", "--log-level", "error"],
        env=environment,
    )  # fmt: skip
    try:
        return asyncio.run(_Load(port, asked).measured(*counts))
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def _loop() -> float:
    """Return the milliseconds of a loop that depends on the machine alone."""
    began, total = time.perf_counter(), 0
    for number in range(LOOP):
        total += number & 7
    return (time.perf_counter() - began) * 1000


class _Load:
    """Asks the server for pages, each at its time."""

    def __init__(self, port: int, asked: Told) -> None:
        self._port, self._asked = port, asked
        self._chance = random.Random(0)

    async def measured(self, requests: int, rounds: int) -> Found:
        """Return the waits by page, and what the loop took, in milliseconds."""
        await self._until_ready()
        found: Found = {"loop": [], "bare": [], "search": [], "organization": []}
        for _ in range(rounds):
            for page in ("bare", "search", "organization"):
                found["loop"].append(_loop())
                found[page] += await self._paced(page, requests)
        return found

    async def _paced(self, page: str, requests: int) -> list[float]:
        """Return how long each request took that began at the steady rate."""
        tasks, begin = [], time.monotonic()
        for number in range(requests):
            due = begin + number / RATE
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            tasks.append(asyncio.create_task(self._one(self._path(page), due)))
        return list(await asyncio.gather(*tasks))

    def _path(self, page: str) -> str:
        if page == "bare":
            return "/bench/bare"
        if page == "search":
            return f"/search?q={quote(self._chance.choice(self._asked['pieces']))}"
        return f"/organizations/{self._chance.choice(self._asked['codes'])}"

    async def _one(self, path: str, due: float) -> float:
        """Ask for a page on a connection of its own, as browsers that come anew do."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        answer = await reader.read()
        writer.close()
        assert answer.startswith(b"HTTP/1.1 200"), (path, answer[:200])
        return (time.monotonic() - due) * 1000

    async def _until_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                for page in ("bare", "search", "organization"):
                    await self._one(self._path(page), time.monotonic())
                return
            except OSError:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.5)


if __name__ == "__main__":
    main()
