"""Texts that people write in the procedure: kept as they are, never about a person."""

from __future__ import annotations

from collections.abc import Mapping

from xinheng.apps.listings.models import Listing
from xinheng.core.listings.advancing import Value
from xinheng.core.listings.procedure import Need
from xinheng.core.screening import personal_id

LONGEST = 2000
TOO_LONG, PERSONAL_ID = "LENGTH", "PERSONAL_ID"


def clean(told: Mapping[Need, Value]) -> dict[Need, Value]:
    """Return what was told, without blanks around texts and without empty ones."""
    stripped = {
        need: value.strip() if isinstance(value, str) else value
        for need, value in told.items()
    }
    return {need: value for need, value in stripped.items() if value}


def find_fault(told: Mapping[Need, Value]) -> tuple[Need, str] | None:
    """Return a text and the rule that it breaks, null where all can be kept."""
    for need, value in told.items():
        if not isinstance(value, str):
            continue
        if len(value) > longest(need):
            return need, TOO_LONG
        if personal_id.find(value) is not None:
            return need, PERSONAL_ID
    return None


def longest(need: Need) -> int:
    """Return how many characters a text may have."""
    field = Listing._meta.get_field(need.value)
    return getattr(field, "max_length", None) or LONGEST
