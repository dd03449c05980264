"""Commitments are made, kept, and by a decision of two found broken."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.cases.operations import By, RefusedError
from xinheng.apps.commitments.models import Commitment
from xinheng.apps.commitments.queries import UnknownCommitmentError, visible_to
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.outbox import operations as outbox
from xinheng.core.commitments import promises
from xinheng.core.commitments.promises import Breach, Fulfilment, Promise
from xinheng.core.screening import personal_id

MADE, JUDGED = "commitment.made", "commitment.judged"


@transaction.atomic
def make(
    *,
    organization: str,
    promise: Promise,
    unit: str | None,
    is_public: bool,
    by: By,
) -> int:
    """Take an organization's commitment and return its number.

    `organization` is the register's key, `unit` the code of who receives it.

    Raises:
        NotAllowedError: the actor doesn't act for the organization.
        RefusedError: why it can't be taken, by the rule's name.
    """
    if organization not in by.actor.organizations:
        raise NotAllowedError("make a commitment")
    faults = promises.find_faults(promise, on=by.on)
    if faults:
        raise RefusedError(faults[0])
    row = Commitment.objects.create(
        organization_id=int(organization),
        unit_id=unit,
        type=promise.type,
        matter=promise.matter.strip(),
        text=promise.text.strip(),
        is_public=is_public,
        made_on=promise.made_on,
        valid_to=promise.valid_to,
        made_by=by.actor.account_id,
        recorded_at=by.at,
    )
    _tell(MADE, row, actor=by.actor, at=by.at)
    return row.id


@transaction.atomic
def mark_kept(*, commitment: int, by: By) -> None:
    """Say that a commitment was kept: by the unit that received it, or the office.

    Raises:
        NotAllowedError: neither of the two.
        RefusedError: it was said already whether it was kept.
        UnknownCommitmentError: there is none that the actor may see.
    """
    row = _lock(commitment, by.actor)
    if row.state != Fulfilment.PENDING:
        raise RefusedError(promises.Fault.JUDGED)
    _judge(row, Fulfilment.KEPT, by=by)


@transaction.atomic
def propose_breach(*, commitment: int, decision_no: str, by: By) -> None:
    """Propose that a commitment was broken, by the number of the decision.

    Raises:
        NotAllowedError, UnknownCommitmentError: as for `mark_kept`.
        RefusedError: why it can't be proposed.
    """
    row = _lock(commitment, by.actor)
    if row.state != Fulfilment.PENDING:
        raise RefusedError(promises.Fault.JUDGED)
    number = " ".join(decision_no.split())
    if not number:
        raise RefusedError(promises.Fault.NO_DECISION)
    if personal_id.find(number) is not None:
        raise RefusedError(promises.Fault.PERSONAL_ID)
    row.breach_no, row.breach_proposed_by = number[:128], by.actor.account_id
    row.save(update_fields=["breach_no", "breach_proposed_by"])
    _tell("commitment.breach_proposed", row, actor=by.actor, at=by.at)


@transaction.atomic
def confirm_breach(*, commitment: int, by: By) -> None:
    """Record a breach that somebody else proposed; the credit office alone does.

    Raises:
        NotAllowedError: not the credit office.
        RefusedError: nothing was proposed, or by the same person.
        UnknownCommitmentError: there is none.
    """
    if not by.actor.may_decide:
        raise NotAllowedError("confirm a breach")
    row = _lock(commitment, by.actor)
    breach = Breach(row.breach_no, row.breach_proposed_by, by.actor.account_id)
    fault = promises.find_breach_fault(breach, now=Fulfilment(row.state))
    if fault is not None:
        raise RefusedError(fault)
    _judge(row, Fulfilment.BROKEN, by=by)


def _judge(row: Commitment, state: Fulfilment, *, by: By) -> None:
    row.state, row.judged_by = state, by.actor.account_id
    row.judged_on, row.judged_at = by.on, by.at
    row.save()
    _tell(JUDGED, row, actor=by.actor, at=by.at)


def _lock(commitment: int, actor: Actor) -> Commitment:
    rows = visible_to(actor).select_for_update(of=("self",))
    row = rows.filter(id=commitment).first()
    if row is None:
        raise UnknownCommitmentError(commitment)
    is_receiver = row.unit_id is not None and actor.may_submit_for(row.unit_id)
    if not (is_receiver or actor.may_decide):
        raise NotAllowedError("judge a commitment")
    return row


def _tell(kind: str, row: Commitment, *, actor: Actor, at: datetime) -> None:
    body: dict[str, object] = {
        "commitment": row.id,
        "organization": row.organization_id,
        "unit": row.unit_id,
        "type": row.type,
        "matter": row.matter,
        "is_public": row.is_public,
        "state": row.state,
        "breach_no": row.breach_no,
    }
    subject = f"commitment:{row.id}"
    appended = ledger.append(
        kind=kind, subject=subject, actor=actor.account_id, body=body, at=at
    )
    outbox.queue(
        topic=kind, subject=subject, payload=body, ledger_seq=appended.seq, at=at
    )
