"""What a person does about exchange: send again, compare with what a target holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.exchange import batches
from xinheng.apps.exchange.carriers.carrier import Carrier
from xinheng.apps.exchange.models import Obligation
from xinheng.apps.ledger import operations as ledger
from xinheng.core.exchange import states
from xinheng.core.exchange.answers import RowState
from xinheng.core.exchange.states import State

AGAIN = "exchange.again"
AT_ONCE = 500


class NotRefusedError(ValueError):
    """Only what was refused, and not mended or taken away since, can be sent again."""


@transaction.atomic
def send_again(*, actor: Actor, obligation: int, at: datetime) -> None:
    """Owe a refused row again, as where the target's register was mended.

    Raises:
        NotAllowedError: the actor does not decide for the credit office.
        NotRefusedError: it is not refused (any more).
    """
    if not actor.may_decide:
        raise NotAllowedError("send a refused row again")
    row = Obligation.objects.select_for_update().filter(pk=obligation).first()
    if row is None or row.state != State.REFUSED:
        raise NotRefusedError
    # A late refusal finds the content gone from here: the register has it.
    values = batches.filled([row], on=timezone.localdate(at)).get(row.pk)
    if values is None:
        raise NotRefusedError
    row.values = dict(values)
    row.state, row.settled_at = states.step(State.REFUSED, State.DUE), None
    row.code, row.message = "", ""
    row.save(update_fields=["state", "settled_at", "values", "code", "message"])
    ledger.append(
        kind=AGAIN,
        subject=f"target:{row.target_id}",
        actor=actor.account_id,
        body={"record": row.record, "version": row.version},
        at=at,
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found; `is_told` is false where the target does not tell."""

    asked: int
    missing: int
    is_told: bool


def compare(*, target: str, carrier: Carrier) -> Compared:
    """Ask a target whether it still holds what it took; nothing is changed by that.

    Of each record only the latest thing that it took is asked about.
    """
    asked = missing = 0
    for rows in _held(target):
        by_dataset: dict[str, list[str]] = {}
        for row in rows:
            by_dataset.setdefault(row.dataset, []).append(row.sent_key)
        for dataset, keys in by_dataset.items():
            held = carrier.query(dataset, keys)
            if held is None:
                return Compared(asked, missing, is_told=False)
            asked += len(keys)
            missing += sum(
                said.state is not RowState.ACCEPTED for said in held.values()
            )
    return Compared(asked, missing, is_told=True)


def _held(target: str) -> Iterator[list[Obligation]]:
    rows = Obligation.objects.filter(target=target, state=State.ACCEPTED)
    after = 0
    while part := list(rows.filter(id__gt=after).order_by("id")[:AT_ONCE]):
        after = part[-1].pk
        yield part
