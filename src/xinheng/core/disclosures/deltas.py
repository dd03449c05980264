"""What changed between two issues of an open data file, and how to follow it.

    full(t0) + deltas == full(t1), byte for byte

A row is known by its key; its line is the text of its cells as the file has them. Lines
of a file stand in the order of their keys, so one set of rows is one file. A row that
went or changed leaves the earlier deltas: what they lead to is the same without it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Op(StrEnum):
    """What to do with the row of a key."""

    PUT = "put"  # it is new, or takes the place of the one before
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a delta; `cells` are empty for a row that went."""

    op: Op
    key: str
    cells: tuple[str, ...]


Rows = Mapping[str, tuple[str, ...]]


def compare(before: Rows, after: Rows) -> Iterator[Change]:
    """Yield what turns one set of rows into another, in the order of keys."""
    for key in sorted(before.keys() | after.keys()):
        if key not in after:
            yield Change(Op.DELETE, key, ())
        elif before.get(key) != after[key]:
            yield Change(Op.PUT, key, after[key])


def apply(rows: Rows, changes: Iterable[Change]) -> Rows:
    """Return the rows after the changes of a delta."""
    now = dict(rows)
    for change in changes:
        if change.op is Op.PUT:
            now[change.key] = change.cells
        else:
            now.pop(change.key, None)
    return now


def forget(changes: Sequence[Change], gone: Collection[str]) -> list[Change]:
    """Return a delta without what it says of rows that went or changed since."""
    return [
        change
        for change in changes
        if change.op is not Op.PUT or change.key not in gone
    ]
