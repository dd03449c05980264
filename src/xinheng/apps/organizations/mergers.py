"""The register's part in a merger or split: two organizations held, one of them ended.

What follows of the records is decided above (`xinheng.apps.records.succession`); these
run inside that act and leave the entry in the ledger to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from xinheng.apps.bulk import is_storable
from xinheng.apps.organizations import (
    corrections_effects,
    corrections_states,
    search_index,
)
from xinheng.apps.organizations.models import Organization
from xinheng.core.merkle import canonical
from xinheng.core.organizations.status import Status
from xinheng.core.organizations.succession import Party


class NotAsLeftError(Exception):
    """The organization was changed since."""


class UnknownOrganizationError(LookupError):
    """The register holds no organization under a code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Ended:
    """An organization before it ended (canonical JSON), and the digest of it since."""

    kept: str
    left_sha256: str


def lock(*codes: str) -> dict[str, tuple[int, Party]]:
    """Lock organizations in the order of their keys; return key and facts by code.

    Raises:
        UnknownOrganizationError: one of them is not in the register.
    """
    wanted = [code for code in codes if is_storable(code)]
    rows = Organization.objects.select_for_update().filter(uscc__in=wanted)
    found = {row.uscc: (row.id, _party(row)) for row in rows.order_by("id")}
    for code in codes:
        if code not in found:
            raise UnknownOrganizationError(code)
    return found


def end(*, key: int, on: date, at: datetime) -> Ended:
    """Let an organization end by merger on a legal day.

    Raises:
        EffectError: OUT_OF_ORDER where its state changed on a later day.
    """
    row = Organization.objects.get(id=key)
    kept = canonical.text(corrections_states.of(key))
    corrections_effects.end(row, Status.MERGED, on, at=at)
    _refresh(key)
    return Ended(kept, corrections_states.digest(corrections_states.of(key)))


def put_back(ended: Ended) -> None:
    """Make the organization the very rows that it was.

    Raises:
        NotAsLeftError: it was changed since, for example by an import.
    """
    key = corrections_states.key_of(ended.kept)
    Organization.objects.select_for_update().get(id=key)
    if corrections_states.digest(corrections_states.of(key)) != ended.left_sha256:
        raise NotAsLeftError
    corrections_states.put_back(ended.kept)
    _refresh(key)


def _party(row: Organization) -> Party:
    return Party(row.uscc, Status(row.status), row.registered_on)


def _refresh(key: int) -> None:
    search_index.refresh(pl.Series([key], dtype=pl.Int64))
