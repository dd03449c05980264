"""What is true around a listing when something is to happen to it."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from xinheng.apps.law import queries as law
from xinheng.apps.listings import schemes
from xinheng.apps.listings.models import Listing
from xinheng.apps.organizations import queries as organizations
from xinheng.core.listings.advancing import Around, Value
from xinheng.core.listings.clocks import Way, Window, window
from xinheng.core.listings.gaps import areas
from xinheng.core.listings.procedure import EFFECTIVE, Event, Need
from xinheng.core.listings.schemes import ListKind, Scheme
from xinheng.core.organizations.status import ACTIVE
from xinheng.rulebook import calendars, list_schemes


def of(row: Listing, event: Event, told: dict[Need, Value], *, at: datetime) -> Around:
    """Return what the rules have to know besides the listing and the event."""
    scheme, on = list_schemes.scheme(row.scheme), timezone.localdate(at)
    in_force = _others_in_force(row, on)
    return Around(
        is_scheme_active=schemes.is_in_use(scheme.name, on=on),
        may_determine=row.authority_id in scheme.authorities,
        is_organization_active=_is_active(row),
        is_excluded=any(each.kind == ListKind.EXCLUSION for each in in_force),
        is_listed=any(each.scheme == row.scheme for each in in_force),
        is_adopted=law.is_adopted(on=on),
        term_months=scheme.term_months,
        bases=frozenset(bases_of(scheme)),
        window=_window(scheme, told) if event is Event.SERVE else None,
        lacks=tuple(row.lacks),
    )


def bases_of(scheme: Scheme) -> tuple[str, ...]:
    """Return the texts that a listing may name as its basis."""
    return tuple(list_schemes.basis_text(each) for each in areas(scheme))


def window_of(scheme: Scheme, way: Way, notice_on: date) -> Window | None:
    """Return the days that follow from a notice, null where the list names no term."""
    days, hearing = scheme.window_working_days, scheme.hearing_working_days
    if days is None or hearing is None:
        return None
    rule = list_schemes.services()[way]
    calendar = calendars.load()
    return window(notice_on, rule, days=days, hearing_days=hearing, calendar=calendar)


def _window(scheme: Scheme, told: dict[Need, Value]) -> Window | None:
    way, day = told.get(Need.NOTICE_WAY), told.get(Need.NOTICE_ON)
    if way not in list(Way) or not isinstance(day, date):
        return None
    return window_of(scheme, Way(str(way)), day)


def _others_in_force(row: Listing, on: date) -> list[Listing]:
    """Return the organization's other listings whose term runs, stayed ones too."""
    rows = Listing.objects.filter(
        organization=row.organization_id, state__in=EFFECTIVE, expires_on__gt=on
    )
    return list(rows.exclude(id=row.id) if row.id else rows)


def _is_active(row: Listing) -> bool:
    organization = organizations.get_public(row.uscc)
    return organization is not None and organization.status in ACTIVE
