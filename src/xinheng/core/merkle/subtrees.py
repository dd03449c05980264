"""Complete subtrees: the hashes worth storing, since they never change again.

A complete subtree of level `k` covers 2^k leaves. Every root and every proof, at every
size that the tree ever had, is folded from a few of them:

    leaves     0   1   2   3   4   5   6
    level 0    *   *   *   *   *   *   *
    level 1      *       *       *
    level 2          *
    root of 7 = node(L2:0, node(L1:2, L0:6))

Source: RFC 9162, 2.1.1, 2.1.3.1 and 2.1.4.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from xinheng.core.merkle.hashing import EMPTY_ROOT, node_hash


class Node(NamedTuple):
    """A complete subtree: 2^level leaves, from leaf `number * 2^level` on."""

    level: int
    number: int


class Span(NamedTuple):
    """The leaves [begin, end) below one vertex of the tree."""

    begin: int
    end: int


class Frontier:
    """The right edge of a tree that grows: its complete subtrees, largest first."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        """Start from a tree of `size` leaves with the hashes of `cover(0, size)`."""
        self.size = size
        self._hashes = list(hashes)

    def add(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Take a leaf's hash and return every subtree that it completes, leaf first."""
        completed = [(Node(0, self.size), leaf)]
        level, number, hash_ = 0, self.size, leaf
        while number % 2:
            level, number = level + 1, number // 2
            hash_ = node_hash(self._hashes.pop(), hash_)
            completed.append((Node(level, number), hash_))
        self._hashes.append(hash_)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """Return the root over all leaves taken so far."""
        return fold(self._hashes)


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees given from the largest to the smallest."""
    if not hashes:
        return EMPTY_ROOT
    folded = hashes[-1]
    for left in reversed(hashes[:-1]):
        folded = node_hash(left, folded)
    return folded


def cover(span: Span) -> list[Node]:
    """Return the complete subtrees that make up a span, largest (leftmost) first."""
    nodes, begin = [], span.begin
    while begin < span.end:
        level = (span.end - begin).bit_length() - 1
        nodes.append(Node(level, begin >> level))
        begin += 1 << level
    return nodes


def span_hash(span: Span, nodes: Mapping[Node, bytes]) -> bytes:
    """Return the hash over a span.

    Raises:
        KeyError: where `nodes` lacks one of `cover(span)`.
    """
    return fold([nodes[node] for node in cover(span)])


def covers(spans: Iterable[Span]) -> set[Node]:
    """Return all subtrees that the hashes of these spans are folded from."""
    return {node for span in spans for node in cover(span)}


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Return the spans whose hashes prove leaf `index` (from 0) of `size`, leaf up.

    Raises:
        ValueError: where the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    spans, begin, end = [], 0, size
    while end - begin > 1:
        middle = _middle(begin, end)
        if index < middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(begin, middle))
            begin = middle
    return spans[::-1]


def consistency_spans(first: int, second: int) -> list[Span]:
    """Return the spans that prove `second` leaves to continue the `first`, in order.

    Nothing needs proof between equal sizes, nor after the empty tree.

    Raises:
        ValueError: where `first` is negative or larger than `second`.
    """
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {second} leaves does not continue one of {first}")
    if first == 0:
        return []
    spans, begin, end = [], 0, second
    while first != end:
        middle = _middle(begin, end)
        if first <= middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(begin, middle))
            begin = middle
    if begin:
        spans.append(Span(begin, end))
    return spans[::-1]


def _middle(begin: int, end: int) -> int:
    """Return where RFC 9162 splits a span: after the largest power of two below it."""
    return begin + (1 << ((end - begin - 1).bit_length() - 1))
