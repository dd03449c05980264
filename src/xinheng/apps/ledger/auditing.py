"""Administrative acts, as an auditor takes them away: each with its own proof.

An administrative act changes who may do what, or how the installation itself works:
accounts, mandates, keys, the rulebook, units and duties, witnesses, backups, erasures,
and acts of the register that were undone as a whole. What becomes of records, listings
and cases is the work itself, and not among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from xinheng.apps.ledger import models, operations, queries, receipts
from xinheng.apps.ledger.receipts import ErasedEntryError
from xinheng.core.merkle import checkpoint

ERASED_FORMAT = "xinheng-erased/1"
# How the kinds of administrative acts begin.
ADMINISTRATIVE = (
    *("account.", "mandate.", "second_factor.", "agent.", "service_key.", "key."),
    *("rulebook.", "catalog.", "assessment.scheme_", "exchange.profile_", "unit."),
    *("duty.", "witness.", "backup.", "content.erased", "submission.revers"),
)


@dataclass(frozen=True, slots=True)
class Span:
    """Acts recorded on `[begin, end)`, both aware; the administrative ones or `all`."""

    begin: datetime
    end: datetime
    is_all: bool = False


def list_acts(span: Span) -> Iterator[dict[str, object]]:
    """Yield the acts in order, each as a document that the verifier reads alone.

    All stand under one checkpoint, recorded as given out. An act whose content was
    erased is its place and its digest (`ERASED_FORMAT`).

    Raises:
        SigningKeyError, TamperedLedgerError: as `receipts.receipt`.
    """
    size = checkpoint.parse(operations.issue_checkpoint()).checkpoint().size
    chosen = _chosen(span).filter(seq__lt=size).order_by("seq")
    for seq in chosen.values_list("seq", flat=True).iterator():
        try:
            yield receipts.receipt(seq=seq, size=size)
        except ErasedEntryError:
            yield _erased(seq, receipts.receipt(seq=_whole(size), size=size))


def _chosen(span: Span) -> QuerySet[models.Entry]:
    rows = models.Entry.objects.filter(
        recorded_at__gte=span.begin, recorded_at__lt=span.end
    )
    if span.is_all:
        return rows
    return rows.filter(reduce(or_, (Q(kind__startswith=k) for k in ADMINISTRATIVE)))


def _whole(size: int) -> int:
    """Return the last entry that has its content, for what signs it."""
    rows = models.Entry.objects.filter(seq__lt=size, body__isnull=False)
    return rows.order_by("-seq").values_list("seq", flat=True)[0]


def _erased(seq: int, whole: dict[str, object]) -> dict[str, object]:
    signed = int(str(whole["size"]))
    proof = queries.inclusion_proof(seq=seq, size=signed)
    return {
        "format": ERASED_FORMAT,
        "seq": seq,
        "digest": queries.get_entry(seq).entry,
        "size": signed,
        "inclusion_proof": [each.hex() for each in proof],
        "checkpoint": whole["checkpoint"],
        "public_key": whole["public_key"],
    }
