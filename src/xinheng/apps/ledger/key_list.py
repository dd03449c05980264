"""The published list of the ledger's keys, and the proof of it.

A list that says which key signed when is itself to be believed by nobody's word. It
carries a receipt for every entry that names a key, twice: under the checkpoint of the
change, which the old key signed too, and under today's. So whoever trusts any one key,
the first or the present one, can follow the list to the others.
"""

from __future__ import annotations

from django.conf import settings

from xinheng.apps.ledger import key_history, models, queries, receipts

FORMAT = "xinheng-keys/1"


def published() -> dict[str, object]:
    """Return the list, JSON-able; receipts stand in the order of the ledger.

    Raises:
        SigningKeyError: where the present key can't be used.
        TamperedLedgerError: where what is stored does not hold together.
    """
    seqs = key_history.list_event_seqs()
    size = queries.size()
    return {
        "format": FORMAT,
        "origin": settings.LEDGER_ORIGIN,
        "keys": [term.written() for term in key_history.list_terms()],
        "receipts": [_under_its_change(seq) for seq in seqs]
        + [receipts.receipt(seq=seq, size=size) for seq in seqs],
    }


def _under_its_change(seq: int) -> dict[str, object]:
    kept = models.Checkpoint.objects.filter(size__gt=seq).order_by("size")
    size = kept.values_list("size", flat=True).first() or seq + 1
    return receipts.receipt(seq=seq, size=size, by_oldest=True)
