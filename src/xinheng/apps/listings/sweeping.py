"""The sweep: closes the rows of listings whose term is over.

Such a listing is in force nowhere, swept or not; the sweep also recalls the measures.
It works in batches, each one transaction with one entry in the ledger, so a run that
broke off goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from xinheng.apps import bulk
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.listings.models import Listing, ListingEvent
from xinheng.apps.listings.operations import TOPIC, cause_of
from xinheng.apps.measures import operations as measures
from xinheng.apps.outbox import operations as outbox
from xinheng.core.listings.procedure import EFFECTIVE, Event, State
from xinheng.core.merkle import canonical

BATCH = 5_000
CLOCK = "clock"
SUBJECT = "listings"
_ON = '"on"'  # a word of SQL


def expire_due(*, at: datetime, batch: int = BATCH) -> int:
    """End every listing whose term is over, and return how many that were."""
    ended = 0
    while count := _expire(timezone.localdate(at), at, batch):
        ended += count
    return ended


@transaction.atomic
def _expire(on: date, at: datetime, batch: int) -> int:
    due = Listing.objects.select_for_update().filter(
        state__in=EFFECTIVE, expires_on__lte=on
    )
    rows = list(due.order_by("expires_on", "id").only("id", "expires_on")[:batch])
    if not rows:
        return 0
    ids = [row.id for row in rows]
    Listing.objects.filter(id__in=ids).update(
        state=State.EXPIRED, ended_on=F("expires_on"), ended_at=at
    )
    seq = _tell(ids, at)
    _keep_events(ids, seq)
    for day in sorted({row.expires_on for row in rows if row.expires_on}):
        _recall([row.id for row in rows if row.expires_on == day], day, seq, at)
    return len(rows)


def _tell(listings: Sequence[int], at: datetime) -> int:
    body = {"listings": list(listings), "state": State.EXPIRED.value}
    appended = ledger.append(
        kind="listing.expire", subject=SUBJECT, actor=CLOCK, body=body, at=at
    )
    outbox.queue(
        topic=TOPIC,
        subject=SUBJECT,
        payload={**body, "event": Event.EXPIRE.value},
        ledger_seq=appended.seq,
        at=at,
    )
    return appended.seq


def _keep_events(listings: Sequence[int], seq: int) -> None:
    """Keep the event of each, written by the database from the rows themselves."""
    places = ", ".join(["%s"] * len(listings))
    bulk.execute(
        f"INSERT INTO {ListingEvent._meta.db_table}"
        f" (listing_id, event, told, actor, ledger_seq, recorded_at, {_ON})"
        f" SELECT id, %s, %s, %s, %s, ended_at, expires_on"
        f" FROM {Listing._meta.db_table} WHERE id IN ({places})",
        [Event.EXPIRE.value, canonical.text({}), CLOCK, seq, *listings],
    )


def _recall(listings: Sequence[int], day: date, seq: int, at: datetime) -> None:
    measures.recall_many(
        causes=[cause_of(each) for each in listings],
        reason=Event.EXPIRE.value,
        effective_on=day,
        ledger_seq=seq,
        actor=CLOCK,
        at=at,
    )
