"""Listings are proposed and events are recorded, as the table of the procedure says.

One transaction holds the row, the event, the entry in the ledger, the measures that
begin or end, and the message to whoever subscribed. `record` takes every event but the
first; what an event needs and who may do it stands in `core.listings.procedure`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.listings import mapping, surroundings, texts
from xinheng.apps.listings.models import Listing, ListingEvent, Stay
from xinheng.apps.measures import operations as measures
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.outbox import operations as outbox
from xinheng.core.listings import advancing
from xinheng.core.listings.advancing import Act, Around, Refused, Value, advance
from xinheng.core.listings.procedure import (
    EFFECTIVE,
    Event,
    Guard,
    Measures,
    Need,
    State,
    Who,
    step,
)
from xinheng.core.listings.schemes import ListKind
from xinheng.core.measures.causes import Cause
from xinheng.core.merkle import canonical
from xinheng.rulebook import list_schemes

TOPIC = "listings.changed"
CAUSE = "listing"
CLOCK = Actor(account_id="clock")
UNKNOWN_ORGANIZATION = "UNKNOWN_ORGANIZATION"

Told = Mapping[Need, Value]


class RefusedError(ValueError):
    """The event can't happen; `rule` says which rule stops it, `rules` all that do.

    `missing` are what is not there or can't be kept.
    """

    def __init__(
        self, rule: str, *, missing: Iterable[Need] = (), rules: Iterable[str] = ()
    ) -> None:
        super().__init__(rule)
        self.rule = rule
        self.missing = tuple(missing)
        self.rules = tuple(rules) or (rule,)


class UnknownListingError(LookupError):
    """There is no listing of this number."""

    def __init__(self, listing: int) -> None:
        super().__init__(str(listing))
        self.listing = listing


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, and when it is recorded."""

    actor: Actor
    at: datetime


@transaction.atomic
def propose(*, scheme: str, uscc: str, authority: str, told: Told, by: By) -> int:
    """Propose that an organization is put on a list, and return the listing's number.

    Raises:
        NotAllowedError: not of the authority.
        RefusedError: a rule stops it, or the register doesn't hold the code.
        UnknownSchemeError: the rulebook has no such list.
    """
    found = list_schemes.scheme(scheme)
    if not by.actor.may_list_for(authority):
        raise NotAllowedError("propose a listing")
    organization = organizations.get_public(uscc)
    if organization is None:
        raise RefusedError(UNKNOWN_ORGANIZATION)
    row = Listing(
        scheme=found.name,
        kind=found.kind.value,
        organization_id=int(organization.key),
        uscc=organization.uscc,
        name=organization.name or "",
        authority_id=authority,
        state="",
        proposed_at=by.at,
    )
    _lock_all_of(row)
    _advance(row, Event.PROPOSE, told, by)
    return row.id


@transaction.atomic
def record(*, listing: int, event: Event, told: Told, by: By) -> None:
    """Record what happened to a listing.

    Raises:
        NotAllowedError: who acts may not do this.
        RefusedError: a rule stops it, something is missing, or it is not its time.
        UnknownListingError: there is none of this number.
    """
    row = lock(listing)
    if event in (Event.PROPOSE, Event.IMPORT, Event.EXPIRE):
        raise RefusedError("NOT_NOW")
    require(by.actor, row, event)
    _advance(row, event, told, by)


def advance_without_mandate(row: Listing, event: Event, told: Told, by: By) -> None:
    """Record what was decided elsewhere: by a list's source, or in a case of redress.

    For `importing` and `redress` alone: nobody is asked for a mandate.

    Raises:
        RefusedError: a rule stops it.
    """
    _advance(row, event, told, by)


def require(actor: Actor, row: Listing, event: Event) -> None:
    """Let pass who may do this.

    Raises:
        NotAllowedError: for anyone else.
    """
    is_office = step(event).who is Who.OFFICE and actor.may_decide
    if not (is_office or actor.may_list_for(row.authority_id)):
        raise NotAllowedError(event.value)


def lock(listing: int) -> Listing:
    """Return a listing, locked with all others of its organization.

    Raises:
        UnknownListingError: there is none of this number.
    """
    row = Listing.objects.filter(id=listing).first()
    if row is None:
        raise UnknownListingError(listing)
    _lock_all_of(row)
    row.refresh_from_db()
    return row


def _lock_all_of(row: Listing) -> None:
    """Two decisions about one organization come one after the other."""
    rows = Listing.objects.select_for_update().order_by("id")
    list(rows.filter(organization=row.organization_id))


def _advance(row: Listing, event: Event, told: Told, by: By) -> None:
    brought = texts.clean(told)
    if fault := texts.find_fault(brought):
        need, rule = fault
        raise RefusedError(rule, missing=(need,))
    around = surroundings.of(row, event, brought, at=by.at)
    after = _decide(row, Act(event, by.actor.account_id, day_of(by), brought), around)
    mapping.write(row, after, event, brought, by.at)
    row.save()
    seq = tell(row, event, brought, by)
    _keep_stay(row, event, by)
    _move_measures(row, event, seq, by)
    _give_way(row, by)


def _decide(row: Listing, act: Act, around: Around) -> advancing.Listing:
    after = advance(mapping.value(row), act, around)
    if isinstance(after, Refused):
        raise RefusedError(after.rule, missing=after.missing, rules=after.broken)
    return after


def tell(row: Listing, event: Event, told: Told, by: By) -> int:
    """Append an event to the ledger, keep it, queue its message; return its place."""
    said = {need.value: str(value) for need, value in told.items()}
    body: dict[str, object] = {
        "listing": row.id,
        "list": row.scheme,
        "kind": row.kind,
        "organization": row.uscc,
        "authority": row.authority_id,
        "state": row.state,
    }
    appended = ledger.append(
        kind=f"listing.{event.value.lower()}",
        subject=f"listing:{row.id}",
        actor=by.actor.account_id,
        body={**body, "told": said},
        at=by.at,
    )
    ListingEvent.objects.create(
        listing=row,
        event=event.value,
        on=Act(event, "", day_of(by), told).day(),
        told=canonical.text(said),
        actor=by.actor.account_id,
        recorded_at=by.at,
        ledger_seq=appended.seq,
    )
    outbox.queue(
        topic=TOPIC,
        subject=f"organization:{row.organization_id}",
        payload={**body, "event": event.value},
        ledger_seq=appended.seq,
        at=by.at,
    )
    return appended.seq


def _move_measures(row: Listing, event: Event, seq: int, by: By) -> None:
    effect = step(event).measures
    if effect is Measures.FIRE:
        _fire(row, event, seq, by)
    if effect is Measures.RECALL:
        measures.recall(
            cause=cause_of(row.id),
            reason=event.value,
            effective_on=row.ended_on or row.effective_on or day_of(by),
            ledger_seq=seq,
            actor=by.actor.account_id,
            at=by.at,
        )


def _fire(row: Listing, event: Event, seq: int, by: By) -> None:
    begins = row.effective_on if event is Event.LIFT_STAY else row.decided_on
    if begins is None or row.expires_on is None:
        raise RefusedError("REQUIRED")
    measures.fire(
        cause=cause_of(row.id),
        scheme=row.scheme,
        organization=row.organization_id,
        effective_on=begins,
        expires_on=row.expires_on,
        ledger_seq=seq,
        actor=by.actor.account_id,
        at=by.at,
    )


def cause_of(listing: int) -> Cause:
    """Return a listing as the measures know it."""
    return Cause(CAUSE, str(listing))


def _keep_stay(row: Listing, event: Event, by: By) -> None:
    if event is Event.STAY and row.effective_on:
        Stay.objects.create(
            listing=row, effective_on=row.effective_on, recorded_at=by.at
        )
    if event is Event.LIFT_STAY:
        Stay.objects.filter(listing=row, lifted_at=None).update(
            lifted_on=row.effective_on, lifted_at=by.at
        )


def _give_way(row: Listing, by: By) -> None:
    """End every recognition of an organization that has come on an exclusion."""
    if row.kind != ListKind.EXCLUSION or row.state != State.IN_FORCE:
        return
    recognized = Listing.objects.filter(
        organization=row.organization_id,
        kind=ListKind.RECOGNITION,
        state__in=EFFECTIVE,
    )
    for each in recognized.order_by("id"):
        days = (row.decided_on, each.decided_on, each.last_on)
        told: dict[Need, Value] = {
            Need.DOCUMENT: row.decision_no,
            Need.EFFECTIVE_ON: max(day for day in days if day is not None),
            Need.REASON: Guard.ON_AN_EXCLUSION.value,
        }
        _advance(each, Event.REVOKE, told, by)


def day_of(by: By) -> date:
    """Return the legal day of an act."""
    return timezone.localdate(by.at)
