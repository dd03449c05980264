"""What the register knew about an organization: as known on K, about day D."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from xinheng.apps.bulk import is_storable
from xinheng.apps.organizations.models import Organization, OrganizationChange
from xinheng.core.identifiers import uscc as codes_of
from xinheng.core.organizations.history import Change, value_on

_FIELDS = OrganizationChange.Field.values
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class OrganizationAsOf:
    """An organization as the register knew it at a moment, about a day.

    `key` is the register's own. Texts are empty where nothing was known.
    """

    key: str
    uscc: str
    name: str
    kind: str
    status: str
    division: str
    industry: str
    authority: str
    registered_on: date | None
    parent_code: str


def as_of(code: str, *, on: date, known_at: datetime) -> OrganizationAsOf | None:
    """Return the organization behind a code on a day, as known at a moment.

    `code` is one that it bears or bore. Of several organizations that bore it, the one
    that bore it on that day is meant, else the one that bears it today. Null where the
    register did not know the organization yet, or knew that it was registered later.
    """
    wanted = codes_of.normalize(code)
    if not is_storable(wanted):
        return None
    known = [_view(row, on=on, known_at=known_at) for row in _bearing(wanted, known_at)]
    bearing = [view for view in known if view.uscc == wanted]
    found = next(iter(bearing or known), None)
    if found and found.registered_on and on < found.registered_on:
        return None
    return found


def list_unknown(codes: Collection[str], *, known_at: datetime) -> frozenset[str]:
    """Return those of many codes whose organization the register came to know later."""
    listed, found = sorted(set(codes)), set[str]()
    for begin in range(0, len(listed), _AT_ONCE):
        later = Organization.objects.filter(
            uscc__in=listed[begin : begin + _AT_ONCE], recorded_at__gt=known_at
        )
        found |= set(later.values_list("uscc", flat=True))
    return frozenset(found)


def _bearing(code: str, known_at: datetime) -> Iterable[Organization]:
    """Return who bears the code, then who bore it, as far as they were known."""
    field = OrganizationChange.Field.USCC
    bore = OrganizationChange.objects.filter(field=field, before=code)
    return (
        Organization.objects.filter(
            Q(uscc=code) | Q(id__in=bore.values("organization")),
            recorded_at__lte=known_at,
        )
        .prefetch_related("changes")
        .order_by("-recorded_at", "id")
    )


def _view(row: Organization, *, on: date, known_at: datetime) -> OrganizationAsOf:
    values = _values(row, on=on, known_at=known_at)
    day = values.pop("registered_on")
    return OrganizationAsOf(
        key=str(row.id),
        registered_on=date.fromisoformat(day) if day else None,
        **values,
    )


def _values(row: Organization, *, on: date, known_at: datetime) -> dict[str, str]:
    changes: Mapping[str, list[Change]] = {field: [] for field in _FIELDS}
    for each in row.changes.all():
        changes[each.field].append(
            Change(
                each.id, each.before, each.after, each.effective_on, each.recorded_at
            )
        )
    return {
        field: value_on(
            str(getattr(row, field) or ""), changes[field], on=on, known_at=known_at
        )
        for field in _FIELDS
    }
