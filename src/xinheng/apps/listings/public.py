"""What the public may see of lists: what `core.disclosures.visibility` lets pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from xinheng.apps.cases import queries as cases
from xinheng.apps.law import queries as law
from xinheng.apps.listings.models import Listing, ListingEvent
from xinheng.apps.listings.queries import in_force
from xinheng.core.catalog.datasets import DisclosureClass
from xinheng.core.disclosures import names
from xinheng.core.disclosures.facts import Cause, End, Fact, Kind
from xinheng.core.disclosures.visibility import Audience, VisibleState, visible_state
from xinheng.core.listings.procedure import Event, State
from xinheng.core.listings.schemes import ADVERSE, ListKind, Scheme
from xinheng.core.paging import Page, clamp
from xinheng.core.two_times import AsOf
from xinheng.rulebook import list_schemes, periods

PAGE_SIZE = 20
LISTING = cases.LISTING
_CAUSES = {
    State.REPAIRED: Cause.REPAIRED,
    State.ANNULLED: Cause.ANNULLED,
}


@dataclass(frozen=True, slots=True)
class PublicListing:
    """A listing as the public may see it; the way out stands in `scheme`.

    `name` is null where only the code may be shown.
    """

    scheme: Scheme
    uscc: str
    name: str | None
    authority: str
    authority_en: str
    basis: str
    decision_no: str
    decided_on: date
    expires_on: date
    is_disputed: bool


def list_public(
    *, on: date, scheme: str = "", page: int = 1, asked: AsOf | None = None
) -> Page[PublicListing]:
    """Return the published listings in force on a day, the latest decision first.

    `on` is today: where something else is `asked`, what stood then and may be shown
    today is returned.
    """
    number, rows = clamp(page), _published(on, asked)
    if scheme:
        rows = rows.filter(scheme=scheme)
    ordered = rows.order_by("-decided_on", "-id")
    window = ordered[(number - 1) * PAGE_SIZE :][:PAGE_SIZE]
    seen = tuple(_visible(window, on, known_at=_known_at(asked)))
    return Page(seen, number, PAGE_SIZE, rows.count())


def count_by_scheme(*, on: date, asked: AsOf | None = None) -> dict[str, int]:
    """Return how many published listings are in force on a day, by list."""
    rows = _published(on, asked).order_by().values_list("scheme", flat=True)
    names_of = list(rows)
    return {name: names_of.count(name) for name in sorted(set(names_of))}


def public_of(
    *,
    organization: int,
    on: date,
    asked: AsOf | None = None,
    is_adopted: bool | None = None,
) -> tuple[PublicListing, ...]:
    """Return the published listings of an organization in force on a day.

    `is_adopted` null asks whether the rulebook is adopted.
    """
    rows = _published(on, asked, is_adopted).filter(organization=organization)
    ordered = rows.order_by("-decided_on", "-id")
    known_at = _known_at(asked)
    return tuple(_visible(ordered, on, known_at=known_at, is_adopted=is_adopted))


def held_of(
    *, organization: int, on: date, known_at: datetime | None = None
) -> tuple[PublicListing, ...]:
    """Return the listings in force of an organization, published or not: its own.

    `known_at` null means as known now.
    """
    rows = in_force(on=on, known_at=known_at).filter(organization=organization)
    ordered = rows.select_related("authority").order_by("-decided_on", "-id")
    return tuple(_visible(ordered, on, Audience.OWN, known_at=known_at))


def _known_at(asked: AsOf | None) -> datetime | None:
    return asked.known_at if asked else None


def fact(row: Listing, *, has_objection: bool) -> Fact:
    """Return what is known of a listing that showing it depends on.

    It is disputed where the authority said so, and while an objection to it is open.
    """
    is_published = row.published_on is not None
    cause = _CAUSES.get(State(row.state), Cause.REMOVED)
    return Fact(
        disclosure=DisclosureClass.PUBLIC if is_published else DisclosureClass.INTERNAL,
        kind=Kind.EXCLUSION if row.kind in ADVERSE else Kind.RECOGNITION,
        adverse=row.kind in ADVERSE,
        decided_on=row.decided_on,
        published_on=row.published_on,
        is_sole_proprietor=row.uscc.startswith(names.SOLE_PROPRIETOR_PREFIX),
        own_until=row.expires_on,
        ends=(End(cause, row.ended_on),) if row.ended_on else (),
        is_withheld=row.is_stayed,
        is_disputed=row.is_disputed or has_objection,
    )


def states_of(
    rows: Iterable[Listing],
    on: date,
    audience: Audience = Audience.PUBLIC,
    *,
    known_at: datetime | None = None,
    is_adopted: bool | None = None,
) -> list[tuple[Listing, VisibleState]]:
    """Return for each listing whether an audience may see it on a day, and why not.

    `known_at` null means as known now; `is_adopted` null asks whether the rulebook is.
    """
    found = list(rows)
    in_effect = law.is_adopted(on=on) if is_adopted is None else is_adopted
    marked = cases.marked(
        target_kind=LISTING, targets=[str(row.id) for row in found], known_at=known_at
    )
    return [
        (
            row,
            visible_state(
                fact(row, has_objection=str(row.id) in marked),
                rules=periods.rules().periods,
                is_adopted=in_effect,
                on=on,
                audience=audience,
            ),
        )
        for row in found
    ]


def _published(
    on: date, asked: AsOf | None = None, is_adopted: bool | None = None
) -> QuerySet[Listing]:
    """Narrow to what can be public at all, so that pages and counts agree with it."""
    rows = in_force(on=on).filter(published_on__isnull=False)
    if asked is not None:
        then = in_force(on=asked.on, known_at=asked.known_at)
        published = ListingEvent.objects.filter(
            listing=OuterRef("pk"),
            event=Event.PUBLISH,
            ledger_seq__lt=asked.ledger_size,
        )
        rows = rows.filter(Exists(published), id__in=then.values("id"))
        rows = rows.filter(published_on__lte=asked.on)
    if not (law.is_adopted(on=on) if is_adopted is None else is_adopted):
        rows = rows.filter(kind=ListKind.RECOGNITION)
    return rows.select_related("authority")


def _visible(
    rows: Iterable[Listing],
    on: date,
    audience: Audience = Audience.PUBLIC,
    *,
    known_at: datetime | None,
    is_adopted: bool | None = None,
) -> Iterator[PublicListing]:
    states = states_of(rows, on, audience, known_at=known_at, is_adopted=is_adopted)
    for row, state in states:
        if state.public and row.decided_on and row.expires_on:
            yield PublicListing(
                scheme=list_schemes.scheme(row.scheme),
                uscc=row.uscc,
                name=names.public_name(row.name, is_sole_proprietor=False),
                authority=row.authority.name,
                authority_en=row.authority.name_en,
                basis=row.basis,
                decision_no=row.decision_no,
                decided_on=row.decided_on,
                expires_on=row.expires_on,
                is_disputed=state.is_disputed,
            )
