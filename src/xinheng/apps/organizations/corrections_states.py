"""An organization with all that hangs on it, as text: to compare, and to put back.

The text is canonical JSON of the rows of four tables with their own numbers, so what is
put back is not only alike: it is the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from django.db import models
from django.db.models import ProtectedError

from xinheng.apps.organizations.models import (
    Organization,
    OrganizationChange,
    OrganizationCode,
    OrganizationName,
)
from xinheng.core.merkle import canonical

_PARTS: tuple[type[models.Model], ...] = (
    OrganizationName,
    OrganizationCode,
    OrganizationChange,
)
Row = Mapping[str, str | None]


class InUseError(Exception):
    """Something was built on what would have to go."""


def of(key: int) -> dict[str, object]:
    """Return the state of an organization, ready for JSON; `row` is null for none."""
    row = Organization.objects.filter(id=key).first()
    state: dict[str, object] = {"key": str(key), "row": row and _row(row)}
    for part in _PARTS:
        rows = part._default_manager.filter(organization=key).order_by("pk")
        state[part.__name__] = [_row(each) for each in rows]
    return state


def digest(state: Mapping[str, object]) -> str:
    """Return the SHA-256 of a state, in hex."""
    return hashlib.sha256(canonical.text(state).encode()).hexdigest()


def put_back(text: str) -> int:
    """Make an organization what it was in a state, and return its key.

    Raises:
        InUseError: it was not there, and something refers to it by now.
    """
    state = json.loads(text)
    key = int(state["key"])
    for part in _PARTS:
        part._default_manager.filter(organization=key).delete()
    if state["row"] is None:
        _remove(key)
        return key
    values = _values(Organization, state["row"])
    Organization.objects.filter(id=key).update(**values)
    for part in _PARTS:
        rows = [part(**_values(part, each)) for each in state[part.__name__]]
        part._default_manager.bulk_create(rows)
    return key


def _remove(key: int) -> None:
    row = Organization.objects.get(id=key)
    if row.issues.exists():
        raise InUseError
    try:
        row.delete()
    except ProtectedError:
        raise InUseError from None


def _row(row: models.Model) -> Row:
    return {
        field.attname: None
        if field.value_from_object(row) is None
        else field.value_to_string(row)
        for field in row._meta.concrete_fields
    }


def _values(model: type[models.Model], row: Row) -> dict[str, object]:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {
        name: None if text is None else fields[name].to_python(text)
        for name, text in row.items()
    }


def key_of(text: str) -> int:
    """Return the key of the organization that a state is of."""
    return int(json.loads(text)["key"])
