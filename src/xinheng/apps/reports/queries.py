"""Who was given a report, and whether one still states what the register states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.reports import facts
from xinheng.apps.reports.models import Report
from xinheng.apps.reports.operations import then_of
from xinheng.core.merkle import canonical
from xinheng.core.paging import Page, clamp
from xinheng.core.reports.kinds import Kind
from xinheng.core.two_times import AsOf

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class AccessView:
    """A report that was given out. No person is named.

    `unit_name` and `receiver` are null where no unit, or nobody by consent, asked.
    """

    at: datetime
    kind: Kind
    uscc: str
    unit_name: str | None
    receiver: str | None
    purpose: str


@dataclass(frozen=True, slots=True)
class IssuedView:
    """A report by its entry. `newer_at` is null where no later one states otherwise.

    `still_states` is null where the register is not asked: for a consent that ended.
    `then` is the past that it states, null where it states the day of its issue.
    """

    kind: Kind
    uscc: str
    issued_at: datetime
    ledger_size: int
    document_sha256: str
    newer_at: datetime | None
    still_states: bool | None
    then: AsOf | None


def find_issued(*, entry: int, on: date) -> IssuedView | None:
    """Return the report of a ledger entry, null where the entry is none."""
    rows = Report.objects.select_related("organization", "consent")
    row = rows.filter(entry_seq=entry).first()
    if row is None:
        return None
    newer = Report.objects.filter(
        organization_id=row.organization_id,
        kind=row.kind,
        entry_seq__gt=entry,
        then_on=row.then_on,
        then_size=row.then_size,
    ).exclude(stated_sha256=row.stated_sha256)
    if row.consent_id is not None:
        newer = newer.filter(consent_id=row.consent_id)
    return IssuedView(
        kind=Kind(row.kind),
        uscc=row.organization.uscc,
        issued_at=row.issued_at,
        ledger_size=row.entry_seq,
        document_sha256=row.document_sha256,
        newer_at=newer.order_by("entry_seq")
        .values_list("issued_at", flat=True)
        .first(),
        still_states=_still_states(row, on),
        then=then_of(row),
    )


def _still_states(row: Report, on: date) -> bool | None:
    consent = row.consent
    if consent and (consent.withdrawn_at is not None or on >= consent.expires_on):
        return None
    then = then_of(row)
    try:
        item = facts.find(row.organization.uscc, then)
    except facts.NoOrganizationError:
        return False
    states = facts.compose(item, Kind(row.kind), on=on, then=then)
    return sha256(canonical.encode(states)).hexdigest() == row.stated_sha256


def list_accesses(
    *, actor: Actor, organization: str, page: int = 1
) -> Page[AccessView]:
    """Return who was given a report that is not public, to the organization's agent."""
    rows = Report.objects.exclude(kind=Kind.PUBLIC)
    own = organization in actor.organizations
    rows = rows.filter(organization_id=int(organization)) if own else rows.none()
    number = clamp(page)
    begin = (number - 1) * PAGE_SIZE
    ordered = rows.select_related("unit", "consent", "organization").order_by("-id")
    items = tuple(_access(row) for row in ordered[begin : begin + PAGE_SIZE])
    return Page(items, number, PAGE_SIZE, rows.count())


def list_of_units(*, actor: Actor) -> tuple[AccessView, ...]:
    """Return the latest reports of the actor's units; to the office those of all."""
    rows = Report.objects.filter(kind=Kind.ADMINISTRATIVE)
    if not actor.sees_all_units:
        rows = rows.filter(unit_id__in=list(actor.visible_units))
    ordered = rows.select_related("unit", "consent", "organization").order_by("-id")
    return tuple(_access(row) for row in ordered[:PAGE_SIZE])


def _access(row: Report) -> AccessView:
    return AccessView(
        at=row.issued_at,
        kind=Kind(row.kind),
        uscc=row.organization.uscc,
        unit_name=row.unit.name if row.unit else None,
        receiver=row.consent.receiver if row.consent else None,
        purpose=row.purpose,
    )
