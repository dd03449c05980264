"""Queue what has to leave, hand it to workers, and take their word on how it went.

    queue -> PENDING -> claim_due -> delivered -> DELIVERED
                ^           |
                +-- failed -+-- too often --> DEAD -- requeue --> PENDING

A delivery that a worker took and never reported on becomes due again when its lease
runs out, so it arrives at least once; its key lets the receiver drop the second copy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from xinheng.apps.outbox import models, queries, retries
from xinheng.apps.outbox.queries import DeliveryView, UnknownDeliveryError
from xinheng.core.merkle import canonical

HOUSE = ""
NEVER_REPORTED = "the worker stopped before it reported"
LONGEST_ERROR = 500
BATCH = 500

State = models.Delivery.State


class NotInTransactionError(RuntimeError):
    """The caller has no open transaction, so its act and the message could part."""

    def __init__(self) -> None:
        super().__init__("queue inside transaction.atomic(), after the ledger entry")


class NotDeadError(RuntimeError):
    """Only a delivery that was given up can be queued again."""

    def __init__(self, key: str) -> None:
        super().__init__(f"delivery {key} was not given up")
        self.key = key


def queue(
    *,
    topic: str,
    subject: str,
    payload: Mapping[str, object],
    ledger_seq: int,
    at: datetime,
) -> str:
    """Queue a message of the act that stands at `ledger_seq`, and return its key.

    Call it after the act's ledger entry and in the same transaction: the lock on the
    ledger's head is what puts the messages of one subject in the order of the acts. The
    same message of the same act is queued once.

    Raises:
        NotInTransactionError: outside a transaction.
        TypeError: where the payload has no canonical form (floats, dates, ...).
        ValueError: the same.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransactionError
    text = canonical.text(payload)
    key = _key(topic, subject, text, ledger_seq)
    if not models.Delivery.objects.filter(key=key).exists():
        models.Delivery.objects.create(
            key=key,
            target=HOUSE,
            topic=topic,
            subject=subject,
            subject_position=_next_position(HOUSE, subject),
            payload=text,
            ledger_seq=ledger_seq,
            next_attempt_at=at,
            created_at=at,
        )
    return key


@dataclass(frozen=True, slots=True)
class Message:
    """What is to leave about a subject."""

    topic: str
    subject: str
    payload: Mapping[str, object]


def queue_many(
    *, messages: Sequence[Message], ledger_seq: int, at: datetime
) -> tuple[str, ...]:
    """Queue many messages of one act at once, see `queue`, and return their keys.

    They must not have been queued before; those of one subject leave in their order.

    Raises:
        NotInTransactionError: outside a transaction.
        TypeError: where a payload has no canonical form (floats, dates, ...).
        ValueError: the same.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransactionError
    keys: list[str] = []
    for begin in range(0, len(messages), BATCH):
        rows = list(_rows(messages[begin : begin + BATCH], ledger_seq, at))
        models.Delivery.objects.bulk_create(rows)
        keys += [row.key for row in rows]
    return tuple(keys)


def _rows(
    messages: Sequence[Message], ledger_seq: int, at: datetime
) -> Iterator[models.Delivery]:
    subjects = {each.subject for each in messages}
    queued = models.Delivery.objects.filter(target=HOUSE, subject__in=subjects)
    last = queued.values_list("subject").annotate(Max("subject_position"))
    following = {subject: position + 1 for subject, position in last}
    for message in messages:
        text = canonical.text(message.payload)
        position = following.get(message.subject, 0)
        following[message.subject] = position + 1
        yield models.Delivery(
            key=_key(message.topic, message.subject, text, ledger_seq),
            target=HOUSE,
            topic=message.topic,
            subject=message.subject,
            subject_position=position,
            payload=text,
            ledger_seq=ledger_seq,
            next_attempt_at=at,
            created_at=at,
        )


@transaction.atomic
def claim_due(
    *,
    worker: str,
    at: datetime,
    lease_seconds: int = 60,
    limit: int = 100,
    target: str = HOUSE,
) -> tuple[DeliveryView, ...]:
    """Lease what is due to a worker, oldest first, at most one for each subject.

    A subject's next delivery waits until the one before it is delivered or given up. No
    two workers hold the same delivery while its lease runs.
    """
    _bury_abandoned(at)
    due = list(_due(at, target).order_by("id")[:limit])
    for row in due:
        row.attempts += 1
        row.leased_by = worker
        row.leased_until = at + timedelta(seconds=lease_seconds)
    models.Delivery.objects.bulk_update(due, ["attempts", "leased_by", "leased_until"])
    return tuple(queries.view(row) for row in due)


@transaction.atomic
def delivered(*, key: str, at: datetime) -> None:
    """Record that a delivery arrived; a second report changes nothing.

    Raises:
        UnknownDeliveryError: where there is none with this key.
    """
    row = _lock(key)
    if row.state == State.DELIVERED:
        return
    row.state = State.DELIVERED
    row.delivered_at = at
    row.last_error = ""
    _release(row)


@transaction.atomic
def failed(*, key: str, worker: str, at: datetime, reason: str) -> None:
    """Record that a worker could not deliver: it is tried again later, or given up.

    A worker whose lease ran out meanwhile is not heard. `reason` is shown to operators
    and holds nothing of the payload.

    Raises:
        UnknownDeliveryError: where there is none with this key.
    """
    row = _lock(key)
    if row.state != State.PENDING or row.leased_by != worker:
        return
    row.last_error = reason[:LONGEST_ERROR]
    if retries.is_exhausted(row.attempts):
        row.state = State.DEAD
    else:
        row.next_attempt_at = at + retries.wait(row.attempts)
    _release(row)


@transaction.atomic
def requeue(*, key: str, at: datetime) -> None:
    """Try a delivery that was given up again, before what waits behind it.

    Raises:
        NotDeadError: where it was not given up.
        UnknownDeliveryError: where there is none with this key.
    """
    row = _lock(key)
    if row.state != State.DEAD:
        raise NotDeadError(key)
    row.state = State.PENDING
    row.attempts = 0
    row.next_attempt_at = at
    _release(row)


@transaction.atomic
def subscribe(
    *, name: str, kind: str, address: str, topic: str, unit: str, at: datetime
) -> None:
    """Enter a subscription, or replace the one of this name.

    Raises:
        ValueError: where `kind` is none that the house delivers to.
    """
    told = {
        "kind": models.Subscription.Kind(kind),
        "address": address,
        "topic": topic,
        "unit": unit,
        "ended_at": None,
    }
    models.Subscription.objects.update_or_create(
        name=name, defaults=told, create_defaults=told | {"created_at": at}
    )


@transaction.atomic
def unsubscribe(*, name: str, at: datetime) -> None:
    """End a subscription; what is queued for it already still leaves."""
    models.Subscription.objects.filter(name=name, ended_at=None).update(ended_at=at)


@transaction.atomic
def fan_out(*, key: str, at: datetime) -> int:
    """Queue a message of the house for each subscription that asked for its topic.

    The message itself is delivered by that. Returns the number of new deliveries: none
    when it is called again.

    Raises:
        UnknownDeliveryError: where there is no message with this key.
    """
    message = _lock(key)
    before = models.Delivery.objects.count()
    for subscription in queries.list_subscriptions():
        if _concerns(message, subscription):
            _copy(message, subscription.name, at)
    delivered(key=key, at=at)
    return models.Delivery.objects.count() - before


def _concerns(message: models.Delivery, subscription: queries.SubscriptionView) -> bool:
    """Tell whether a subscriber asked for a message and may have it.

    A message that names `units` goes to no other unit's subscription.
    """
    if not subscription.matches(message.topic):
        return False
    units = json.loads(message.payload).get("units")
    return not subscription.unit or units is None or subscription.unit in units


def _copy(message: models.Delivery, target: str, at: datetime) -> None:
    models.Delivery.objects.get_or_create(
        key=f"{message.key}:{target}",
        defaults={
            "target": target,
            "topic": message.topic,
            "subject": message.subject,
            "subject_position": message.subject_position,
            "payload": message.payload,
            "ledger_seq": message.ledger_seq,
            "next_attempt_at": at,
            "created_at": at,
        },
    )


def _key(topic: str, subject: str, payload: str, ledger_seq: int) -> str:
    parts = {
        "ledger_seq": ledger_seq,
        "payload": payload,
        "subject": subject,
        "topic": topic,
    }
    return sha256(canonical.encode(parts)).hexdigest()


def _next_position(target: str, subject: str) -> int:
    queued = models.Delivery.objects.filter(target=target, subject=subject)
    last = queued.aggregate(last=Max("subject_position"))["last"]
    return 0 if last is None else last + 1


def _due(at: datetime, target: str) -> QuerySet[models.Delivery]:
    pending = models.Delivery.objects.filter(state=State.PENDING)
    ahead = pending.filter(
        target=OuterRef("target"),
        subject=OuterRef("subject"),
        subject_position__lt=OuterRef("subject_position"),
    )
    free = Q(leased_until=None) | Q(leased_until__lte=at)
    due = pending.filter(free, target=target, next_attempt_at__lte=at)
    return due.filter(~Exists(ahead)).select_for_update(skip_locked=_can_skip())


def _can_skip() -> bool:
    # SQLite has no row locks: there a transaction has the whole database for itself.
    return bool(transaction.get_connection().features.has_select_for_update_skip_locked)


def _bury_abandoned(at: datetime) -> None:
    """Give up what has been taken for the last time and was never reported on."""
    models.Delivery.objects.filter(
        state=State.PENDING,
        leased_until__lte=at,
        attempts__gte=retries.MOST_ATTEMPTS,
    ).update(
        state=State.DEAD, leased_by="", leased_until=None, last_error=NEVER_REPORTED
    )


def _lock(key: str) -> models.Delivery:
    row = models.Delivery.objects.select_for_update().filter(key=key).first()
    if row is None:
        raise UnknownDeliveryError(key)
    return row


def _release(row: models.Delivery) -> None:
    row.leased_by = ""
    row.leased_until = None
    row.save()
