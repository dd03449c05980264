"""Let the content of messages go whose act was erased, delivered or not."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from xinheng.apps.outbox.models import Delivery
from xinheng.core.merkle import canonical

NOTHING = canonical.text({"erased": True})
_UNDONE = Q(target="", state=Delivery.State.PENDING)


def empty(*, seqs: Collection[int]) -> int:
    """Empty the messages that these ledger entries queued; return how many.

    What the house itself has still to do with one stays (`is_waiting`): it is done
    within moments, and then it is emptied too.
    """
    rows = Delivery.objects.filter(ledger_seq__in=list(seqs)).exclude(payload=NOTHING)
    return rows.exclude(_UNDONE).update(payload=NOTHING)


def is_waiting(*, seqs: Collection[int]) -> bool:
    """Tell whether the house has still to pass on what these entries queued."""
    return Delivery.objects.filter(_UNDONE, ledger_seq__in=list(seqs)).exists()
