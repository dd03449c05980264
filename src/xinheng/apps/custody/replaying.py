"""Erasures that a backup does not know of, carried out once more after a restore."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xinheng.apps.custody import erasure_copy
from xinheng.apps.custody.models import Erasure
from xinheng.apps.ledger import erasing as entries
from xinheng.apps.ledger import queries as ledger


def order_again() -> int:
    """Order what the register's copy names and this database has not; return how many.

    Entries that the restored ledger has not reached stay out: what they will hold is
    something else. Carry the orders out with `erasure.resume`.

    Raises:
        DamagedCopyError: the copy can't be read.
    """
    known = {str(key) for key in Erasure.objects.values_list("id", flat=True)}
    missing = [each for each in erasure_copy.read() if each["id"] not in known]
    for each in missing:
        _order(each)
    return len(missing)


def _order(order: dict[str, Any]) -> None:
    size = ledger.size()
    within = [seq for seq in order["entries"] if seq < size]
    kept = []
    try:
        entries.require_erasable(within)
    except entries.KeptEntryError as error:
        kept = list(error.seqs)
    Erasure.objects.create(
        id=order["id"],
        basis=order["basis"],
        citation=order["citation"],
        ordered_by=order["ordered_by"],
        ordered_at=datetime.fromisoformat(order["ordered_at"]),
        versions=order["versions"],
        entries=[seq for seq in within if seq not in kept],
        subjects=order["subjects"],
        is_replay=True,
    )
