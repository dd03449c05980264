"""Read the ledger: entries, roots, proofs, and whether it all still verifies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from xinheng.apps.ledger import models, tree_store
from xinheng.apps.ledger.tree_store import Head
from xinheng.apps.ledger.verification import VerifyReport, verify
from xinheng.core.merkle.entries import timestamp
from xinheng.core.merkle.subtrees import consistency_spans, inclusion_spans

__all__ = [
    "EntryView",
    "Head",
    "UnknownEntryError",
    "UnknownSizeError",
    "VerifyReport",
    "as_written",
    "consistency_proof",
    "find_last",
    "get_entry",
    "get_head",
    "inclusion_proof",
    "kinds_between",
    "last_recorded_at",
    "list_entries",
    "list_history",
    "moment_of",
    "require_entry",
    "root",
    "size",
    "size_at",
    "subjects_of",
    "verify",
]


_BEFORE_ALL = datetime(1, 1, 2, tzinfo=UTC)


class UnknownEntryError(LookupError):
    """The ledger has no entry `seq`."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"the ledger has no entry {seq}")
        self.seq = seq


class UnknownSizeError(LookupError):
    """The ledger has not reached this size."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the ledger never had the size {size}")
        self.size = size


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry as it is recorded; `body` and `salt` are null once erased."""

    seq: int
    recorded_at: datetime
    kind: str
    subject: str
    actor: str
    body: Mapping[str, object] | None
    salt: str | None
    entry: str


def size() -> int:
    """Return the number of entries; the last one's seq is one less."""
    return tree_store.read_head().size


def size_at(moment: datetime) -> int:
    """Return how many entries were recorded up to and with a moment.

    Entries are recorded in their order; where a clock ran backwards between two, it is
    one of the places that fit.
    """
    low, high = 0, size()
    while low < high:
        middle = (low + high) // 2
        if _recorded_at(middle) <= moment:
            low = middle + 1
        else:
            high = middle
    return low


def moment_of(size: int) -> datetime:
    """Return when the ledger reached a size: the moment of its last entry.

    Raises:
        UnknownSizeError: where it has not reached it.
    """
    _require(size)
    return _recorded_at(size - 1) if size else _BEFORE_ALL


def _recorded_at(seq: int) -> datetime:
    return models.Entry.objects.values_list("recorded_at", flat=True).get(seq=seq)


def get_head() -> Head:
    """Return where the ledger ends."""
    return tree_store.read_head()


def get_entry(seq: int) -> EntryView:
    """Return an entry.

    Raises:
        UnknownEntryError: where there is none.
    """
    row = models.Entry.objects.filter(seq=seq).first()
    if row is None:
        raise UnknownEntryError(seq)
    return view(row)


def kinds_between(begin: int, end: int) -> frozenset[str]:
    """Return the kinds of the entries with `begin <= seq < end`."""
    entries = models.Entry.objects.filter(seq__gte=begin, seq__lt=end)
    return frozenset(entries.values_list("kind", flat=True).distinct())


def subjects_of(*, kind: str, ledger_size: int) -> frozenset[str]:
    """Return what entries of a kind are about, among the first `ledger_size`."""
    entries = models.Entry.objects.filter(kind=kind, seq__lt=ledger_size)
    return frozenset(entries.values_list("subject", flat=True).distinct())


def list_entries(*, after: int = -1, limit: int = 100) -> tuple[EntryView, ...]:
    """Return entries in order, from the one that follows seq `after`."""
    rows = models.Entry.objects.filter(seq__gt=after).order_by("seq")[:limit]
    return tuple(view(row) for row in rows)


def list_history(*, subject: str) -> tuple[EntryView, ...]:
    """Return all that happened to a subject, in order."""
    rows = models.Entry.objects.filter(subject=subject).order_by("seq")
    return tuple(view(row) for row in rows)


def find_last(*, subject: str, kind: str) -> EntryView | None:
    """Return the latest entry of that kind about a subject, or null."""
    rows = models.Entry.objects.filter(subject=subject, kind=kind)
    row = rows.order_by("-seq").first()
    return view(row) if row else None


def last_recorded_at() -> datetime | None:
    """Return the moment that the last entry bears, null for an empty ledger."""
    moments = models.Entry.objects.order_by("-seq").values_list(
        "recorded_at", flat=True
    )
    return moments.first()


def as_written(entry: EntryView) -> dict[str, object]:
    """Return all of an entry, as an export writes it."""
    return {
        "seq": entry.seq,
        "recorded_at": timestamp(entry.recorded_at),
        "kind": entry.kind,
        "subject": entry.subject,
        "actor": entry.actor,
        "body": entry.body,
        "salt": entry.salt,
        "entry": entry.entry,
    }


def root(*, size: int) -> bytes:
    """Return the root that the ledger had at `size` entries.

    Raises:
        UnknownSizeError: where it has not reached that size.
    """
    _require(size)
    return tree_store.root(size)


def inclusion_proof(*, seq: int, size: int) -> tuple[bytes, ...]:
    """Return the proof that entry `seq` stands in the ledger of `size`, leaf up.

    Raises:
        UnknownEntryError: where the ledger of that size has no such entry.
        UnknownSizeError: where it has not reached that size.
    """
    require_entry(seq=seq, size=size)
    return tuple(tree_store.hashes(inclusion_spans(seq, size)))


def require_entry(*, seq: int, size: int) -> None:
    """Raise what `inclusion_proof` raises where it would have nothing to prove."""
    _require(size)
    if not 0 <= seq < size:
        raise UnknownEntryError(seq)


def consistency_proof(*, first: int, second: int) -> tuple[bytes, ...]:
    """Return the proof that the ledger of `second` only continues the one of `first`.

    Raises:
        UnknownSizeError: where it never was that long, or `first` is longer.
    """
    _require(second)
    if not 0 <= first <= second:
        raise UnknownSizeError(first)
    return tuple(tree_store.hashes(consistency_spans(first, second)))


def _require(wanted: int) -> None:
    if not 0 <= wanted <= size():
        raise UnknownSizeError(wanted)


def view(row: models.Entry) -> EntryView:
    """Return a row as the plain value that leaves this app."""
    return EntryView(
        seq=row.seq,
        recorded_at=row.recorded_at,
        kind=row.kind,
        subject=row.subject,
        actor=row.actor,
        body=None if row.body is None else json.loads(row.body),
        salt=row.salt,
        entry=row.entry,
    )
