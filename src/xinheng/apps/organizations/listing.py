"""The organizations in parts of a bounded size, for site maps."""

from __future__ import annotations

from django.db.models import Max

from xinheng.apps.organizations.models import Organization
from xinheng.core.disclosures.names import SOLE_PROPRIETOR_PREFIX


def count_parts(*, size: int) -> int:
    """Return how many parts the register has; a part spans `size` of its keys."""
    last = Organization.objects.aggregate(last=Max("id"))["last"] or 0
    return int(-(-last // size))


def list_codes(*, part: int, size: int) -> list[str]:
    """Return the codes of a part, counted from 1, without sole proprietors."""
    rows = Organization.objects.filter(
        id__gt=(part - 1) * size, id__lte=part * size
    ).exclude(uscc__startswith=SOLE_PROPRIETOR_PREFIX)
    return list(rows.order_by("id").values_list("uscc", flat=True))
