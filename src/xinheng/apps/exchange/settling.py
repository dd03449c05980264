"""The outcome of a run, entered: states, changes of the profile, one entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from xinheng.apps.exchange import erasing, feeding, learned
from xinheng.apps.exchange.models import Obligation, TargetState
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.outbox import operations as outbox
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
) -> None:
    """Enter what became of the rows of a run, and append it to the ledger."""
    state = TargetState.objects.select_for_update().get(name=target)
    for key, row in owed.items():
        _settle(row, key, outcome, at)
    rows = list(owed.values())
    Obligation.objects.bulk_update(rows, _FIELDS, batch_size=500)
    for row in rows:
        if row.act == Obligation.Act.WITHDRAW and row.state == State.ACCEPTED:
            erasing.forget(target=target, record=row.record)
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


def _settle(row: Obligation, key: str, outcome: Outcome, at: datetime) -> None:
    if key in outcome.accepted:
        row.state, row.settled_at = State.ACCEPTED, at
        row.values, row.code, row.message = feeding.named_by(row), "", ""
    elif key in outcome.refused:
        said = outcome.refused[key]
        row.state, row.settled_at = State.REFUSED, at
        row.code, row.message = said.code[:64], said.message[:500]
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
    return [
        outbox.Message(
            REFUSED,
            f"obligation:{key}",
            {
                "target": target,
                "record": owed[key].record,
                "version": owed[key].version,
                "code": said.code[:64],
                "units": [owed[key].unit],
            },
        )
        for key, said in sorted(outcome.refused.items())
    ]
