"""The rows of a submission: one root in the ledger, each row provable alone.

Each row has its own salt, so its digest tells nothing once salt and row are erased, and
the neighbours in a proof give nothing away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from xinheng.core.merkle import tree

_SUBTREE_ROWS = 2**16


def row_digest(*, salt: bytes, body: str) -> bytes:
    """Return SHA-256(salt || body) for a row's canonical JSON text."""
    return row_digests(salts=[salt], bodies=[body.encode()])[0]


def row_digests(*, salts: Iterable[bytes], bodies: Iterable[bytes]) -> list[bytes]:
    """Return the digest of each row; as many salts as bodies, which are UTF-8."""
    return [
        sha256(salt + body).digest() for salt, body in zip(salts, bodies, strict=True)
    ]


def rows_root(digests: Sequence[bytes]) -> bytes:
    """Return the root over the rows' digests, in the order of the rows."""
    return tree.root([tree.leaf_hash(digest) for digest in digests])


class GrowingRoot:
    """The same root over rows that come bit by bit and are not kept.

    Complete subtrees of one size are leaves of the tree above them, and so is what is
    left at the right: at every level the last of an odd number rises as it is.
    """

    def __init__(self) -> None:
        self._subtrees: list[bytes] = []
        self._leaves: list[bytes] = []

    def add(self, digests: Iterable[bytes]) -> None:
        """Take the digests of the next rows."""
        self._leaves += map(tree.leaf_hash, digests)
        while len(self._leaves) >= _SUBTREE_ROWS:
            self._subtrees.append(tree.root(self._leaves[:_SUBTREE_ROWS]))
            del self._leaves[:_SUBTREE_ROWS]

    def root(self) -> bytes:
        """Return the root over all rows that were added."""
        rest = [tree.root(self._leaves)] if self._leaves else []
        return tree.root([*self._subtrees, *rest])


def row_proof(digests: Sequence[bytes], index: int) -> list[bytes]:
    """Return the proof of row `index` (from 0) against `rows_root(digests)`.

    Raises:
        ValueError: where there is no such row.
    """
    return tree.inclusion_proof([tree.leaf_hash(d) for d in digests], index)


def verify_row(
    *, digest: bytes, index: int, rows: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Return whether this digest is row `index` of `rows` under this root."""
    leaf = tree.leaf_hash(digest)
    return tree.verify_inclusion(
        leaf=leaf, index=index, size=rows, proof=proof, root=root
    )
