"""Touches: acts that change what may be seen of records without landing any.

Whoever opens or ends a hold, lets records follow, withholds, disputes or erases calls
`touch` in its own transaction, so that the change feed (`changes.py`) leads every
reader past the records once more. What comes with a day, such as the end of a period,
needs no act: `days.py` finds it.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from django.db.models import QuerySet

from xinheng.apps import bulk
from xinheng.apps.records.models import Record, Touch

# The rows of a landing are counted from 1 and stay below; touches of its entry follow.
FIRST_PLACE = 2**31


def touch(*, seq: int, records: QuerySet[Record]) -> int:
    """Let readers of the feed look at these versions again at entry `seq`.

    Call it once for an act, after its ledger entry and in the same transaction. Returns
    how many versions there are.
    """
    return touch_keys(seq=seq, keys=records.order_by("id").values_list("id", flat=True))


def touch_keys(*, seq: int, keys: Iterable[int]) -> int:
    """Do the same for versions that are known by their keys."""
    listed = pl.Series(list(keys), dtype=pl.Int64)
    if not listed.is_empty():
        rows = pl.DataFrame({"record_id": listed}).select(
            seq=pl.lit(seq),
            place=pl.int_range(pl.len(), dtype=pl.Int64) + FIRST_PLACE,
            record_id="record_id",
        )
        bulk.insert(Touch._meta.db_table, rows)
    return len(listed)
