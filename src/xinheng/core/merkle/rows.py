"""The rows of a submission: one root in the ledger, each row provable alone.

Each row has its own salt, so its digest tells nothing once salt and row are erased, and
the neighbours in a proof give nothing away.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from xinheng.core.merkle import tree


def row_digest(*, salt: bytes, body: str) -> bytes:
    """Return SHA-256(salt || body) for a row's canonical JSON text."""
    return sha256(salt + body.encode()).digest()


def rows_root(digests: Sequence[bytes]) -> bytes:
    """Return the root over the rows' digests, in the order of the rows."""
    return tree.root([tree.leaf_hash(digest) for digest in digests])


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
