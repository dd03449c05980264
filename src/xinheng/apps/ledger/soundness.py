"""Whether the ledger can be written right now: cheap enough to ask every minute.

The whole of it is verified by `xinheng ledger verify`, which reads every entry.
"""

from __future__ import annotations

from xinheng.apps.ledger import keys, tree_store
from xinheng.apps.ledger.keys import SigningKeyError
from xinheng.apps.ledger.tree_store import TamperedLedgerError


def is_key_missing() -> bool:
    """Tell whether the key that signs can't be used; an empty ledger needs none yet."""
    head = tree_store.read_head()
    if head.size == 0:
        return False
    try:
        keys.load(head.note)
    except SigningKeyError:
        return True
    return False


def is_contradicted() -> bool:
    """Tell whether the stored tree does not give the root that the head states."""
    head = tree_store.read_head()
    if head.size == 0:
        return False
    try:
        return tree_store.root(head.size) != head.root
    except TamperedLedgerError:
        return True
