"""Reading listings: what is in force, as it was known, and what an office has to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.listings import mapping
from xinheng.apps.listings.models import Document, Listing, ListingEvent, Stay
from xinheng.core.disclosures import names
from xinheng.core.listings import advancing
from xinheng.core.listings.procedure import (
    EFFECTIVE,
    ENDS,
    OPEN,
    Event,
    State,
    Who,
    events_from,
    step,
)
from xinheng.core.listings.schemes import ListKind, Scheme
from xinheng.core.paging import Page, clamp
from xinheng.rulebook import list_schemes

PAGE_SIZE = 20
# What the overview can be narrowed to.
STAGES: Mapping[str, tuple[State, ...]] = {
    "open": OPEN,
    "imported": (State.IMPORTED,),
    "in-force": EFFECTIVE,
    "ended": (*ENDS, State.DROPPED),
}


class UnknownListingError(LookupError):
    """The actor sees no listing of this number."""


@dataclass(frozen=True, slots=True)
class EventView:
    """An event with what it brought, by the names of `procedure.Need`."""

    event: Event
    on: date | None
    told: Mapping[str, str]
    actor: str
    recorded_at: datetime
    ledger_seq: int


@dataclass(frozen=True, slots=True)
class ListingView:
    """A listing as an office sees it; `row` columns under their own names.

    `is_in_force` is worked out from the dates. `name` is null where only the code may
    be shown.
    """

    id: int
    scheme: Scheme
    kind: ListKind
    organization: int
    uscc: str
    name: str | None
    authority: str
    authority_name: str
    authority_name_en: str
    state: State
    basis: str
    facts: str
    proposed_by: str
    proposed_at: datetime
    notice_served_on: date | None
    window_closes_on: date | None
    hearing_until: date | None
    decision_no: str
    decided_by: str
    decided_on: date | None
    expires_on: date | None
    published_on: date | None
    ended_on: date | None
    document: str
    reason: str
    is_stayed: bool
    is_disputed: bool
    is_in_force: bool
    origin: str
    lacks: tuple[str, ...]


def visible_to(actor: Actor) -> QuerySet[Listing]:
    """Return the listings that an actor may see: its authority's, or all."""
    rows = Listing.objects.select_related("authority")
    if actor.sees_all_units:
        return rows
    return rows.filter(authority__in=actor.lists_for)


def list_listings(
    *, actor: Actor, stage: str, on: date, page: int = 1
) -> Page[ListingView]:
    """Return the listings of a stage, the one with the nearest clock first."""
    number, rows = clamp(page), visible_to(actor)
    rows = rows.filter(state__in=STAGES.get(stage, OPEN))
    order = "expires_on" if stage == "in-force" else "window_closes_on"
    window = rows.order_by(order, "id")[(number - 1) * PAGE_SIZE :][:PAGE_SIZE]
    views = tuple(view(row, on=on) for row in window)
    return Page(views, number, PAGE_SIZE, rows.count())


def count_by_stage(actor: Actor) -> dict[str, int]:
    """Return how many listings stand in each stage."""
    rows = visible_to(actor)
    return {
        stage: rows.filter(state__in=states).count() for stage, states in STAGES.items()
    }


@dataclass(frozen=True, slots=True)
class Clocks:
    """How the clocks of listings stand on a day.

    `closing` windows close within the days that were asked about, `closed` ones are
    over and wait for a decision; `expiring` listings end within these days.
    """

    closing: int
    closed: int
    expiring: int


def count_clocks(*, actor: Actor, on: date, days: int) -> Clocks:
    """Return how the clocks of the listings stand that the actor may see."""
    rows, until = visible_to(actor), on + timedelta(days=days)
    waiting = rows.filter(state__in=OPEN)
    effective = rows.filter(state__in=EFFECTIVE)
    return Clocks(
        closing=waiting.filter(
            window_closes_on__gte=on, window_closes_on__lte=until
        ).count(),
        closed=waiting.filter(window_closes_on__lt=on).count(),
        expiring=effective.filter(expires_on__gt=on, expires_on__lte=until).count(),
    )


def get_listing(*, actor: Actor, listing: int, on: date) -> ListingView:
    """Return a listing.

    Raises:
        UnknownListingError: where the actor sees none of this number.
    """
    row = visible_to(actor).filter(id=listing).first()
    if row is None:
        raise UnknownListingError(listing)
    return view(row, on=on)


def list_events(*, listing: int) -> tuple[EventView, ...]:
    """Return what happened to a listing, in the order of the ledger."""
    rows = ListingEvent.objects.filter(listing=listing).order_by("ledger_seq", "id")
    return tuple(_event(row) for row in rows)


def list_documents(*, listing: int) -> tuple[tuple[str, str, datetime], ...]:
    """Return kind, digest and moment of each document that was issued."""
    rows = Document.objects.filter(listing=listing).order_by("id")
    return tuple(rows.values_list("kind", "sha256", "issued_at"))


def events_open_to(actor: Actor, item: ListingView) -> tuple[Event, ...]:
    """Return what an actor may record about a listing now, in the table's order."""
    return tuple(
        event
        for event in events_from(item.state)
        if _may(actor, item, event) and _fits(item, event)
    )


def in_force(
    *,
    on: date,
    known_at: datetime | None = None,
    organization: int | None = None,
) -> QuerySet[Listing]:
    """Return the listings in force on a day, as the register knew at a moment.

    `known_at` null means as it knows now. For the other modules of this app.
    """
    rows = Listing.objects.filter(
        decided_on__lte=on, expires_on__gt=on, erased_at__isnull=True
    )
    rows = rows.exclude(decided_by="")
    if organization is not None:
        rows = rows.filter(organization=organization)
    if known_at is None:
        not_ended = Q(ended_on__isnull=True) | Q(ended_on__gt=on)
        rows = rows.filter(not_ended, state__in=[*EFFECTIVE, *ENDS])
        return rows.filter(~Exists(_stays(on)))
    ended_later = Q(ended_at__isnull=True) | Q(ended_at__gt=known_at)
    rows = rows.filter(ended_later | Q(ended_on__gt=on), decided_at__lte=known_at)
    return rows.filter(~Exists(_stays(on, known_at)))


def list_in_force(
    *, organization: int, on: date, known_at: datetime | None = None
) -> tuple[ListingView, ...]:
    """Return what lists an organization is on, the latest decision first."""
    rows = in_force(on=on, known_at=known_at, organization=organization)
    ordered = rows.select_related("authority").order_by("-decided_on", "-id")
    return tuple(view(row, on=on) for row in ordered)


def _stays(on: date, known_at: datetime | None = None) -> QuerySet[Stay]:
    stays = Stay.objects.filter(listing=OuterRef("pk"), effective_on__lte=on)
    running = Q(lifted_on__isnull=True) | Q(lifted_on__gt=on)
    if known_at is None:
        return stays.filter(running)
    return stays.filter(running | Q(lifted_at__gt=known_at), recorded_at__lte=known_at)


def _may(actor: Actor, item: ListingView, event: Event) -> bool:
    who, is_authority = step(event).who, actor.may_list_for(item.authority)
    if who is Who.CLOCK:
        return False
    if who is Who.OTHER:
        return is_authority and actor.account_id != item.proposed_by
    return is_authority or (who is Who.OFFICE and actor.may_decide)


def _fits(item: ListingView, event: Event) -> bool:
    """Tell whether the side states let the event happen."""
    return {
        Event.STAY: not item.is_stayed,
        Event.LIFT_STAY: item.is_stayed,
        Event.DISPUTE: not item.is_disputed,
        Event.SETTLE: item.is_disputed,
        Event.ACCEPT: not item.lacks,
    }.get(event, True)


def _event(row: ListingEvent) -> EventView:
    return EventView(
        event=Event(row.event),
        on=row.on,
        told=json.loads(row.told),
        actor=row.actor,
        recorded_at=row.recorded_at,
        ledger_seq=row.ledger_seq,
    )


def view(row: Listing, *, on: date) -> ListingView:
    """Return the plain value of a row, as of a day."""
    return ListingView(
        id=row.id,
        scheme=list_schemes.scheme(row.scheme),
        kind=ListKind(row.kind),
        organization=row.organization_id,
        uscc=row.uscc,
        name=names.public_name(row.name, is_sole_proprietor=False),
        authority=row.authority_id,
        authority_name=row.authority.name,
        authority_name_en=row.authority.name_en,
        state=State(row.state),
        basis=row.basis,
        facts=row.facts,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        notice_served_on=row.notice_served_on,
        window_closes_on=row.window_closes_on,
        hearing_until=row.hearing_until,
        decision_no=row.decision_no,
        decided_by=row.decided_by,
        decided_on=row.decided_on,
        expires_on=row.expires_on,
        published_on=row.published_on,
        ended_on=row.ended_on,
        document=row.document,
        reason=row.reason,
        is_stayed=row.is_stayed,
        is_disputed=row.is_disputed,
        is_in_force=_is_in_force(row, on),
        origin=row.origin,
        lacks=tuple(row.lacks),
    )


def _is_in_force(row: Listing, on: date) -> bool:
    return advancing.is_in_force(mapping.value(row), on)
