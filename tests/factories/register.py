"""Organizations put straight into the register and its search index."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from tests.factories.codes import valid_code
from xinheng.apps.organizations import search_index
from xinheng.apps.organizations.models import (
    Organization,
    OrganizationCode,
    OrganizationName,
)

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
ON = date(2019, 6, 3)

Names = str | tuple[str, ...]


def add(
    *named: Names, prefix: str = "91210899", status: str = "REGISTERED"
) -> list[str]:
    """Add an organization for each name, former ones behind it, and return the codes.

    They are indexed together, as an act that brings several does.
    """
    first = Organization.objects.count() + 1
    rows = [
        _add(names, valid_code(prefix, first + place), status)
        for place, names in enumerate(named)
    ]
    search_index.refresh(pl.Series([row.pk for row in rows], dtype=pl.Int64))
    return [row.uscc for row in rows]


def add_code(code: str, former: str) -> None:
    """Let the organization under a code have borne another one."""
    OrganizationCode.objects.create(
        organization=Organization.objects.get(uscc=code),
        code=former,
        kind=OrganizationCode.Kind.REGISTRATION_NUMBER,
        expires_on=ON,
        recorded_at=AT,
    )


def _add(names: Names, code: str, status: str) -> Organization:
    every = (names,) if isinstance(names, str) else names
    row = Organization.objects.create(
        uscc=code,
        name=every[0],
        status=status,
        division=code[2:8],
        is_sole_proprietor=code.startswith("92"),
        recorded_at=AT,
    )
    OrganizationName.objects.bulk_create(
        OrganizationName(organization=row, name=name, recorded_at=AT) for name in every
    )
    return row
