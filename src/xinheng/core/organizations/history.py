"""What the register said about an organization, in two times.

A change says that from a legal day on a field had another value, and when the register
came to know it. The value before the first change is what the organization was entered
with. So any page can be answered "as known on K, about day D", and the periods of names
and codes follow from the changes: a name that comes back has two periods.

Changes may arrive out of order. What counts on a day is the change with the latest
legal day not after it; of two on one day, the one that was recorded later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Change:
    """A field got `after` on `effective_on`; the register held `before` until then.

    `order` is the place among all changes as they were recorded.
    """

    order: int
    before: str
    after: str
    effective_on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """A value held on `[effective_on, expires_on)`; null where no bound is known.

    `order` is that of the change that began it, null for what stood there first.
    """

    value: str
    effective_on: date | None
    expires_on: date | None
    order: int | None


def value_on(
    current: str, changes: Iterable[Change], *, on: date, known_at: datetime
) -> str:
    """Return the value on a day as the register knew it at a moment.

    `current` is the value of today, which is the answer where nothing ever changed.
    """
    recorded = sorted(changes, key=lambda change: change.order)
    counted = [
        change
        for change in recorded
        if change.recorded_at <= known_at and change.effective_on <= on
    ]
    if counted:
        return max(counted, key=_rank).after
    return recorded[0].before if recorded else current


def periods(
    first: str, since: date | None, changes: Iterable[Change]
) -> Sequence[Period]:
    """Return the periods of a value that began as `first`, in their order.

    `since` is dropped where the first change lies before it: since when the first value
    held is not known then. Periods touch; a change to the same value begins none.
    """
    found = [Period(first, since, None, None)]
    for change in sorted(changes, key=_rank):
        last = found[-1]
        if change.after == last.value:
            continue
        begun = last.effective_on
        if begun is not None and begun > change.effective_on:
            begun = None
        found[-1] = Period(last.value, begun, change.effective_on, last.order)
        found.append(Period(change.after, change.effective_on, None, change.order))
    return found


def _rank(change: Change) -> tuple[date, int]:
    return change.effective_on, change.order
