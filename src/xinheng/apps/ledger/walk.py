"""The walk over all entries: each recomputed, and the tree grown from them anew."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db import DatabaseError
from django.db.models import Q

from xinheng.apps.ledger import models
from xinheng.apps.ledger.tree_store import as_hash
from xinheng.core.merkle.entries import Entry
from xinheng.core.merkle.hashing import leaf_hash
from xinheng.core.merkle.subtrees import Frontier, Node

BATCH_ENTRIES = 2_000
MOST_PROBLEMS = 100


class Code(StrEnum):
    """What can be wrong with the ledger."""

    TRIGGER_MISSING = "TRIGGER_MISSING"
    ENTRY_MISSING = "ENTRY_MISSING"
    ENTRY_UNREADABLE = "ENTRY_UNREADABLE"
    ENTRY_ALTERED = "ENTRY_ALTERED"
    ENTRY_EMPTIED = "ENTRY_EMPTIED"
    ENTRY_SURPLUS = "ENTRY_SURPLUS"
    NODE_WRONG = "NODE_WRONG"
    NODE_SURPLUS = "NODE_SURPLUS"
    HEAD_WRONG = "HEAD_WRONG"
    HEAD_UNSIGNED = "HEAD_UNSIGNED"
    CHECKPOINT_WRONG = "CHECKPOINT_WRONG"
    CHECKPOINT_UNSIGNED = "CHECKPOINT_UNSIGNED"
    CHECKPOINT_AHEAD = "CHECKPOINT_AHEAD"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: a seq, a size, `level/number` of a node, a trigger."""

    code: Code
    place: str


@dataclass(slots=True)
class Walked:
    """What the walk found: problems in order, and the roots at the sizes asked for.

    The walk keeps the first `MOST_PROBLEMS`; the rest would only repeat the tale.
    """

    problems: list[Problem] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)
    erased: int = 0

    def add(self, code: Code, place: object) -> None:
        """Note a problem."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(code, str(place)))


class _Row(NamedTuple):
    """An entry as it is stored, nothing taken for granted."""

    seq: int
    recorded_at: datetime
    kind: str
    subject: str
    actor: str
    body: str | None
    salt: str | None
    entry: str


def walk(*, size: int, sizes: Collection[int], erased: Container[int]) -> Walked:
    """Check entries 0 to `size` with the nodes above them, and return what was found.

    `sizes` are those at which the root is wanted, each at most `size`; `erased` are the
    seqs whose content is gone by right.
    """
    walked, frontier = Walked(), Frontier()
    walked.roots[0] = frontier.root()
    for begin in range(0, size, BATCH_ENTRIES):
        end = min(begin + BATCH_ENTRIES, size)
        rows, nodes = _read_rows(begin, end, walked), _read_nodes(begin, end)
        for seq in range(begin, end):
            entry = _check_row(rows.get(seq), seq, erased, walked)
            _check_nodes(frontier.add(leaf_hash(entry)), nodes, walked)
            if frontier.size in sizes:
                walked.roots[frontier.size] = frontier.root()
    return walked


def _check_row(
    row: _Row | None, seq: int, erased: Container[int], walked: Walked
) -> bytes:
    """Check one entry and return what the tree holds of it; empty means nothing."""
    if row is None:
        return b""
    try:
        digest = bytes.fromhex(row.entry)
        if row.body is None and row.salt is None:
            _check_erasure(seq, erased, walked)
        elif _recompute(row) != row.entry:
            walked.add(Code.ENTRY_ALTERED, seq)
    except (AttributeError, TypeError, ValueError):
        walked.add(Code.ENTRY_ALTERED, seq)
        return b""
    return digest


def _check_erasure(seq: int, erased: Container[int], walked: Walked) -> None:
    walked.erased += 1
    if seq not in erased:
        walked.add(Code.ENTRY_EMPTIED, seq)


def _recompute(row: _Row) -> str:
    body, salt = row.body or "", bytes.fromhex(row.salt or "")
    entry = Entry(row.seq, row.recorded_at, row.kind, row.subject, row.actor, body)
    return entry.digest(salt).hex() if salt.hex() == row.salt else ""


def _check_nodes(
    completed: list[tuple[Node, bytes]], stored: dict[Node, bytes], walked: Walked
) -> None:
    for node, hash_ in completed:
        if stored.get(node) != hash_:
            walked.add(Code.NODE_WRONG, f"{node.level}/{node.number}")


def _read_rows(begin: int, end: int, walked: Walked) -> dict[int, _Row]:
    """Return the entries [begin, end) by seq; those that can't be read are left out."""
    try:
        rows = {row.seq: row for row in _rows(begin, end)}
    except (DatabaseError, TypeError, ValueError):
        rows = dict(_read_one_by_one(begin, end, walked))
    else:
        for seq in range(begin, end):
            if seq not in rows:
                walked.add(Code.ENTRY_MISSING, seq)
    return rows


def _read_one_by_one(
    begin: int, end: int, walked: Walked
) -> Iterator[tuple[int, _Row]]:
    """Read around a row that is damaged so far that the database can't hand it over."""
    for seq in range(begin, end):
        try:
            found = _rows(seq, seq + 1)
        except (DatabaseError, TypeError, ValueError):
            walked.add(Code.ENTRY_UNREADABLE, seq)
            continue
        if not found:
            walked.add(Code.ENTRY_MISSING, seq)
        yield from ((seq, row) for row in found)


def _rows(begin: int, end: int) -> list[_Row]:
    rows = models.Entry.objects.filter(seq__gte=begin, seq__lt=end)
    return [_Row(*row) for row in rows.values_list(*_Row._fields)]


def _read_nodes(begin: int, end: int) -> dict[Node, bytes]:
    """Return the stored hashes of the subtrees that these leaves complete."""
    levels = range(end.bit_length())
    completed = reduce(
        or_,
        (
            Q(level=level, number__gte=begin >> level, number__lt=end >> level)
            for level in levels
        ),
    )
    rows = models.Node.objects.filter(completed).values_list("level", "number", "hash")
    try:
        return {Node(level, number): as_hash(hash_) for level, number, hash_ in rows}
    except DatabaseError:
        # One damaged hash hides its batch: all of its subtrees count as wrong.
        return {}
