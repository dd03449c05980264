"""Read the outbox: what waits, what was given up, who subscribes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q

from xinheng.apps.outbox import models
from xinheng.core.paging import Page


class UnknownDeliveryError(LookupError):
    """The outbox has no delivery with this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the outbox has no delivery {key}")
        self.key = key


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A delivery; `target` is empty for the house itself."""

    key: str
    target: str
    topic: str
    subject: str
    subject_position: int
    payload: Mapping[str, object]
    ledger_seq: int
    state: str
    attempts: int
    next_attempt_at: datetime
    last_error: str
    created_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """A subscription in force."""

    name: str
    kind: str
    address: str
    topic: str
    unit: str

    def matches(self, topic: str) -> bool:
        """Return whether this topic is one that the subscriber asked for."""
        if self.topic.endswith(".") or not self.topic:
            return topic.startswith(self.topic)
        return topic == self.topic


def get_delivery(key: str) -> DeliveryView:
    """Return a delivery.

    Raises:
        UnknownDeliveryError: where there is none.
    """
    row = models.Delivery.objects.filter(key=key).first()
    if row is None:
        raise UnknownDeliveryError(key)
    return view(row)


def list_dead(*, page: int = 1, size: int = 50) -> Page[DeliveryView]:
    """Return the deliveries that were given up, oldest first."""
    dead = models.Delivery.objects.filter(state=models.Delivery.State.DEAD)
    begin = (page - 1) * size
    rows = dead.order_by("id")[begin : begin + size]
    return Page(tuple(view(row) for row in rows), page, size, dead.count())


def count_by_state() -> dict[str, int]:
    """Return how many deliveries are in each state, zeros included."""
    counted = models.Delivery.objects.values_list("state").annotate(Count("id"))
    return {str(state): 0 for state in models.Delivery.State} | dict(counted)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What should have left: how many, since when the oldest, and broken leases.

    `oldest_due_at` is null where nothing is due. An expired lease is a worker's that
    took a message and never reported.
    """

    due: int
    dead: int
    oldest_due_at: datetime | None
    expired_leases: int


def backlog(*, at: datetime) -> Backlog:
    """Return what is due by now, of every target."""
    pending = models.Delivery.objects.filter(state=models.Delivery.State.PENDING)
    found = pending.filter(next_attempt_at__lte=at).aggregate(
        due=Count("id"),
        oldest=Min("next_attempt_at"),
        expired=Count("id", filter=Q(leased_until__lte=at)),
    )
    dead = models.Delivery.objects.filter(state=models.Delivery.State.DEAD)
    return Backlog(found["due"], dead.count(), found["oldest"], found["expired"])


def is_any_due(*, target: str, at: datetime) -> bool:
    """Tell whether a worker would find anything of the target's to take.

    A look that locks nothing, for workers that mostly find nothing.
    """
    free = Q(leased_until=None) | Q(leased_until__lte=at)
    pending = models.Delivery.objects.filter(
        free, target=target, state=models.Delivery.State.PENDING
    )
    ahead = models.Delivery.objects.filter(
        target=target,
        state=models.Delivery.State.PENDING,
        subject=OuterRef("subject"),
        subject_position__lt=OuterRef("subject_position"),
    )
    return pending.filter(~Exists(ahead), next_attempt_at__lte=at).exists()


def list_subscriptions() -> tuple[SubscriptionView, ...]:
    """Return the subscriptions in force, by name."""
    rows = models.Subscription.objects.filter(ended_at=None).order_by("name")
    return tuple(
        SubscriptionView(row.name, row.kind, row.address, row.topic, row.unit)
        for row in rows
    )


def view(row: models.Delivery) -> DeliveryView:
    """Return a delivery's row as a plain value."""
    return DeliveryView(
        key=row.key,
        target=row.target,
        topic=row.topic,
        subject=row.subject,
        subject_position=row.subject_position,
        payload=json.loads(row.payload),
        ledger_seq=row.ledger_seq,
        state=row.state,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        last_error=row.last_error,
        created_at=row.created_at,
        delivered_at=row.delivered_at,
    )
