"""Let go what an organization promised; that it did, and what came of it, stays."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from xinheng.apps.commitments.models import Commitment

GONE = "erased"


def is_over(commitment: int, *, on: date) -> bool:
    """Tell whether a commitment was judged, or ran out, and still says something."""
    rows = Commitment.objects.filter(id=commitment).exclude(matter=GONE)
    over = ~Q(state=Commitment.State.PENDING) | Q(valid_to__lt=on)
    return rows.filter(over).exists()


def erase(*, commitment: int) -> int:
    """Empty matter and text, and the number of the decision about a breach."""
    rows = Commitment.objects.filter(id=commitment).exclude(matter=GONE)
    rows.exclude(breach_no="").update(breach_no=GONE)
    return rows.update(matter=GONE, text=GONE)
