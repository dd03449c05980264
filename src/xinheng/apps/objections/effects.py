"""What the steps of an objection do: the mark, the correction, the entry, the push.

| kind | upheld means |
|---|---|
| content | a version with the corrected values follows |
| period | the publication ends today |
| linkage | the record is withdrawn from the organization |
| listing | the listing ends as wrong, its measures are recalled |
| result of a repair | the repair is examined again |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from xinheng.apps.cases import operations as cases
from xinheng.apps.cases import queries as case_queries
from xinheng.apps.cases.operations import By, Moved
from xinheng.apps.catalog import operations as catalog_lock
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.listings import redress as listings
from xinheng.apps.objections.models import Objection
from xinheng.apps.outbox import operations as outbox
from xinheng.apps.records import amending, held, landing
from xinheng.apps.repairs import operations as repairs
from xinheng.apps.repairs import publication
from xinheng.core.disclosures.facts import Cause as Reason
from xinheng.core.listings.procedure import Event
from xinheng.core.objections import corrections
from xinheng.core.objections.corrections import Change
from xinheng.core.objections.filing import Kind
from xinheng.core.procedures.tables import Effect

TOPIC = "objection"


@dataclass(frozen=True, slots=True)
class Applied:
    """What an upheld objection changed: for the ledger, and a landing to be sealed."""

    told: dict[str, object]
    landing: UUID | None = None


def finish(moved: Moved, row: Objection, *, by: By) -> None:
    """Do what the steps promise; the ledger's entry and the messages come last."""
    applied = Applied({})
    if Effect.APPLY in moved.effects:
        applied = _APPLY[Kind(moved.case.topic)](row, by)
        row.applied_at = by.at
        row.save(update_fields=["applied_at"])
    act = moved.steps[0]
    more: dict[str, object] = {
        "reason": by.reason.strip(),
        "steps": [step.act for step in moved.steps],
        **applied.told,
    }
    entry = ledger.append_many(
        acts=[
            cases.ledger_act(
                moved.case, f"{TOPIC}.{act.act}", by.actor.account_id, more
            )
        ],
        at=by.at,
    )[0]
    if applied.landing is not None:
        landing.seal(submission=applied.landing, ledger_seq=entry.seq)
    _push(moved, applied, entry.seq, by)


def _push(moved: Moved, applied: Applied, seq: int, by: By) -> None:
    case = moved.case
    payload: dict[str, object] = {
        "case": case.id,
        "state": case.state,
        "outcome": case.outcome,
        "target": f"{case.target_kind}:{case.target}",
        "topic": case.topic,
        "disputed": case_queries.is_marked(
            target_kind=case.target_kind, target=case.target
        ),
        **applied.told,
    }
    outbox.queue(
        topic=f"{TOPIC}.{moved.steps[0].act}",
        subject=f"organization:{case.organization_id}",
        payload=payload,
        ledger_seq=seq,
        at=by.at,
    )


def _correct(row: Objection, by: By) -> Applied:
    changes = [
        Change(each.field, each.old, each.new)
        for each in row.changes.filter(upheld=True).order_by("id")
    ]
    catalog_lock.lock(dataset=row.dataset)
    record = held.find_in_force(
        dataset=row.dataset, natural_key=row.natural_key, on=by.on
    )
    if record is None:
        return Applied({"record": "not in force any more"})
    amended = amending.amend(
        dataset=row.dataset,
        natural_key=row.natural_key,
        body=corrections.corrected(record.body, changes),
        at=by.at,
    )
    told: dict[str, object] = {
        "dataset": row.dataset,
        "corrected": [each.field for each in changes],
        "before": amended.before,
        "after": amended.digest,
    }
    return Applied(told, amended.landing)


def _withdraw(row: Objection, by: By) -> Applied:
    catalog_lock.lock(dataset=row.dataset)
    record = held.find_in_force(
        dataset=row.dataset, natural_key=row.natural_key, on=by.on
    )
    if record is None:
        return Applied({"record": "not in force any more"})
    # Reported anew in the organization's name, it stays unpublished. While the version
    # is in force, so that the feed is led past it.
    publication.end(row.case, reason=Reason.RECALLED, by=by)
    ended = amending.withdraw(
        dataset=row.dataset, natural_key=row.natural_key, at=by.at
    )
    told: dict[str, object] = {"dataset": row.dataset, "withdrawn": ended.before}
    return Applied(told, ended.landing)


def _end(row: Objection, by: By) -> Applied:
    publication.end(row.case, reason=Reason.RECALLED, by=by)
    return Applied({"publication_ended": True})


def _examine_again(row: Objection, by: By) -> Applied:
    reopened = repairs.reopen(case=int(row.case.target), at=by.at)
    return Applied({"reopened": reopened})


def _delist(row: Objection, by: By) -> Applied:
    """End the listing as wrong from the beginning; its measures are recalled."""
    ended = listings.end(
        listing=int(row.case.target),
        event=Event.ANNUL,
        document=f"异议第{row.case_id}号",
        reason=by.reason.strip() or "异议成立",
        actor=by.actor.account_id,
        at=by.at,
    )
    return Applied({"listing_ended": ended})


_APPLY: dict[Kind, Callable[[Objection, By], Applied]] = {
    Kind.CONTENT: _correct,
    Kind.PERIOD: _end,
    Kind.LINKAGE: _withdraw,
    Kind.LISTING: _delist,
    Kind.REPAIR_RESULT: _examine_again,
}
