"""Where the ledger ends, and the stored hashes of its complete subtrees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from xinheng.apps.ledger import models
from xinheng.core.merkle.hashing import EMPTY_ROOT, HASH_BYTES
from xinheng.core.merkle.subtrees import (
    Frontier,
    Node,
    Span,
    cover,
    covers,
    fold,
    span_hash,
)

# Every act takes these, so they are said to the database as they are.
INSERT = "INSERT INTO ledger_node (level, number, hash) VALUES (%s, %s, %s)"
_SELECT = "SELECT level, number, hash FROM ledger_node WHERE"
_ONE = "(level = %s AND number = %s)"


class TamperedLedgerError(RuntimeError):
    """What is stored contradicts itself; nothing is signed until it is looked into."""

    def __init__(self) -> None:
        super().__init__("the ledger contradicts itself: run xinheng ledger verify")


@dataclass(frozen=True, slots=True)
class Head:
    """Where the ledger ends; `note` is its signed checkpoint, empty before entry 0."""

    size: int
    root: bytes
    note: str


def read_head() -> Head:
    """Return the head as it is stored."""
    row = models.Head.objects.first()
    if row is None:
        return Head(0, EMPTY_ROOT, "")
    return Head(_as_size(row.size), as_hash(row.root), str(row.note))


def _as_size(value: object) -> int:
    # SQLite keeps any type in any column; what is no number is no size.
    return value if isinstance(value, int) else 0


def as_hash(value: object) -> bytes:
    """Return a stored hash; empty where the column was made to hold something else."""
    raw = bytes(value) if isinstance(value, bytes | memoryview) else b""
    return raw if len(raw) == HASH_BYTES else b""


def frontier(size: int) -> Frontier:
    """Return the right edge of the tree at `size`."""
    nodes = cover(Span(0, size))
    stored = _fetch(nodes)
    return Frontier(size, [stored[node] for node in nodes])


def root(size: int) -> bytes:
    """Return the root at `size`, from at most log2(size) stored hashes."""
    nodes = cover(Span(0, size))
    stored = _fetch(nodes)
    return fold([stored[node] for node in nodes])


def hashes(spans: Iterable[Span]) -> list[bytes]:
    """Return the hash over each span, read in one query."""
    spans = list(spans)
    stored = _fetch(covers(spans))
    return [span_hash(span, stored) for span in spans]


def as_rows(completed: Iterable[tuple[Node, bytes]]) -> list[tuple[int, int, bytes]]:
    """Return the hashes of subtrees that entries completed, as `INSERT` takes them."""
    return [(node.level, node.number, hash_) for node, hash_ in completed]


def _fetch(nodes: Iterable[Node]) -> dict[Node, bytes]:
    nodes = list(nodes)
    if not nodes:
        return {}
    wanted = " OR ".join([_ONE] * len(nodes))
    with connection.cursor() as cursor:
        cursor.execute(f"{_SELECT} {wanted}", [part for node in nodes for part in node])
        rows = cursor.fetchall()
    stored = {Node(level, number): as_hash(hash_) for level, number, hash_ in rows}
    if len(stored) < len(nodes):
        raise TamperedLedgerError
    return stored
