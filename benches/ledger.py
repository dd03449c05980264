"""Append to the ledger, verify it whole, prove any entry.

    python -m benches.ledger --entries 1000000

Acts are appended one in a transaction, forced to the disk, as the house does it. The
floor is what any ledger would have to do: the same rows, entries and hashes alike,
inserted ready-made through the bare driver, one transaction each, on the same database
with the same settings. Both take turns. Then batches of 10,000, the hashing alone, and
on the ledger that has grown so, its verification in one process and the slowest proof.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benches import _databases

BATCH = 10_000
ACTS, ROUNDS, PROOFS = 300, 5, 2_000
SMALL_ENTRIES, SMALL_ACTS = 3_000, 20
AT = datetime(2019, 6, 3, 1, 30, tzinfo=UTC)
MOST_APPEND, FEWEST_LEAVES, MOST_VERIFY_S, MOST_PROOF_MS = 2.0, 100_000, 60.0, 5.0
ENTRY_COLUMNS = "seq, recorded_at, kind, subject, actor, body, salt, entry"
NODE_COLUMNS = "level, number, hash"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where a promise is broken."""
    options = _options(arguments)
    entries = SMALL_ENTRIES if options.small else options.entries
    acts = SMALL_ACTS if options.small else options.acts
    if options.child:
        print(json.dumps(_child(entries, acts)))
        return
    print(f"ledger: {entries:,} entries, {acts} acts in each of {ROUNDS} rounds")
    is_kept = True
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-", dir=options.dir) as place:
        for vendor, url in _databases.databases(Path(place), "ledger"):
            found = _run(url, place, entries, acts)
            _print(vendor, found)
            is_kept &= _keeps(found)
    load = ", ".join(f"{each:.0f}" for each in os.getloadavg())
    print(f"  on {platform.machine()}, {os.cpu_count()} cores, load {load}")
    if not is_kept and not options.small:
        raise SystemExit(1)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benches.ledger", description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--acts", type=int, default=ACTS)
    parser.add_argument("--dir", help="where the files lie: a disk, no memory")
    parser.add_argument("--small", action="store_true", help="does it run at all")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _run(url: str, place: str, entries: int, acts: int) -> dict[str, float]:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "XINHENG_DIR": place,
        "XINHENG_SECRET_KEY": "b" * 60,
        "DJANGO_SETTINGS_MODULE": "xinheng.project.settings",
    }
    environment.pop("POSTGRES_URL", None)
    command = [sys.executable, "-m", "benches.ledger", "--child"]
    done = subprocess.run(
        [*command, "--entries", str(entries), "--acts", str(acts)],
        stdout=subprocess.PIPE,
        check=True,
        env=environment,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _child(entries: int, acts: int) -> dict[str, float]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    ours, floor = _appends(acts)
    batches = _batches(entries)
    return {
        "ours_ms": statistics.median(ours) / acts * 1_000,
        "floor_ms": statistics.median(floor) / acts * 1_000,
        "ratio": statistics.median(
            one / other for one, other in zip(ours, floor, strict=True)
        ),
        "batch_cpu_s": statistics.median(batches),
        "leaves_per_s": BATCH / min(_hashing() for _ in range(ROUNDS)),
        **_verification(),
        "proof_ms": _slowest_proof(),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024,
    }


def _appends(acts: int) -> tuple[list[float], list[float]]:
    """Return the seconds of each round, ours and the floor's, in turns."""
    from django.db import connection, transaction

    from xinheng.apps.ledger import operations

    ours, floor = [], []
    _bare_tables()
    for round_ in range(ROUNDS + 1):
        first = round_ * acts
        started = time.perf_counter()
        for number in range(first, first + acts):
            with transaction.atomic():
                operations.append_many(acts=[_act(number)], at=AT)
        seconds = time.perf_counter() - started
        rows = _written(first, first + acts)
        connection.commit() if not connection.get_autocommit() else None
        started = time.perf_counter()
        for entry, nodes in rows:
            _insert_bare(entry, nodes)
        if round_:  # the first warms both
            ours.append(seconds)
            floor.append(time.perf_counter() - started)
    return ours, floor


def _act(number: int) -> object:
    from xinheng.apps.ledger.operations import Act

    body = {
        "unit": "U02",
        "dataset": "permit",
        "period": "2019-05",
        "file_sha256": f"{number:064x}",
        "counts": {"rows_read": 600, "new": 598, "rejected": 2},
    }
    return Act("submission.completed", f"submission:{number}", "account:1", body)


def _written(first: int, last: int) -> list[tuple[tuple, list[tuple]]]:
    """Return the rows that ours wrote: each entry, and the hashes it completed."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {ENTRY_COLUMNS} FROM ledger_entry"
            f" WHERE seq >= {first} AND seq < {last} ORDER BY seq"
        )
        entries = cursor.fetchall()
        cursor.execute(f"SELECT {NODE_COLUMNS} FROM ledger_node")
        nodes = cursor.fetchall()
    completed: dict[int, list[tuple]] = {}
    for level, number, hash_ in nodes:
        seq = ((number + 1) << level) - 1
        completed.setdefault(seq, []).append((level, number, hash_))
    return [(entry, completed[entry[0]]) for entry in entries]


def _bare_tables() -> None:
    """Make tables of the same columns, keys and indexes, without the house's guards."""
    from django.db import connection

    moment, blob = {
        "sqlite": ("datetime", "BLOB"),
        "postgresql": ("timestamp with time zone", "bytea"),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE bare_entry (seq bigint PRIMARY KEY, recorded_at {moment},"
            " kind varchar(64), subject varchar(200), actor varchar(64), body text,"
            " salt varchar(64), entry varchar(64))"
        )
        cursor.execute("CREATE INDEX bare_subject ON bare_entry (subject, seq)")
        cursor.execute("CREATE INDEX bare_actor ON bare_entry (actor, seq)")
        cursor.execute(
            f"CREATE TABLE bare_node (level smallint, number bigint, hash {blob},"
            " PRIMARY KEY (level, number))"
        )


def _insert_bare(entry: tuple, nodes: list[tuple]) -> None:
    """Insert ready-made rows in one transaction, without Django between."""
    from django.db import connection

    mark = "?" if connection.vendor == "sqlite" else "%s"
    marks = ", ".join([mark] * len(entry))
    raw = connection.connection
    cursor = raw.cursor()
    if connection.vendor == "sqlite":
        cursor.execute("BEGIN IMMEDIATE")
        entry = (entry[0], str(entry[1]), *entry[2:])
    else:
        raw.autocommit = False
    cursor.execute(f"INSERT INTO bare_entry ({ENTRY_COLUMNS}) VALUES ({marks})", entry)
    cursor.executemany(
        f"INSERT INTO bare_node ({NODE_COLUMNS}) VALUES ({mark}, {mark}, {mark})", nodes
    )
    raw.commit()
    if connection.vendor != "sqlite":
        raw.autocommit = True


def _batches(entries: int) -> list[float]:
    """Grow the ledger to its size in batches; return each one's processor seconds."""
    from django.db import transaction

    from xinheng.apps.ledger import operations, queries

    seconds = []
    for first in range(queries.size(), entries, BATCH):
        acts = [_act(number) for number in range(first, min(first + BATCH, entries))]
        started = time.process_time()
        with transaction.atomic():
            operations.append_many(acts=acts, at=AT + timedelta(seconds=first // BATCH))
        seconds.append(time.process_time() - started)
    return seconds or [0.0]


def _hashing() -> float:
    """Return the processor seconds of hashing a batch of leaves into the tree."""
    from xinheng.core.merkle.hashing import leaf_hash
    from xinheng.core.merkle.subtrees import Frontier

    digests = [number.to_bytes(32, "big") for number in range(BATCH)]
    started, frontier = time.process_time(), Frontier()
    for digest in digests:
        frontier.add(leaf_hash(digest))
    frontier.root()
    return time.process_time() - started


def _verification() -> dict[str, float]:
    from xinheng.apps.ledger import queries

    wall, started = time.perf_counter(), time.process_time()
    report = queries.verify()
    if not report.ok:
        raise SystemExit(f"the ledger does not verify: {report.problems[:3]}")
    return {
        "verify_cpu_s": time.process_time() - started,
        "verify_s": time.perf_counter() - wall,
        "size": report.size,
    }


def _slowest_proof() -> float:
    """Return the milliseconds that one in a hundred proofs exceeds."""
    from xinheng.apps.ledger import queries

    size = queries.size()
    spread = [place * size // PROOFS for place in range(PROOFS)]
    each = sorted(
        _times(lambda seq: queries.inclusion_proof(seq=seq, size=size), spread)
    )
    return each[int(len(each) * 0.99)] * 1_000


def _times(work: Callable[[int], object], places: list[int]) -> Iterator[float]:
    for place in places:
        started = time.process_time()
        work(place)
        yield time.process_time() - started


def _keeps(found: dict[str, float]) -> bool:
    return (
        found["ratio"] <= MOST_APPEND
        and found["leaves_per_s"] >= FEWEST_LEAVES
        and found["verify_cpu_s"] < MOST_VERIFY_S
        and found["proof_ms"] < MOST_PROOF_MS
    )


def _print(vendor: str, found: dict[str, float]) -> None:
    print(
        f"  {vendor:10} append {found['ours_ms']:6.2f} ms, floor"
        f" {found['floor_ms']:6.2f} ms, ratio {found['ratio']:.2f};"
        f" batch of {BATCH:,} {found['batch_cpu_s']:.2f} s of processor;"
        f" hashing {found['leaves_per_s']:,.0f} leaves/s"
    )
    print(
        f"  {'':10} verify {found['size']:,.0f} entries"
        f" {found['verify_cpu_s']:.1f} s of processor ({found['verify_s']:.1f} s);"
        f" proof p99 {found['proof_ms']:.2f} ms of processor;"
        f" peak {found['peak_mb']:.0f} MB"
    )


if __name__ == "__main__":
    main()
