"""Let the content of entries go: body and salt, while digest and place stay.

The order is itself an entry (`content.erased`), whose body lists the entries under
`entries`. Such an entry, and those of the keys, are never emptied.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from xinheng.apps.ledger.models import Emptied, Entry

ERASED = "content.erased"
_KEPT_KINDS = (ERASED, "key.", "witness.")


class KeptEntryError(ValueError):
    """Entries that can't be emptied: not there, or part of the evidence itself."""

    def __init__(self, seqs: Sequence[int]) -> None:
        super().__init__(", ".join(map(str, seqs)))
        self.seqs = tuple(seqs)


def require_erasable(seqs: Sequence[int]) -> None:
    """Accept entries that may be emptied.

    Raises:
        KeptEntryError: for those that may not.
    """
    kinds = dict(Entry.objects.filter(seq__in=seqs).values_list("seq", "kind"))
    kept = [seq for seq in seqs if kinds.get(seq, ERASED).startswith(_KEPT_KINDS)]
    if kept:
        raise KeptEntryError(kept)


def list_of(subjects: Collection[str], kinds: Collection[str] = ()) -> tuple[int, ...]:
    """Return the entries about subjects that still have content and may lose it.

    No `kinds` means entries of every kind.
    """
    rows = Entry.objects.filter(subject__in=list(subjects), body__isnull=False)
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    found = rows.order_by("seq").values_list("seq", "kind")
    return tuple(seq for seq, kind in found if not kind.startswith(_KEPT_KINDS))


def empty(*, seqs: Sequence[int], ordered_by: int) -> int:
    """Take the content of entries away, as the entry `ordered_by` says.

    Call it in that entry's transaction. Returns how many still had content.
    """
    known = set(Emptied.objects.filter(seq__in=seqs).values_list("seq", flat=True))
    fresh = [seq for seq in dict.fromkeys(seqs) if seq not in known]
    Emptied.objects.bulk_create(
        Emptied(seq=seq, ordered_by=ordered_by) for seq in fresh
    )
    rows = Entry.objects.filter(seq__in=fresh, body__isnull=False)
    return rows.update(body=None, salt=None)


def bases(*, seqs: Collection[int]) -> dict[int, str]:
    """Return the basis that each of these entries names, if it orders an erasure."""
    rows = Entry.objects.filter(seq__in=seqs, kind=ERASED, body__isnull=False)
    return {
        seq: str(json.loads(body)["basis"])
        for seq, body in rows.values_list("seq", "body")
        if body
    }


def list_emptied() -> frozenset[int]:
    """Return the entries that erasures in the ledger itself order to be empty."""
    ordered = Entry.objects.filter(kind=ERASED, body__isnull=False)
    return frozenset(
        seq
        for body in ordered.values_list("body", flat=True)
        for seq in _entries(body or "{}")
    )


def _entries(body: str) -> list[int]:
    try:
        listed = json.loads(body).get("entries", [])
    except (ValueError, AttributeError):
        # Altered: the walk over the entries says so.
        return []
    return [seq for seq in listed if isinstance(seq, int)]
