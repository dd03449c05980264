"""Whole lists, month by month: what was added, removed, corrected.

A list that another authority publishes as a whole says nothing about what changed. Rows
are compared by their key; the same key with another body is a correction. Where a whole
list holds one key twice, nobody can say which row follows which: such keys are set
aside for a person and change nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Delta(Generic[K, B]):
    """From one whole list to the next; keys in the order of their file.

    `unclear` are keys that one of the two lists holds more than once.
    """

    added: dict[K, B]
    removed: tuple[K, ...]
    corrected: dict[K, B]
    unchanged: int
    unclear: frozenset[K]


def diff(before: Iterable[tuple[K, B]], after: Iterable[tuple[K, B]]) -> Delta[K, B]:
    """Return what leads from one list to the next."""
    earlier, later = list(before), list(after)
    unclear = _repeated(earlier) | _repeated(later)
    held = {key: body for key, body in earlier if key not in unclear}
    told = {key: body for key, body in later if key not in unclear}
    both = [key for key in told if key in held]
    corrected = {key: told[key] for key in both if told[key] != held[key]}
    return Delta(
        added={key: body for key, body in told.items() if key not in held},
        removed=tuple(key for key in held if key not in told),
        corrected=corrected,
        unchanged=len(both) - len(corrected),
        unclear=unclear,
    )


def _repeated(rows: Iterable[tuple[K, B]]) -> frozenset[K]:
    counted = Counter(key for key, _ in rows)
    return frozenset(key for key, count in counted.items() if count > 1)
