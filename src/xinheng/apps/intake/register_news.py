"""What the worker does once the register knows more: waiting rows land by themselves.

Two messages call for it. `register.changed` names codes that an import brought, or
says `all` where they were too many to be named.
`submission.completed` names rows that were checked before an import and landed after
it: its news came too early for them. It also says that rows are in question, whose
unknown names become issues of the register. Each is handled after its act is
committed, so whichever came last sees both.
"""

from __future__ import annotations

from datetime import datetime

from xinheng.apps.intake import misnamed, releasing
from xinheng.apps.outbox import operations as outbox
from xinheng.apps.outbox import queries
from xinheng.apps.outbox.queries import DeliveryView

SUBSCRIPTIONS = {
    "release-register": "register.changed",
    "release-submission": "submission.completed",
}
# Long enough for what one message may land; then another worker may take it up.
LEASE_SECONDS = 600


def subscribe(*, at: datetime) -> None:
    """Have the house's messages copied for this job; done once, it stays."""
    there = {each.name for each in queries.list_subscriptions()}
    for name, topic in SUBSCRIPTIONS.items():
        if name not in there:
            outbox.subscribe(
                name=name, kind="JOB", address="", topic=topic, unit="", at=at
            )


def work_off(*, worker: str, at: datetime) -> int:
    """Handle the messages that wait and return how many rows landed.

    A message whose handling breaks off is handled again once its lease has run out.
    """
    while messages := _claim(outbox.HOUSE, worker=worker, at=at):
        for message in messages:
            outbox.fan_out(key=message.key, at=at)
    landed = 0
    for name in SUBSCRIPTIONS:
        while deliveries := _claim(name, worker=worker, at=at):
            landed += sum(_handle(delivery, at=at) for delivery in deliveries)
    return landed


def _claim(target: str, *, worker: str, at: datetime) -> tuple[DeliveryView, ...]:
    if not queries.is_any_due(target=target, at=at):
        return ()
    return outbox.claim_due(
        worker=worker, at=at, target=target, lease_seconds=LEASE_SECONDS, limit=10
    )


def _handle(delivery: DeliveryView, *, at: datetime) -> int:
    """Land what the delivery calls for, then report it; return how many rows landed."""
    landed = _land(delivery, at=at)
    outbox.delivered(key=delivery.key, at=at)
    return landed


def _land(delivery: DeliveryView, *, at: datetime) -> int:
    codes, counts = delivery.payload.get("codes"), delivery.payload.get("counts")
    if isinstance(counts, dict) and counts.get("questionable"):
        misnamed.record(submission=str(delivery.payload["submission"]), at=at)
    if delivery.payload.get("all"):
        return releasing.release_known(at=at)
    if isinstance(codes, list):
        return releasing.release_known(at=at, codes=codes)
    if isinstance(counts, dict) and counts.get("unlinked"):
        submission = str(delivery.payload["submission"])
        waiting = releasing.codes_awaited(submission=submission)
        return releasing.release_known(at=at, codes=waiting)
    return 0
