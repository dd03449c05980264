"""The sweep: closes the rows of listings whose term is over.

Such a listing is in force nowhere, swept or not; the sweep also recalls the measures.
It works in batches, each one transaction with one entry in the ledger, so a run that
broke off goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

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
    days = sorted({row.expires_on for row in rows if row.expires_on})
    for day in days:
        of_day = [row.id for row in rows if row.expires_on == day]
        Listing.objects.filter(id__in=of_day).update(
            state=State.EXPIRED, ended_on=day, ended_at=at
        )
    seq = _tell([row.id for row in rows], at)
    _keep_events(rows, seq, at)
    for day in days:
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


def _keep_events(rows: Sequence[Listing], seq: int, at: datetime) -> None:
    nothing = canonical.text({})
    ListingEvent.objects.bulk_create(
        [
            ListingEvent(
                listing=row,
                event=Event.EXPIRE.value,
                on=row.expires_on,
                told=nothing,
                actor=CLOCK,
                recorded_at=at,
                ledger_seq=seq,
            )
            for row in rows
        ],
        batch_size=1_000,
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
