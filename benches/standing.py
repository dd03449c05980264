"""The look-up over HTTP against a page that always says the same.

    DATABASE_URL=postgres://... python -m benches.standing --rows 1000000

`--rows` organizations, a tenth of them on a list with three measures, one serving
process, 32 connections that ask as fast as they are answered; the two pages take turns,
with the same middleware, key check and limiter. Each look-up is logged before it is
answered. Then the look-up at half the rate that it reached, and batches of 10,000
codes. Processor time is that of the serving process. Other work on the machine slows
both pages: the ratio of processor time for a request suffers least.
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

from benches import _submissions

PROMISE, PROMISE_MS, PROMISE_CODES = 0.4, 20.0, 100_000
CONNECTIONS = 32
BATCH = 10_000
SMALL_ROWS = 3_000
START_SECONDS = 300.0
SETUP = """
import sys
import django; django.setup()
from benches import _standing_rows
_standing_rows.write(int(sys.argv[1]))
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where a promise is broken."""
    options = _options(arguments)
    rows = SMALL_ROWS if options.small else options.rows
    requests = 100 if options.small else options.requests
    rounds = 1 if options.small else options.rounds
    broken = False
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-") as directory:
        place = Path(directory)
        print(f"standing: {rows:,} organizations, a tenth of them listed")
        for database in _submissions.databases(place):
            found = _measure(database, rows, requests, rounds)
            _print(database.name, found)
            broken |= not _is_kept(found)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"  {platform.machine()}, {os.cpu_count()} cores, load {load}")
    if broken and not options.small:
        sys.exit(1)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benches.standing", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=3_000, help="in each turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="does it run at all")
    return parser.parse_args(arguments)


def _print(name: str, found: dict[str, float]) -> None:
    print(f"{name}: {found['ours']:,.0f} requests/s, the constant page"
          f" {found['floor']:,.0f} ({found['ratio']:.2f} times);"
          f" processor {found['ours_ms']:.2f} and {found['floor_ms']:.2f} ms a request"
          f" ({found['floor_ms'] / found['ours_ms']:.2f} times);"
          f" at {found['paced']:,.0f} requests/s p50 {found['p50']:.0f} ms,"
          f" p99 {found['p99']:.0f} ms; batch {found['codes']:,.0f} codes/s of server"
          f" time; {found['mb']:.0f} MB")  # fmt: skip


def _is_kept(found: dict[str, float]) -> bool:
    return (
        found["ratio"] >= PROMISE
        and found["p99"] < PROMISE_MS
        and found["codes"] >= PROMISE_CODES
    )


def _measure(
    database: _submissions.Sqlite | _submissions.Postgres,
    rows: int,
    requests: int,
    rounds: int,
) -> dict[str, float]:
    environment = {
        **database.environment(),
        "XINHENG_SECRET_KEY": "only-for-the-bench-of-standing-0123456789abcdefghij",
        "XINHENG_INSECURE_HTTP": "1",
        "XINHENG_HOSTS": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "benches._standing_settings",
    }
    if isinstance(database, _submissions.Postgres):
        database.keep()
        database.begin()
    try:
        told = subprocess.run(
            [sys.executable, "-c", SETUP, str(rows)],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return _serve(environment, json.loads(told.stdout), requests, rounds)
    finally:
        database.drop()


def _serve(
    environment: dict[str, str], told: dict[str, list[str] | str], *counts: int
) -> dict[str, float]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "xinheng.project.asgi:application",
         "--port", str(port), "--lifespan", "off", "--log-level", "error"],
        env=environment,
    )  # fmt: skip
    try:
        return asyncio.run(_Load(port, server.pid, told).measured(*counts))
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


class _Load:
    """Asks the server, and counts its processor time."""

    def __init__(
        self, port: int, process: int, told: dict[str, list[str] | str]
    ) -> None:
        self._port, self._process = port, process
        self._key, self._codes = str(told["token"]), list(told["codes"])
        self._chance = random.Random(0)

    async def measured(self, requests: int, rounds: int) -> dict[str, float]:
        await self._until_ready()
        turns: dict[str, list[tuple[float, float]]] = {"floor": [], "ours": []}
        for _ in range(rounds):
            for name, place in (
                ("floor", "/bench/constant"),
                ("ours", "/api/v1/organizations"),
            ):
                turns[name].append(await self._turn(place, requests))
        floor, ours = (
            [statistics.median(each) for each in zip(*turns[name], strict=True)]
            for name in ("floor", "ours")
        )
        paced = ours[0] / 2
        waits = sorted(await self._paced(paced, requests))
        return {
            "floor": floor[0],
            "ours": ours[0],
            "ratio": ours[0] / floor[0],
            "floor_ms": floor[1],
            "ours_ms": ours[1],
            "paced": paced,
            "p50": waits[len(waits) // 2] * 1000,
            "p99": waits[int(len(waits) * 0.99)] * 1000,
            "codes": await self._batches(rounds),
            "mb": self._megabytes(),
        }

    async def _turn(self, place: str, requests: int) -> tuple[float, float]:
        """Return requests a second and the server's milliseconds for each."""
        began, used = time.monotonic(), self._used()
        share = requests // CONNECTIONS + 1
        await asyncio.gather(*(self._ask(place, share) for _ in range(CONNECTIONS)))
        count = share * CONNECTIONS
        elapsed = time.monotonic() - began
        return count / elapsed, (self._used() - used) * 1000 / count

    async def _ask(self, place: str, count: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        for _ in range(count):
            await self._one(reader, writer, place)
        writer.close()

    async def _one(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, place: str
    ) -> bytes:
        code = self._chance.choice(self._codes)
        path = f"{place}/{code}/standing?matter=procurement"
        return await self._exchange(reader, writer, f"GET {path} HTTP/1.1\r\n", b"")

    async def _exchange(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        line: str,
        body: bytes,
    ) -> bytes:
        head = (
            f"{line}Host: 127.0.0.1\r\nAuthorization: Bearer {self._key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200"), answer
        length = next(
            int(each.split(b":")[1])
            for each in answer.split(b"\r\n")
            if each.lower().startswith(b"content-length")
        )
        return await reader.readexactly(length)

    async def _paced(self, rate: float, requests: int) -> list[float]:
        """Return how long each of the requests took, which begin at a steady rate."""
        idle: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
        idle = asyncio.Queue()
        for _ in range(CONNECTIONS):
            idle.put_nowait(await asyncio.open_connection("127.0.0.1", self._port))
        waits: list[float] = []

        async def one(due: float) -> None:
            connection = await idle.get()
            await self._one(*connection, "/api/v1/organizations")
            waits.append(time.monotonic() - due)
            idle.put_nowait(connection)

        tasks, begin = [], time.monotonic()
        for number in range(requests):
            due = begin + number / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            tasks.append(asyncio.create_task(one(due)))
        await asyncio.gather(*tasks)
        return waits

    async def _batches(self, rounds: int) -> float:
        """Return codes for each second of the server's processor time."""
        codes = [self._chance.choice(self._codes) for _ in range(BATCH)]
        body = json.dumps({"matter": "procurement", "codes": codes}).encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        line = "POST /api/v1/standing:batch HTTP/1.1\r\n"
        await self._exchange(reader, writer, line, body)
        used = self._used()
        for _ in range(3 * rounds):
            told = json.loads(await self._exchange(reader, writer, line, body))
            assert len(told["results"]) == BATCH
        writer.close()
        return 3 * rounds * BATCH / (self._used() - used)

    async def _until_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                await self._turn("/api/v1/organizations", CONNECTIONS)
                return
            except OSError:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.5)

    def _used(self) -> float:
        text = Path(f"/proc/{self._process}/stat").read_text().rsplit(")", 1)[1]
        fields = text.split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _megabytes(self) -> float:
        status = Path(f"/proc/{self._process}/status").read_text()
        peak = next(each for each in status.splitlines() if each.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024


if __name__ == "__main__":
    main()
