"""An organization as the public may see it, as known at a moment about a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.db.models import Q

from xinheng.apps.organizations import queries, references
from xinheng.apps.organizations.history import as_of
from xinheng.apps.organizations.models import Organization, OrganizationChange
from xinheng.apps.organizations.queries import OrganizationView
from xinheng.core.disclosures import names
from xinheng.core.organizations.kinds import PREFIX_LENGTH
from xinheng.pipeline.reference_list import Kind
from xinheng.rulebook import organizations as rulebook

Periods = tuple[tuple[str, date | None, date | None], ...]


def get(uscc: str, *, on: date, known_at: datetime) -> OrganizationView | None:
    """Return the organization behind a code on a day, as known at a moment.

    Null where the register did not know it then. Former names and codes are those that
    it knew of and that had ended by that day; branches are not counted.
    """
    then = as_of(uscc, on=on, known_at=known_at)
    if then is None:
        return None
    row = Organization.objects.get(id=int(then.key))
    today = queries.public_view(row)
    parent = Organization.objects.filter(uscc=then.parent_code).first()
    is_sole, is_same = row.is_sole_proprietor, then.status == today.status
    return replace(
        today,
        uscc=then.uscc,
        name=names.public_name(then.name, is_sole_proprietor=is_sole),
        kind=then.kind,
        code_kind=rulebook.kinds().get(then.uscc[:PREFIX_LENGTH]),
        status=then.status,
        status_on=today.status_on if is_same else None,
        division=then.division,
        industry=then.industry,
        industry_section=queries.section_of(then.industry),
        industry_title=references.title_of(Kind.INDUSTRIES, then.industry),
        authority=then.authority,
        registered_on=then.registered_on,
        former_names=_borne(today.former_names, _former_names(row, known_at), on),
        former_codes=_borne(today.former_codes, _replaced(row, "uscc", known_at), on),
        parent=queries.related(parent) if parent else None,
        branches=0,
    )


def _borne(periods: Periods, known: set[str], on: date) -> Periods:
    return tuple(
        each
        for each in periods
        if each[0] in known and (each[2] is None or each[2] <= on)
    )


def _former_names(row: Organization, known_at: datetime) -> set[str]:
    """Return the names that the register knew then to be borne no more."""
    undated = row.names.filter(
        Q(effective_on=None, expires_on=None), recorded_at__lte=known_at
    )
    return _replaced(row, "name", known_at) | set(
        undated.exclude(name=row.name).values_list("name", flat=True)
    )


def _replaced(row: Organization, field: str, known_at: datetime) -> set[str]:
    changes = OrganizationChange.objects.filter(
        organization=row, field=field, recorded_at__lte=known_at
    )
    return set(changes.values_list("before", flat=True))
