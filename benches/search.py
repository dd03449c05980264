"""Search for part of a name among made-up organizations, on both databases.

    python -m benches.search --rows 1000000 --queries 10000

Queries are pieces of 2, 4 and 6 characters from anywhere in the names, in equal shares,
and the hundred commonest pairs of characters. Ours is the whole function that the page
calls: the first twenty hits, read from the register, and the capped total. The floor is
what one writes without an index: LIKE, ordered the same way, on fewer queries because
it is slow; the two take turns. PostgreSQL is measured where POSTGRES_URL names a
server; a database of its own is made there and dropped.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl

from benches import _databases, _organizations

LENGTHS = (2, 4, 6)
COMMONEST = 100
FLOOR_EVERY = 200  # queries of ours for each of the floor's
SMALL_ROWS, SMALL_QUERIES = 3_000, 60
PROMISES_MS = {"sqlite": 30.0, "postgresql": 60.0}  # the slowest of a hundred, p99


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where the promise is broken."""
    options = _options(arguments)
    rows = SMALL_ROWS if options.small else options.rows
    queries = SMALL_QUERIES if options.small else options.queries
    if options.child:
        print(json.dumps(_child(rows, queries)))
        return
    print(f"search: {rows:,} organizations, {queries:,} queries")
    broken = False
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-") as place:
        for vendor, url in _databases.databases(Path(place), "search"):
            found = _run(url, place, rows, queries)
            _print(vendor, found)
            broken |= found["ours"]["p99"] > PROMISES_MS[vendor]
    print(f"  on {platform.machine()}, {os.cpu_count()} cores, {platform.platform()}")
    if broken and not options.small:
        raise SystemExit(1)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benches.search", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--small", action="store_true", help="does it run at all")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _run(url: str, place: str, rows: int, queries: int) -> dict:
    command = [sys.executable, "-m", "benches.search", "--child"]
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "XINHENG_DIR": place,
        "XINHENG_SECRET_KEY": "b" * 60,
        "DJANGO_SETTINGS_MODULE": "xinheng.project.settings",
    }
    done = subprocess.run(
        [*command, "--rows", str(rows), "--queries", str(queries)],
        stdout=subprocess.PIPE,
        check=True,
        env=environment,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _child(rows: int, queries: int) -> dict[str, object]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from xinheng.apps.organizations import search_index

    call_command("migrate", verbosity=0)
    register = _organizations.organizations(rows)
    with transaction.atomic():
        _load(register)
    _vacuum()
    before = _bytes()
    started = time.perf_counter()
    with transaction.atomic():
        search_index.rebuild()
    seconds = time.perf_counter() - started
    _vacuum()
    pieces = _pieces(register["name"], queries)
    ours, floor = _measure(pieces)
    return {
        "build_seconds": seconds,
        "index_mb": (_bytes() - before) / 1e6,
        "ours": _percentiles(ours),
        "floor": _percentiles(floor),
    }


def _vacuum() -> None:
    """Do what autovacuum does within a minute of such a load."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("ANALYZE")


def _load(register: pl.DataFrame) -> None:
    from datetime import UTC, datetime

    from xinheng.apps import bulk

    numbered = register.with_row_index("id", offset=1).with_columns(
        pl.col("id").cast(pl.Int64),
        recorded_at=pl.lit(datetime(2026, 1, 1, tzinfo=UTC)),
    )
    bulk.insert(
        "organizations_organization",
        numbered.select(
            "id",
            "name",
            "kind",
            "status",
            "division",
            "recorded_at",
            uscc="code",
            is_sole_proprietor=pl.col("code").str.starts_with("92"),
            nonconforming=pl.lit(False),
        ),
    )
    for column in ("name", "former_name"):
        bulk.insert(
            "organizations_organizationname",
            numbered.drop_nulls(column)
            .filter((pl.col("former_name") != pl.col("name")) | (column == "name"))
            .select("recorded_at", organization_id="id", name=column),
        )


def _bytes() -> int:
    from django.db import connection

    ask = {
        "sqlite": "SELECT page_count * page_size"
        " FROM pragma_page_count(), pragma_page_size()",
        "postgresql": "SELECT pg_database_size(current_database())",
    }
    with connection.cursor() as cursor:
        cursor.execute(ask[connection.vendor])
        return int(cursor.fetchone()[0])


def _pieces(names: pl.Series, count: int) -> list[str]:
    """Return the queries in random order, the same ones for both databases."""
    random = np.random.default_rng(7)
    chosen = names.to_list()
    pieces = []
    for length in LENGTHS:
        for _ in range(max(1, (count - COMMONEST) // len(LENGTHS))):
            name = chosen[random.integers(len(chosen))]
            first = random.integers(max(1, len(name) - length + 1))
            pieces.append(name[first : first + length])
    pairs = Counter(
        first + second for name in chosen[::10] for first, second in pairwise(name)
    )
    pieces += [pair for pair, _ in pairs.most_common(COMMONEST)]
    random.shuffle(pieces)
    return pieces


def _measure(pieces: list[str]) -> tuple[list[float], list[float]]:
    from xinheng.apps.organizations import search

    ours, floor = [], []
    search.search(text="示例")
    for number, piece in enumerate(pieces):
        ours.append(_milliseconds(search.search, piece))
        if number % FLOOR_EVERY == 0:
            floor.append(_milliseconds(_like, piece))
    return ours, floor


def _like(text: str) -> None:
    from django.db.models.functions import Length

    from xinheng.apps.organizations.models import Organization

    rows = Organization.objects.filter(name__contains=text)
    rows[:10_000].count()
    list(rows.order_by("status", Length("name"), "uscc")[:20])


def _milliseconds(work: Callable[..., object], piece: str) -> float:
    started = time.perf_counter()
    work(text=piece)
    return (time.perf_counter() - started) * 1000


def _percentiles(times: list[float]) -> dict[str, float]:
    return {
        f"p{share}": float(np.percentile(times, share)) for share in (50, 95, 99)
    } | {"most": max(times), "count": len(times)}


def _print(vendor: str, found: dict) -> None:
    ours, floor = found["ours"], found["floor"]
    print(
        f"  {vendor}: index built in {found['build_seconds']:.1f} s,"
        f" {found['index_mb']:.0f} MB"
    )
    for name, times in (("ours", ours), ("LIKE", floor)):
        print(
            f"    {name:5} p50 {times['p50']:7.2f}  p95 {times['p95']:7.2f}"
            f"  p99 {times['p99']:7.2f}  slowest {times['most']:7.2f} ms"
            f"  ({times['count']:,} queries)"
        )
    ratio = ours["p50"] / floor["p50"], ours["p99"] / floor["p99"]
    print(
        f"    ratio p50 {ratio[0]:.3f}  p99 {ratio[1]:.3f}"
        f"    promise p99 {PROMISES_MS[vendor]:.0f} ms"
    )


if __name__ == "__main__":
    main()
