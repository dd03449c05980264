"""Let go what a listing said: texts, name and documents. Its course and days stay.

The row keeps list, organization, state and days, as an erased record keeps its row. It
has no effect any more, whatever its state, and no look-up tells of it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models

from xinheng.apps.listings import demanding, documents, operations
from xinheng.apps.listings.models import Document, Listing, ListingEvent
from xinheng.apps.measures import erasing as measures
from xinheng.core.listings.procedure import ENDS, State

GONE = "内容已删除 erased"
NOTHING = "{}"
TEXTS = (
    *("basis", "facts", "notice_proof", "statement", "hearing_record", "answer"),
    *("decision_no", "document", "reason", "origin"),
)


def is_over(listing: int) -> bool:
    """Tell whether there is such a listing, without effect and with its texts."""
    over = [state.value for state in (*ENDS, State.DROPPED)]
    rows = Listing.objects.filter(id=listing, erased_at=None, state__in=over)
    return rows.exists()


def tasks_of(listing: int) -> tuple[int, ...]:
    """Return the tasks that followed from a listing."""
    return measures.tasks_of(operations.cause_of(listing))


def erase(*, listing: int, seq: int, at: datetime) -> int:
    """Empty a listing as entry `seq` orders; return how many went.

    Its documents go with `remove`, once the transaction has committed.
    """
    row = Listing.objects.select_for_update().filter(id=listing, erased_at=None).first()
    if row is None:
        return 0
    for name in TEXTS:
        setattr(row, name, _nothing(row, name))
    row.name, row.source_key, row.erased_at = "", "", at
    row.save()
    ListingEvent.objects.filter(listing=row).update(told=NOTHING)
    measures.forget(cause=operations.cause_of(listing), seq=seq)
    return 1


def remove(*, listing: int) -> None:
    """Take the documents away that only erased listings name."""
    for digest in Document.objects.filter(listing=listing).values_list(
        "sha256", flat=True
    ):
        named = Document.objects.filter(sha256=digest, listing__erased_at=None)
        if not named.exists():
            documents.withdraw(digest)


def _nothing(row: Listing, name: str) -> str:
    """Return what stands for a text: a mark where there was one, or must be one."""
    demanded = name in demanding.columns() and row.state in demanding.states_with(name)
    field = Listing._meta.get_field(name)
    longest = field.max_length if isinstance(field, models.CharField) else None
    return GONE[:longest] if demanded or getattr(row, name) else ""
