"""The outcome of a run, entered: states, changes of the profile, one entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from xinheng.apps.exchange import erasing, feeding, learned
from xinheng.apps.exchange.models import Obligation, TargetState
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.outbox import operations as outbox
from xinheng.core.exchange.answers import RowAnswer, RowState
from xinheng.core.exchange.outcomes import Outcome
from xinheng.core.exchange.states import State

REFUSED = "exchange.refused"
RAN = "exchange.ran"
_FIELDS = ("state", "settled_at", "values", "code", "message")


@transaction.atomic
def settle(
    target: str,
    owed: Mapping[str, Obligation],
    outcome: Outcome,
    *,
    actor: str,
    at: datetime,
    keeps_profile: bool = True,
) -> None:
    """Enter what became of the rows of a run, and append it to the ledger.

    `keeps_profile` is false where the run's profile is not the target's.
    """
    state = TargetState.objects.select_for_update().get(name=target)
    for key, row in owed.items():
        _settle(row, key, outcome, at)
    save_settled(list(owed.values()), target=target)
    if keeps_profile:
        learned.keep(state, outcome, at=at)
    if not outcome.packages:
        return
    appended = ledger.append(
        kind=RAN,
        subject=f"target:{target}",
        actor=actor,
        body=_body(state, outcome),
        at=at,
    )
    messages = _messages(target, owed, outcome)
    outbox.queue_many(messages=messages, ledger_seq=appended.seq, at=at)


def save_settled(rows: Sequence[Obligation], *, target: str) -> None:
    """Store rows that were settled; what a withdrawal ended is forgotten."""
    Obligation.objects.bulk_update(rows, _FIELDS, batch_size=500)
    for row in rows:
        if row.act == Obligation.Act.WITHDRAW and row.state == State.ACCEPTED:
            erasing.forget(target=target, record=row.record)


def enter(row: Obligation, state: State, said: RowAnswer, at: datetime) -> None:
    """Settle a row as a target said; the caller stores it."""
    row.state, row.settled_at = state, at
    if state is State.ACCEPTED:
        row.values, row.code, row.message = feeding.named_by(row), "", ""
    else:
        row.code, row.message = said.code[:64], said.message[:500]


def _settle(row: Obligation, key: str, outcome: Outcome, at: datetime) -> None:
    if key in outcome.accepted:
        enter(row, State.ACCEPTED, RowAnswer(RowState.ACCEPTED), at)
    elif key in outcome.refused:
        enter(row, State.REFUSED, outcome.refused[key], at)
    elif key in outcome.waiting:
        row.state = State.SENT
    else:
        row.state = State.DUE


def _body(state: TargetState, outcome: Outcome) -> Mapping[str, object]:
    return {
        "packages": sorted(set(outcome.packages.values())),
        "accepted": len(outcome.accepted),
        "refused": len(outcome.refused),
        "waiting": len(outcome.waiting),
        "profile": state.profile,
        "version": state.version,
        "changes": [line for each in outcome.changes for line in each.lines()],
    }


def _messages(
    target: str, owed: Mapping[str, Obligation], outcome: Outcome
) -> list[outbox.Message]:
    """Return what the units are told of their rows that were refused."""
    return [refusal(target, owed[key]) for key in sorted(outcome.refused)]


def refusal(target: str, row: Obligation) -> outbox.Message:
    """Return what a unit is told of a row that was refused."""
    body = {
        "target": target,
        "record": row.record,
        "version": row.version,
        "code": row.code,
        "units": [row.unit],
    }
    return outbox.Message(REFUSED, f"obligation:{row.pk}", body)
