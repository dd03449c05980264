"""Let go what look-ups were for; that a unit looked, and in which matter, stays."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from xinheng.apps.standing.models import LookUp

GONE = "erased"


def exists(code: str) -> bool:
    """Tell whether a look-up of a code still says what it was for."""
    return _of(code).exists()


def erase(*, code: str) -> int:
    """Empty the purposes of all look-ups of a code; return how many."""
    return _of(code).update(purpose=GONE)


def _of(code: str) -> QuerySet[LookUp]:
    single = Q(count=1, codes=code)
    batch = Q(count__gt=1, codes__contains=code)
    return LookUp.objects.filter(single | batch).exclude(purpose=GONE)
