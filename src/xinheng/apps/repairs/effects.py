"""What the steps of a repair do: publication ends, measures end, everybody is told.

All of it in the transaction of the step, so that a repaired entry is gone from every
face at the same instant.
"""

from __future__ import annotations

from xinheng.apps.cases import operations as cases
from xinheng.apps.cases.operations import By, LockedCase, Moved
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.listings import redress as listings
from xinheng.apps.measures import operations as measures
from xinheng.apps.outbox import operations as outbox
from xinheng.apps.repairs import publication
from xinheng.apps.repairs.models import Repair
from xinheng.core.disclosures.facts import Cause as Reason
from xinheng.core.listings.procedure import Event
from xinheng.core.measures.causes import Cause
from xinheng.core.procedures.tables import Effect

TOPIC = "repair"
DELETE_COPIES = "copies.delete"


def finish(moved: Moved, row: Repair, *, by: By) -> None:
    """Do what the steps promise; the ledger's entry and the messages come last."""
    case = moved.case
    ends = Effect.END_PUBLICATION in moved.effects
    if ends:
        _end(case, by)
        row.ended_publication_at = by.at
        row.save(update_fields=["ended_publication_at"])
    act = moved.steps[0].act
    more: dict[str, object] = {
        "reason": by.reason.strip(),
        "steps": [step.act for step in moved.steps],
        "publication_ended": ends,
    }
    kind = f"{TOPIC}.{act}"
    told = cases.ledger_act(case, kind, by.actor.account_id, more)
    seq = ledger.append_many(acts=[told], at=by.at)[0].seq
    if Effect.RECALL_MEASURES in moved.effects and not _is_listing(case):
        recall(case, seq=seq, by=by)
    push(case, kind, seq=seq, by=by)
    if ends:
        push(case, DELETE_COPIES, seq=seq, by=by)


def _is_listing(case: LockedCase) -> bool:
    """Tell whether a listing's own procedure ends it, and recalls its measures."""
    return case.target_kind == listings.TARGET


def _end(case: LockedCase, by: By) -> None:
    if not _is_listing(case):
        publication.end(case, reason=Reason.REPAIRED, by=by)
        return
    listings.end(
        listing=int(case.target),
        event=Event.REPAIR,
        document=f"信用修复第{case.id}号",
        reason=by.reason.strip() or "准予信用修复",
        actor=by.actor.account_id,
        at=by.at,
    )


def recall(case: LockedCase, *, seq: int, by: By) -> None:
    """End the measures that rest on what a case is about."""
    measures.recall(
        cause=Cause(case.target_kind, case.target),
        reason=Reason.REPAIRED,
        effective_on=by.on,
        ledger_seq=seq,
        actor=by.actor.account_id,
        at=by.at,
    )


def push(case: LockedCase, topic: str, *, seq: int, by: By) -> None:
    """Queue what happened for the subscribers and the upward exchange."""
    payload: dict[str, object] = {
        "case": case.id,
        "state": case.state,
        "outcome": case.outcome,
        "target": f"{case.target_kind}:{case.target}",
    }
    outbox.queue(
        topic=topic,
        subject=f"organization:{case.organization_id}",
        payload=payload,
        ledger_seq=seq,
        at=by.at,
    )
