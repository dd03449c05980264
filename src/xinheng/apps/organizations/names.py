"""Every name that the register holds for a code: for whoever decides on a row.

Not for the public, who sees less of a sole proprietor's names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F

from xinheng.apps.bulk import is_storable
from xinheng.apps.organizations.models import OrganizationName


@dataclass(frozen=True, slots=True)
class NameView:
    """A name borne on `[effective_on, expires_on)`; null where a date is not known.

    `expires_on` is null for the current name too; `is_current` tells them apart.
    """

    name: str
    effective_on: date | None
    expires_on: date | None
    is_current: bool


def list_names(uscc: str) -> tuple[NameView, ...]:
    """Return the names of the organization under a code, the current one first.

    Empty where the register does not hold the code.
    """
    if not is_storable(uscc):
        return ()
    rows = OrganizationName.objects.select_related("organization").filter(
        organization__uscc=uscc
    )
    ordered = rows.order_by(F("expires_on").desc(nulls_first=True), "name")
    return tuple(
        NameView(
            name=row.name,
            effective_on=row.effective_on,
            expires_on=row.expires_on,
            is_current=row.name == row.organization.name,
        )
        for row in ordered
    )
