"""Let the content of erased records go from what other platforms are owed.

What did not leave, or was refused, is owed no more and says nothing. Where a platform
may hold the record, what names it there stays until its withdrawal is acknowledged;
then that goes too (`settling`). What platforms wrote about the packages in which it
left, and what was kept for inspection about it, goes at once: it may repeat the
content.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from xinheng.apps.exchange import feeding
from xinheng.apps.exchange.models import Obligation, Oddity, Trial
from xinheng.core.exchange.rows import BETWEEN_KEYS
from xinheng.core.exchange.states import State
from xinheng.rulebook import exchange_profiles

_AT_ONCE = 500
_NEVER_THERE = (State.DUE, State.PACKED, State.REFUSED, State.WITHDRAWN)
_FIELDS = ("state", "settled_at", "values", "message", "sent_key")


def erase(*, records: Collection[str], at: datetime) -> int:
    """Empty what is owed about records, by their public keys; return how many rows."""
    emptied = 0
    wanted = sorted(records)
    for begin in range(0, len(wanted), _AT_ONCE):
        named = wanted[begin : begin + _AT_ONCE]
        found = Obligation.objects.select_for_update(of=("self",))
        rows = list(found.select_related("target").filter(record__in=named))
        _empty_answers(rows)
        for row in rows:
            _empty(row, at)
        Obligation.objects.bulk_update(rows, _FIELDS)
        emptied += len(rows)
    return emptied


def forget(*, target: str, record: str) -> None:
    """Forget what a record was called at a target that has withdrawn it."""
    rows = Obligation.objects.filter(target=target, record=record)
    rows.exclude(state=State.SENT).update(values={}, sent_key="", message="")


def _empty_answers(rows: Collection[Obligation]) -> None:
    """Let go what platforms wrote about packages and rows of erased records."""
    packages = sorted({package for row in rows for package in row.sent_in})
    for begin in range(0, len(packages), _AT_ONCE):
        named = packages[begin : begin + _AT_ONCE]
        Trial.objects.filter(package__in=named).update(message="")
    keys = {key for row in rows for key in (row.sent_key, _key(row)) if key}
    Oddity.objects.filter(key__in=sorted(keys)).delete()


def _key(row: Obligation) -> str:
    """Return what a row would be called at its target, which may never have met it."""
    profile = exchange_profiles.profiles()[row.target.profile]
    names = profile.sheet(row.dataset).natural_key
    return BETWEEN_KEYS.join(str(row.values.get(name, "")) for name in names)


def _empty(row: Obligation, at: datetime) -> None:
    row.message = ""
    if row.state not in _NEVER_THERE:
        row.values = feeding.named_by(row)
        return
    row.state, row.settled_at = State.WITHDRAWN, row.settled_at or at
    row.values, row.sent_key = {}, ""
