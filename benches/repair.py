"""Damaged codes repaired from a register of a million, against Splink.

    python -m benches.repair --rows 1000000 --queries 10000

The register is made up (`benches._organizations`), and so are the queries
(`benches._code_queries`): one slip and no name; one or two slips and a name, which is
written a little differently in half of them. A tenth comes from codes that the register
does not hold; of these only the false certainties are counted, the rest by how many
have the right code first. Splink gets the same register and names, on fewer queries,
and is measured, not judged.

`--small` runs without Splink; so does `--no-peers`.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from benches import _code_queries, _organizations
from benches._code_queries import Query
from xinheng.core.identifiers import uscc
from xinheng.core.linkage.repair import Suggestion
from xinheng.pipeline.linkage.repairs import Repairs
from xinheng.rulebook import divisions

SMALL_ROWS, SMALL_QUERIES = 5_000, 300
PEER_QUERIES = 1_000
ABSENT_ROWS = 0.02  # of the organizations made: not in the register


@dataclass(frozen=True, slots=True)
class Promise:
    """At most so many slips: what share is right, and how many queries a second."""

    title: str
    most: int
    has_name: bool
    right: float
    speed: int


PROMISES = (
    Promise("one slip, no name", 1, False, 0.995, 3_000),
    Promise("up to two slips, a name at hand", 2, True, 0.99, 500),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where a promise is broken."""
    options = _options(arguments)
    rows = SMALL_ROWS if options.small else options.rows
    count = SMALL_QUERIES if options.small else options.queries
    made = _organizations.organizations(int(rows * (1 + ABSENT_ROWS)), 3)
    held, absent = made.head(rows), made.tail(made.height - rows)
    started = time.perf_counter()
    repairs = Repairs(held, divisions=divisions.load())
    print(
        f"repair: {rows:,} organizations, {count:,} queries; index of"
        f" {repairs.index.bytes / 1e6:.0f} MB in {time.perf_counter() - started:.1f} s"
    )
    kept = []
    for promise in PROMISES:
        queries = _code_queries.build(
            held,
            absent,
            count=min(count, absent.height * 10),
            most=promise.most,
            seed=9,
        )
        kept.append(_ours(repairs, queries, promise, 1 if options.small else 5))
        if not options.small and not options.no_peers:
            _peer(held, queries[:PEER_QUERIES])
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  peak {peak_mb} MB, {platform.machine()}, {os.cpu_count()} cores")
    if not all(kept) and not options.small:
        raise SystemExit(1)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benches.repair", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--small", action="store_true", help="does it run at all")
    parser.add_argument("--no-peers", action="store_true", help="without Splink")
    return parser.parse_args(arguments)


def _ours(
    repairs: Repairs, queries: Sequence[Query], promise: Promise, rounds: int
) -> bool:
    texts = [uscc.normalize(query.text) for query in queries]
    names = [query.name for query in queries] if promise.has_name else None
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        found = repairs.suggest(texts, names, most=promise.most)
        seconds.append(time.perf_counter() - started)
    speed = len(queries) / statistics.median(seconds)
    firsts = [suggested[0] if suggested else None for suggested in found]
    right = _share(queries, [first.code if first else None for first in firsts])
    print(f"  {promise.title}: right first {right:.4f} (promise {promise.right}),")
    print(f"    {speed:,.0f} queries/s (promise {promise.speed:,})")
    print(f"    {_trust(queries, firsts)}")
    return right >= promise.right and speed >= promise.speed


def _share(queries: Sequence[Query], answers: Sequence[str | None]) -> float:
    """Return the share of the registered for which the right code comes first."""
    asked = [
        query.code == answer
        for query, answer in zip(queries, answers, strict=True)
        if query.is_held
    ]
    return sum(asked) / len(asked)


def _trust(queries: Sequence[Query], firsts: Sequence[Suggestion | None]) -> str:
    certain = [
        (query, first)
        for query, first in zip(queries, firsts, strict=True)
        if first is not None and first.is_certain
    ]
    wrong = sum(first.code != query.code for query, first in certain if query.is_held)
    absent = [query for query in queries if not query.is_held]
    false = sum(not query.is_held for query, _ in certain)
    return (
        f"certain {len(certain):,}, of these wrong {wrong};"
        f" certain though not registered {false} of {len(absent):,}"
    )


def _peer(held: pl.DataFrame, queries: Sequence[Query]) -> None:
    from benches import _code_peers

    answers, trained, seconds = _code_peers.splink(held, queries)
    print(
        f"    Splink with the names, {len(queries):,} queries: right first"
        f" {_share(queries, answers):.4f}, {len(queries) / seconds:,.0f} queries/s"
        f" predicting (training {trained:.0f} s)"
    )


if __name__ == "__main__":
    main()
