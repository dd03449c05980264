"""Webhooks: signed messages to the machines of units (Standard Webhooks).

    message of the house -> fan_out -> one delivery per subscription -> POST, signed

A delivery is tried until it arrives or is given up after some 46 hours; meanwhile those
behind it about the same organization wait, so they arrive in their order. `webhook-id`
is the delivery's key: the same message may come twice and can be told by it.

The secret of a subscription is worked out from the server's secret key and stored
nowhere. Where that key has changed, messages bear a second signature by the former one.

Before each message the name is resolved, and the connection goes to the very address
that was examined. Redirects are not followed.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx
import structlog
from django.conf import settings
from django.utils.crypto import salted_hmac
from standardwebhooks.webhooks import Webhook

from xinheng.apps.outbox import operations, queries
from xinheng.apps.outbox.queries import DeliveryView, SubscriptionView
from xinheng.core.webhooks import addresses
from xinheng.core.webhooks.addresses import Fault, Network, Target

logger = structlog.get_logger("xinheng.webhooks")
KIND = "WEBHOOK"
TIMEOUT_SECONDS = 10.0
LEASE_SECONDS = 60
AT_ONCE = 20
DELIVERED = range(200, 300)
SECRET_PREFIX = "whsec_"  # noqa: S105  (what the standard puts before every secret)

Resolve = Callable[[str, int], Sequence[str]]


class WebhookRefusedError(ValueError):
    """The address can't be that of a webhook; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class NotDeliveredError(RuntimeError):
    """The receiver did not take a message; the text holds nothing of it."""


@dataclass(frozen=True, slots=True)
class Sender:
    """How messages go out: by which client, and how names become addresses."""

    client: httpx.Client
    resolve: Resolve


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses behind a name, none where it leads nowhere."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        return []
    return [str(each[4][0]) for each in found]


def new_sender() -> Sender:
    """Return what sends over the network; close its client afterwards."""
    client = httpx.Client(
        timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False
    )
    return Sender(client, resolve)


def examine(url: str, *, resolve: Resolve = resolve) -> tuple[Target, str]:
    """Return the parts of a URL and the address to connect to.

    Raises:
        WebhookRefusedError: where it is no URL of a webhook, or leads inside.
    """
    target = addresses.parse(url)
    if isinstance(target, Fault):
        raise WebhookRefusedError(target)
    found = resolve(target.host, target.port)
    fault = addresses.find_fault(target, found, allowed=_allowed())
    if fault is not None:
        raise WebhookRefusedError(fault)
    return target, found[0]


def subscribe(
    *,
    name: str,
    unit: str,
    url: str,
    topic: str,
    at: datetime,
    resolve: Resolve = resolve,
) -> str:
    """Enter a unit's webhook, or change its address, and return its secret.

    Raises:
        WebhookRefusedError: where the address is refused.
    """
    examine(url, resolve=resolve)
    operations.subscribe(
        name=name, kind=KIND, address=url, topic=topic, unit=unit, at=at
    )
    return secrets_of(name)[0]


def secrets_of(name: str) -> tuple[str, ...]:
    """Return the secret of a subscription, then those by former secret keys."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return tuple(
        SECRET_PREFIX + base64.b64encode(_derived(name, key)).decode() for key in keys
    )


def _derived(name: str, key: str | bytes) -> bytes:
    return salted_hmac("xinheng.webhook", name, secret=key, algorithm="sha256").digest()


def work_off(*, worker: str, at: datetime, sender: Sender) -> int:
    """Send what is due to every webhook and return how many arrived."""
    return sum(
        _send_due(each, worker=worker, at=at, sender=sender)
        for each in queries.list_subscriptions()
        if each.kind == KIND
    )


def _send_due(
    subscription: SubscriptionView, *, worker: str, at: datetime, sender: Sender
) -> int:
    arrived = 0
    while queries.is_any_due(target=subscription.name, at=at):
        due = operations.claim_due(
            worker=worker,
            at=at,
            target=subscription.name,
            lease_seconds=LEASE_SECONDS,
            limit=AT_ONCE,
        )
        if not due:
            break
        for delivery in due:
            arrived += _try(subscription, delivery, worker=worker, at=at, sender=sender)
    return arrived


def _try(
    subscription: SubscriptionView,
    delivery: DeliveryView,
    *,
    worker: str,
    at: datetime,
    sender: Sender,
) -> bool:
    try:
        send(subscription, delivery, at=at, sender=sender)
    except (NotDeliveredError, WebhookRefusedError) as failure:
        logger.warning("webhook.failed", webhook=subscription.name, why=str(failure))
        operations.failed(key=delivery.key, worker=worker, at=at, reason=str(failure))
        return False
    operations.delivered(key=delivery.key, at=at)
    return True


def send(
    subscription: SubscriptionView,
    delivery: DeliveryView,
    *,
    at: datetime,
    sender: Sender,
) -> None:
    """Send one message.

    Raises:
        NotDeliveredError: the receiver did not answer, or not with 2xx.
        WebhookRefusedError: its address leads inside by now.
    """
    target, address = examine(subscription.address, resolve=sender.resolve)
    body = json.dumps(message(subscription, delivery), ensure_ascii=False)
    url = httpx.URL(subscription.address)
    headers = {
        "content-type": "application/json",
        "host": url.netloc.decode(),
        **signed(subscription.name, delivery.key, body, at=at),
    }
    try:
        answer = sender.client.post(
            url.copy_with(host=address),
            content=body.encode(),
            headers=headers,
            extensions={"sni_hostname": target.host},
        )
    except httpx.HTTPError as failure:
        raise NotDeliveredError(type(failure).__name__) from None
    if answer.status_code not in DELIVERED:
        raise NotDeliveredError(f"HTTP {answer.status_code}")


def message(
    subscription: SubscriptionView, delivery: DeliveryView
) -> Mapping[str, object]:
    """Return what the receiver reads; a unit sees its own tasks only."""
    payload = dict(delivery.payload)
    tasks = payload.get("tasks")
    if subscription.unit and isinstance(tasks, list):
        payload["tasks"] = [
            each for each in tasks if each.get("unit") == subscription.unit
        ]
        payload["units"] = [subscription.unit]
        payload.pop("measures", None)
    return {
        "type": delivery.topic,
        "timestamp": delivery.created_at.isoformat(),
        "subject": delivery.subject,
        "position": delivery.subject_position,
        "ledger_seq": delivery.ledger_seq,
        "data": payload,
    }


def signed(name: str, key: str, body: str, *, at: datetime) -> dict[str, str]:
    """Return the headers of the standard for a message sent at a moment."""
    signatures = [
        Webhook(secret).sign(msg_id=key, timestamp=at, data=body)
        for secret in secrets_of(name)
    ]
    return {
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _allowed() -> list[Network]:
    return [ipaddress.ip_network(each) for each in settings.WEBHOOK_NETWORKS]
