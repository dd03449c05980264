"""An organization's own listings, and how a case of redress ends one.

Whether a listing is disputed is asked of the open cases, like everywhere; what ends it
is an event of the procedure, with its entry, its recall of measures and its message.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.listings import operations
from xinheng.apps.listings.models import Listing
from xinheng.apps.listings.operations import By, UnknownListingError
from xinheng.apps.listings.public import LISTING, states_of
from xinheng.apps.listings.queries import in_force
from xinheng.core.disclosures.months import add_months
from xinheng.core.disclosures.visibility import VisibleState
from xinheng.core.listings.advancing import Value
from xinheng.core.listings.procedure import EFFECTIVE, Event, Need, State
from xinheng.core.listings.schemes import Scheme
from xinheng.rulebook import list_schemes

TARGET = LISTING


@dataclass(frozen=True, slots=True)
class HeldListing:
    """A listing in force, as the organization on it sees it: published or not.

    `state` says what the public sees of it. `removable_on` is the first day on which
    leaving early can be asked for, null where no text names one.
    """

    id: int
    scheme: Scheme
    organization: str
    unit: str
    unit_name: str
    unit_name_en: str
    basis: str
    facts: str
    decision_no: str
    decided_on: date
    expires_on: date
    removable_on: date | None
    state: VisibleState

    @property
    def target(self) -> str:
        """Its name as a thing that a case is about."""
        return str(self.id)

    @property
    def heading(self) -> str:
        """The list and the decision."""
        return f"{self.scheme.title} {self.decision_no}".strip()


def list_held(*, actor: Actor, organization: str, on: date) -> tuple[HeldListing, ...]:
    """Return the listings in force of an organization that the actor acts for."""
    if organization not in actor.organizations:
        return ()
    rows = in_force(on=on, organization=int(organization)).select_related("authority")
    ordered = rows.order_by("-decided_on", "-id")
    return tuple(_held(row, state) for row, state in states_of(ordered, on))


def get_held(*, actor: Actor, listing: int, on: date) -> HeldListing:
    """Return a listing in force of an organization that the actor acts for.

    Raises:
        UnknownListingError: there is none of this number in force, or it is another's.
    """
    own = [int(key) for key in actor.organizations]
    rows = in_force(on=on).filter(id=listing, organization__in=own)
    for row, state in states_of(rows.select_related("authority"), on):
        return _held(row, state)
    raise UnknownListingError(listing)


def end(
    *, listing: int, event: Event, document: str, reason: str, actor: str, at: datetime
) -> bool:
    """End a listing by the result of a case; False where it has ended already.

    Call it inside the transaction of the case. `event` is REPAIR or ANNUL.
    """
    row = operations.lock(listing)
    if State(row.state) not in EFFECTIVE:
        return False
    by = By(Actor(actor), at)
    told: dict[Need, Value] = {
        Need.DOCUMENT: document,
        Need.EFFECTIVE_ON: operations.day_of(by),
        Need.REASON: reason,
    }
    operations.advance_without_mandate(row, event, told, by)
    return True


def _held(row: Listing, state: VisibleState) -> HeldListing:
    if row.decided_on is None or row.expires_on is None:
        raise UnknownListingError(row.id)  # a constraint of the table forbids it
    scheme = list_schemes.scheme(row.scheme)
    months = scheme.early_removal_months
    return HeldListing(
        id=row.id,
        scheme=scheme,
        organization=str(row.organization_id),
        unit=row.authority_id,
        unit_name=row.authority.name,
        unit_name_en=row.authority.name_en,
        basis=row.basis,
        facts=row.facts,
        decision_no=row.decision_no,
        decided_on=row.decided_on,
        expires_on=row.expires_on,
        removable_on=add_months(row.decided_on, months) if months else None,
        state=state,
    )
