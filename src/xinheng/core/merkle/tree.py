"""The Merkle tree: one root that stands for every leaf, and short proofs against it.

All functions take leaf hashes (`leaf_hash(entry)`), in the order of the leaves.

Source: RFC 9162, 2.1 (root 2.1.1, inclusion 2.1.3, consistency 2.1.4).
"""

from __future__ import annotations

from collections.abc import Sequence

from xinheng.core.merkle.hashing import EMPTY_ROOT, leaf_hash, node_hash
from xinheng.core.merkle.subtrees import (
    Frontier,
    Node,
    Span,
    consistency_spans,
    inclusion_spans,
    span_hash,
)

__all__ = [
    "EMPTY_ROOT",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "root",
    "verify_consistency",
    "verify_inclusion",
]


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root; of no leaves, the hash of nothing."""
    hashes = leaves
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=False)
        above = [node_hash(left, right) for left, right in pairs]
        # The last of an odd number rises as it is.
        hashes = above + list(hashes[len(above) * 2 :])
    return hashes[0] if hashes else EMPTY_ROOT


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the proof that leaf `index` (from 0) is one of these, from the leaf up.

    Raises:
        ValueError: where there is no such leaf.
    """
    return _hashes(leaves, inclusion_spans(index, len(leaves)))


def consistency_proof(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """Return the proof that these leaves only continue the `first` of them.

    Raises:
        ValueError: where `first` is negative or more than there are.
    """
    return _hashes(leaves, consistency_spans(first, len(leaves)))


def _hashes(leaves: Sequence[bytes], spans: list[Span]) -> list[bytes]:
    frontier, nodes = Frontier(), dict[Node, bytes]()
    for leaf in leaves:
        nodes.update(frontier.add(leaf))
    return [span_hash(span, nodes) for span in spans]


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Return whether the proof leads from leaf `index` of `size` to this root."""
    if not 0 <= index < size:
        return False
    at, last, hash_ = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at % 2 or at == last:
            hash_ = node_hash(sibling, hash_)
            while at and not at % 2:
                at, last = at // 2, last // 2
        else:
            hash_ = node_hash(hash_, sibling)
        at, last = at // 2, last // 2
    return last == 0 and hash_ == root


def verify_consistency(
    *,
    first: int,
    second: int,
    first_root: bytes,
    second_root: bytes,
    proof: Sequence[bytes],
) -> bool:
    """Return whether the tree of `second` leaves keeps the `first` as they were."""
    if not 0 <= first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == EMPTY_ROOT
    if first & (first - 1) == 0:
        # The whole first tree is one subtree of the second: its root starts the path.
        proof = [first_root, *proof]
    return _fold_both(first, second, proof) == (first_root, second_root)


def _fold_both(
    first: int, second: int, path: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """Return both roots that the path leads to; null where its length is wrong."""
    if not path:
        return None
    at, last = first - 1, second - 1
    while at % 2:
        at, last = at // 2, last // 2
    old = new = path[0]
    for hash_ in path[1:]:
        if last == 0:
            return None
        if at % 2 or at == last:
            old, new = node_hash(hash_, old), node_hash(hash_, new)
            while at and not at % 2:
                at, last = at // 2, last // 2
        else:
            new = node_hash(new, hash_)
        at, last = at // 2, last // 2
    return (old, new) if last == 0 else None
