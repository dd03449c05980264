"""What a witness agrees to: only what continues the last checkpoint that it saw.

| offered | verdict |
|---|---|
| the first one ever | agreed |
| the same size and root | agreed |
| more entries, and the proof leads from the old root to the new one | agreed |
| fewer entries | CUT_BACK |
| the same size and another root, or a proof that does not lead there | FORKED |

Source: C2SP tlog-witness; RFC 9162, 2.1.4.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from xinheng.core.merkle import tree
from xinheng.core.merkle.checkpoint import Checkpoint


class Objection(StrEnum):
    """Why a witness does not agree."""

    OTHER_LOG = "OTHER_LOG"
    CUT_BACK = "CUT_BACK"
    FORKED = "FORKED"


def find_objection(
    *, seen: Checkpoint | None, offered: Checkpoint, proof: Sequence[bytes]
) -> Objection | None:
    """Return what speaks against a checkpoint; null where the witness agrees.

    `seen` is the last one that it agreed to, null before the first. `proof` leads from
    the one to the other.
    """
    if seen is None:
        return None
    if seen.origin != offered.origin:
        return Objection.OTHER_LOG
    if offered.size < seen.size:
        return Objection.CUT_BACK
    is_continued = tree.verify_consistency(
        first=seen.size,
        second=offered.size,
        first_root=seen.root,
        second_root=offered.root,
        proof=proof,
    )
    return None if is_continued else Objection.FORKED
