"""A thousand clients of the change feed: from the commit to the last byte received.

    DATABASE_URL=postgres://... python -m benches.feed --rows 1000 --rounds 30

One `xinheng serve` answers all clients (`--rows` is their number); another process
lands a permit in each round and notes the moment of its commit; this one holds the
connections and notes when each event is there. The first round, in which the server
reads the rulebook, does not count. The floor is bare asyncio: a task that
writes the same bytes to as many sockets. Processor time is that of the serving process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benches import _submissions

PROMISE_MS = 250
SMALL_CLIENTS = 20
START_SECONDS = 90.0
# Lands a permit each time a line comes, and says when that was committed.
WRITER = """
import io, sys, time
import django; django.setup()
from django.utils import timezone
from tests.factories import files
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import operations
clerk = Actor("writer", units=frozenset({"U01"}))
# A sole proprietor is a natural person in trade: its records are in no feed.
rows = [each for each in files.permit_rows(2_000) if "个体工商户" not in each.values()]
print("ready", flush=True)
for number, _ in enumerate(sys.stdin):
    content = io.BytesIO(files.as_csv(rows[number : number + 1]))
    hand_in = operations.HandIn(clerk, "U01", "permit", None, "w.csv", content)
    operations.submit(hand_in, at=timezone.now())
    print(time.monotonic(), flush=True)
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where the promise is broken."""
    options = _options(arguments)
    clients = SMALL_CLIENTS if options.small else options.rows
    rounds = 2 if options.small else options.rounds
    resource.setrlimit(resource.RLIMIT_NOFILE, (8_192, 8_192))
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-") as directory:
        place = Path(directory)
        floor = asyncio.run(_floor(clients, rounds))
        told = [
            _measure(database, place, clients, rounds)
            for database in _submissions.databases(place)
        ]
    print(f"bare asyncio, {clients} sockets: p50 {floor[0]:.0f} ms, p99 {floor[1]:.0f}")
    for name, found in told:
        print(f"{name}: {found['delivered']} of {found['due']} events delivered;"
              f" commit to receipt p50 {found['p50']:.0f} ms, p99 {found['p99']:.0f} ms"
              f" ({found['p99'] / floor[1]:.1f} times the floor);"
              f" server {found['cpu']:.1f} s of processor for {rounds} rounds,"
              f" {found['mb']:.0f} MB")  # fmt: skip
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load}")
    is_kept = all(
        found["p99"] < PROMISE_MS and found["delivered"] == found["due"]
        for _, found in told
    )
    if not options.small and not is_kept:
        sys.exit(1)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000, help="clients")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--small", action="store_true", help="does it run at all")
    return parser.parse_args(arguments)


def _measure(
    database: _submissions.Sqlite | _submissions.Postgres,
    place: Path,
    clients: int,
    rounds: int,
) -> tuple[str, dict[str, float]]:
    environment = {
        **database.environment(),
        "XINHENG_SECRET_KEY": "only-for-the-bench-of-the-feed-"
        + "0123456789abcdefghijklmn",
        "XINHENG_INSECURE_HTTP": "1",
        "XINHENG_HOSTS": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "xinheng.project.settings",
    }
    if isinstance(database, _submissions.Postgres):
        database.keep()
        database.begin()
    try:
        return database.name, _serve(environment, place, clients, rounds)
    finally:
        database.drop()


def _serve(
    environment: dict[str, str], place: Path, clients: int, rounds: int
) -> dict[str, float]:
    from tests.factories import files

    register = files.write_register(place / "register.csv", count=2_000)
    xinheng = [sys.executable, "-m", "xinheng"]
    subprocess.run(
        [*xinheng, "import", str(register)],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    port = _free_port()
    server = subprocess.Popen(
        [*xinheng, "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=_many_files,
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline().strip() == "ready"
        found = asyncio.run(_listen(port, writer, clients, rounds))
        found["cpu"], found["mb"] = _used(server.pid)
        return found
    finally:
        writer.kill()
        writer.communicate()
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def _many_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (8_192, 8_192))


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _used(process: int) -> tuple[float, float]:
    """Return a process's seconds of processor and its memory in MB."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    ticks = int(fields[11]) + int(fields[12])
    status = Path(f"/proc/{process}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return ticks / os.sysconf("SC_CLK_TCK"), int(peak.split()[1]) / 1024


async def _listen(
    port: int, writer: subprocess.Popen[str], clients: int, rounds: int
) -> dict[str, float]:
    arrived: list[list[float]] = [[] for _ in range(clients)]
    connections = [await _connect(port) for _ in range(clients)]
    tasks = [
        asyncio.create_task(_take(reader, arrived[number]))
        for number, (reader, _) in enumerate(connections)
    ]
    delays: list[float] = []
    for number in range(1, rounds + 2):
        committed = await asyncio.to_thread(_land, writer)
        await _until_all(arrived, number)
        if number > 1:
            delays += [
                times[number - 1] - committed
                for times in arrived
                if len(times) >= number
            ]
    for task in tasks:
        task.cancel()
    for _, writing in connections:
        writing.close()
    due = clients * rounds
    return {"delivered": len(delays), "due": due, **_percentiles(delays)}


def _percentiles(delays: list[float]) -> dict[str, float]:
    ordered = sorted(delays)
    return {
        "p50": ordered[len(ordered) // 2] * 1000,
        "p99": ordered[int(len(ordered) * 0.99)] * 1000,
    }


def _land(writer: subprocess.Popen[str]) -> float:
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write("\n")
    writer.stdin.flush()
    return float(writer.stdout.readline())


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Return a connection that is told that it is current."""
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            reader, writing = await asyncio.open_connection("127.0.0.1", port)
            break
        except OSError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.2)
    writing.write(b"GET /api/v1/changes/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await asyncio.wait_for(reader.readuntil(b"event: current"), START_SECONDS)
    return reader, writing


async def _take(reader: asyncio.StreamReader, arrived: list[float]) -> None:
    while line := await reader.readline():
        if line.startswith(b"event: change"):
            arrived.append(time.monotonic())


async def _until_all(arrived: list[list[float]], number: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if all(len(times) >= number for times in arrived):
            return
        await asyncio.sleep(0.01)


async def _floor(clients: int, rounds: int) -> tuple[float, float]:
    """Write the bytes of an event to as many sockets, and nothing else."""
    event = f"id: 1.1\nevent: change\ndata: {json.dumps('x' * 1_500)}\n\n".encode()
    writers: list[asyncio.StreamWriter] = []

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    arrived: list[list[float]] = [[] for _ in range(clients)]
    readers = [await asyncio.open_connection("127.0.0.1", port) for _ in arrived]
    tasks = [
        asyncio.create_task(_take(reader, arrived[number]))
        for number, (reader, _) in enumerate(readers)
    ]
    delays: list[float] = []
    while len(writers) < clients:
        await asyncio.sleep(0.01)
    for number in range(1, rounds + 1):
        sent = time.monotonic()
        for writer in writers:
            writer.write(event)
        await _until_all(arrived, number)
        delays += [times[number - 1] - sent for times in arrived]
    for task in tasks:
        task.cancel()
    for _, writing in readers:
        writing.close()
    server.close()
    found = _percentiles(delays)
    return found["p50"], found["p99"]


if __name__ == "__main__":
    main()
