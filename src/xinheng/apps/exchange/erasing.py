"""Let the content of erased records go from what other platforms are owed.

What did not leave, or was refused, is owed no more and says nothing. Where a platform
may hold the record, what names it there stays until its withdrawal is acknowledged;
then that goes too (`settling`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from xinheng.apps.exchange import feeding
from xinheng.apps.exchange.models import Obligation
from xinheng.core.exchange.states import State

_AT_ONCE = 500
_NEVER_THERE = (State.DUE, State.PACKED, State.REFUSED, State.WITHDRAWN)
_FIELDS = ("state", "settled_at", "values", "message", "sent_key")


def erase(*, records: Collection[str], at: datetime) -> int:
    """Empty what is owed about records, by their public keys; return how many rows."""
    emptied = 0
    wanted = sorted(records)
    for begin in range(0, len(wanted), _AT_ONCE):
        named = wanted[begin : begin + _AT_ONCE]
        rows = list(Obligation.objects.select_for_update().filter(record__in=named))
        for row in rows:
            _empty(row, at)
        Obligation.objects.bulk_update(rows, _FIELDS)
        emptied += len(rows)
    return emptied


def forget(*, target: str, record: str) -> None:
    """Forget what a record was called at a target that has withdrawn it."""
    rows = Obligation.objects.filter(target=target, record=record)
    rows.exclude(state=State.SENT).update(values={}, sent_key="", message="")


def _empty(row: Obligation, at: datetime) -> None:
    row.message = ""
    if row.state not in _NEVER_THERE:
        row.values = feeding.named_by(row)
        return
    row.state, row.settled_at = State.WITHDRAWN, row.settled_at or at
    row.values, row.sent_key = {}, ""
