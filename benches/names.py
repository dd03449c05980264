"""Names matched with a register of organizations, against Splink and plain rapidfuzz.

    python -m benches.names --rows 1000000 --queries 10000

Everything is made up (`benches._organizations`), the queries are names damaged in known
ways (`benches._name_queries` says how, and what "right" means for each). Each engine
gets the same names, folded, and the same division with each query. Promised are the
share of the registered that come first, the precision of "same", and queries a second;
peers are measured, not judged. On a busy machine, queries for each second of processor
time say more than queries a second.

`--small` runs without Splink; so does `--no-peers`.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from benches._name_queries import ABSENT, Query, Truth, build
from xinheng.core.linkage.names import Verdict
from xinheng.pipeline.linkage.name_index import NameIndex
from xinheng.pipeline.linkage.names import Answer, NameMatcher

RIGHT_PROMISE = 0.96
PRECISION_PROMISE = 0.999
SPEED_PROMISE = 400  # queries a second
SMALL_ROWS, SMALL_QUERIES = 3_000, 280
FUZZY_QUERIES = 100  # it looks at every name for each


@dataclass(slots=True)
class Score:
    """How an engine did."""

    right: defaultdict[str, list[bool]] = field(
        default_factory=lambda: defaultdict(list)
    )
    same: list[bool] = field(default_factory=list)

    def add(self, query: Query, code: str | None, *, is_same: bool) -> None:
        """Count one answer; `code` is the first suggestion's."""
        is_certain_of_branch = query.share == "branch" and is_same
        self.right[query.share].append(code == query.code and not is_certain_of_branch)
        if is_same:
            self.same.append(code == query.code and query.share != "branch")

    @property
    def right_share(self) -> float:
        """Of the registered, how many came first."""
        each = [right for share, done in self.right.items() if share != ABSENT
                for right in done]  # fmt: skip
        return sum(each) / len(each)

    @property
    def precision(self) -> float:
        """Of those called the same, how many are; 1 where none was."""
        return sum(self.same) / len(self.same) if self.same else 1.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where a promise is broken."""
    options = _options(arguments)
    rows = SMALL_ROWS if options.small else options.rows
    queries = SMALL_QUERIES if options.small else options.queries
    truth = build(rows, queries, options.seed)
    print(f"names: {rows:,} organizations, {truth.names.height:,} names,"
          f" {len(truth.queries):,} queries")  # fmt: skip
    kept = _ours(truth)
    if not options.small and options.peers:
        _rapidfuzz(truth)
        _splink(truth)
    print(f"  on {platform.machine()}, {os.cpu_count()} cores, {platform.platform()}")
    if not kept and not options.small:
        raise SystemExit(1)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benches.names", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--small", action="store_true", help="does it run at all")
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    return parser.parse_args(arguments)


def _ours(truth: Truth) -> bool:
    before_mb = _peak_mb()
    started = time.perf_counter()
    index = NameIndex(truth.names)
    matcher = NameMatcher(index, truth.places)
    built = time.perf_counter() - started
    print(
        f"  index  {built:.1f} s, {index.bytes_held / 1e6:.0f} MB held,"
        f" peak {before_mb} -> {_peak_mb()} MB"
    )
    matcher.suggest(truth.queries[0].name)  # the tables of characters are read once
    answers: list[Answer] = []
    each: list[float] = []
    before = time.process_time()
    for query in truth.queries:
        started = time.perf_counter()
        answers.append(matcher.suggest(query.name, query.division))
        each.append(time.perf_counter() - started)
    cpu_speed = len(each) / (time.process_time() - before)
    score = Score()
    for query, answer in zip(truth.queries, answers, strict=True):
        first = answer.suggestions[0].code if answer.suggestions else None
        score.add(query, first, is_same=answer.verdict is Verdict.SAME)
    speed = len(each) / sum(each)
    _print("us", score, speed)
    slowest = sorted(each)
    print(
        f"         one query: median {_at(slowest, 0.5):.2f} ms,"
        f" p99 {_at(slowest, 0.99):.2f} ms, one thread;"
        f" {cpu_speed:,.1f} for each second of processor time"
    )
    return (
        score.right_share >= RIGHT_PROMISE
        and score.precision >= PRECISION_PROMISE
        and max(speed, cpu_speed) >= SPEED_PROMISE
    )


def _at(ordered: list[float], share: float) -> float:
    return ordered[int(share * (len(ordered) - 1))] * 1e3


def _rapidfuzz(truth: Truth) -> None:
    from benches import _name_peers

    some = truth.queries[:FUZZY_QUERIES]
    answers, seconds = _name_peers.rapidfuzz(truth, some)
    score = Score()
    for query, answer in zip(some, answers, strict=True):
        score.add(query, answer.code, is_same=answer.is_same)
    _print(f"rapidfuzz, {len(some)} of the queries", score, len(some) / seconds)


def _splink(truth: Truth) -> None:
    from benches import _name_peers

    answers, training, seconds = _name_peers.splink(truth, truth.queries)
    score = Score()
    for query, answer in zip(truth.queries, answers, strict=True):
        score.add(query, answer.code, is_same=answer.is_same)
    _print(f"Splink, trained in {training:.0f} s", score, len(answers) / seconds)


def _print(name: str, score: Score, speed: float) -> None:
    print(
        f"  {name}: right {score.right_share:.4f} (promise {RIGHT_PROMISE}),"
        f" precision of same {score.precision:.4f} of {len(score.same):,}"
        f" (promise {PRECISION_PROMISE}), {speed:,.1f}/s (promise {SPEED_PROMISE})"
    )
    for share, done in sorted(score.right.items()):
        print(f"         {share:12} {sum(done) / len(done):.4f} of {len(done):,}")


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
