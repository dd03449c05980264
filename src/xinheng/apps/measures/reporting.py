"""What executing units say about their tasks, and the second look at a decline.

| act | who | needs |
|---|---|---|
| `acknowledge` | a clerk of the unit | - |
| `report` | a clerk of the unit | evidence where executed, else a reason |
| `look_again` | the credit office | a reason |
| `acknowledge_recall` | a clerk of the unit | a reference to what was undone |

Every act appends its entry, says so in the outbox, and is refused where the state of
the task does not allow it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.measures import queries
from xinheng.apps.measures.models import Task
from xinheng.apps.measures.queries import TaskView, UnknownTaskError
from xinheng.apps.outbox import operations as outbox
from xinheng.core.calendars.working_days import add_working_days
from xinheng.core.measures import tasks
from xinheng.core.measures.tasks import Act, Refused, State
from xinheng.core.submissions import reasons
from xinheng.rulebook import calendars
from xinheng.rulebook import measures as rulebook


class Outcome(StrEnum):
    """What a unit reports of a task."""

    EXECUTED = "EXECUTED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    DECLINED = "DECLINED"


ACTS = {
    Outcome.EXECUTED: Act.EXECUTE,
    Outcome.NOT_APPLICABLE: Act.FIND_NOT_APPLICABLE,
    Outcome.DECLINED: Act.DECLINE,
}


class TaskRefusedError(ValueError):
    """The state of the task does not allow the act."""

    code = "TASK_STATE"

    def __init__(self, refused: Refused) -> None:
        super().__init__(f"{refused.act} in {refused.state}")
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Report:
    """What a unit found: why it did nothing, or where its evidence stands."""

    outcome: Outcome
    reason: str = ""
    evidence: str = ""

    def checked(self) -> Report:
        """Return it as it may be kept.

        Raises:
            ReasonError: what the outcome needs is missing or too long, or one of the
                two holds a personal identity number.
        """
        is_done = self.outcome is Outcome.EXECUTED
        return Report(
            self.outcome,
            _kept(self.reason, needed=not is_done),
            _kept(self.evidence, needed=is_done),
        )


@transaction.atomic
def acknowledge(*, actor: Actor, task: int, at: datetime) -> TaskView:
    """Record that the unit has seen its task; a second time changes nothing.

    Raises:
        NotAllowedError: for anyone but a clerk of the unit.
        TaskRefusedError: where it was recalled.
        UnknownTaskError: where the actor sees no such task.
    """
    row = _lock_own(actor, task)
    if row.acknowledged_at is None or row.state == State.OPEN:
        _move(row, Act.ACKNOWLEDGE)
        row.acknowledged_at, row.acknowledged_by = at, actor.account_id
        _append("measures.acknowledged", row, {}, actor=actor, at=at)
        row.save()
    return queries.view(row)


@transaction.atomic
def report(*, actor: Actor, task: int, report: Report, at: datetime) -> TaskView:
    """Record what the unit did about its task; a decline waits for a second look.

    Raises:
        NotAllowedError: for anyone but a clerk of the unit.
        ReasonError: see `Report.checked`.
        TaskRefusedError: where the task is answered or recalled.
        UnknownTaskError: where the actor sees no such task.
    """
    row = _lock_own(actor, task)
    kept = report.checked()
    _move(row, ACTS[kept.outcome])
    if row.acknowledged_at is None:
        row.acknowledged_at, row.acknowledged_by = at, actor.account_id
    row.outcome, row.reason, row.evidence = kept.outcome, kept.reason, kept.evidence
    row.reported_at, row.reported_by = at, actor.account_id
    row.is_escalated = False
    body = {"outcome": kept.outcome, "reason": kept.reason, "evidence": kept.evidence}
    row.reported_seq = _append("measures.reported", row, body, actor=actor, at=at)
    row.save()
    row.reports.create(
        outcome=kept.outcome, reported_at=at, ledger_seq=row.reported_seq
    )
    return queries.view(row)


@transaction.atomic
def look_again(
    *, actor: Actor, task: int, upheld: bool, reason: str, at: datetime
) -> TaskView:
    """Decide on a decline: it stands, or the unit has the task again with a new clock.

    Raises:
        NotAllowedError: for anyone who may not decide.
        ReasonError: there is no reason, it is too long, or it holds a person's number.
        TaskRefusedError: where nothing was declined.
        UnknownTaskError: where there is no such task.
    """
    if not actor.may_decide:
        raise NotAllowedError("look at a decline")
    row = _lock(actor, task)
    why = reasons.require(reason)
    _move(row, Act.UPHOLD if upheld else Act.SEND_BACK)
    if not upheld:
        clocks, calendar = rulebook.rules().clocks, calendars.load()
        on = timezone.localdate(at)
        row.report_by = add_working_days(on, clocks.report_within, calendar).on
    body = {"upheld": upheld, "reason": why}
    _append("measures.looked_again", row, body, actor=actor, at=at)
    row.save()
    return queries.view(row)


@transaction.atomic
def acknowledge_recall(
    *, actor: Actor, task: int, evidence: str, at: datetime
) -> TaskView:
    """Record that the unit has undone what it did, and where that stands.

    Raises:
        NotAllowedError: for anyone but a clerk of the unit.
        ReasonError: there is no reference, it is too long, or it holds a person's
            number.
        TaskRefusedError: where it was not recalled.
        UnknownTaskError: where the actor sees no such task.
    """
    row = _lock_own(actor, task)
    kept = reasons.require(evidence)
    _move(row, Act.ACKNOWLEDGE_RECALL)
    row.undone_at, row.undone_by = at, actor.account_id
    body = {"evidence": kept}
    row.undone_seq = _append("measures.undone", row, body, actor=actor, at=at)
    row.save()
    return queries.view(row)


def _kept(text: str, *, needed: bool) -> str:
    return reasons.require(text) if needed or text.strip() else ""


def _lock(actor: Actor, task: int) -> Task:
    row = (
        queries.visible_to(actor).select_for_update(of=("self",)).filter(id=task)
    ).first()
    if row is None:
        raise UnknownTaskError(task)
    return row


def _lock_own(actor: Actor, task: int) -> Task:
    row = _lock(actor, task)
    if not actor.may_submit_for(row.unit_id):
        raise NotAllowedError(f"answer for {row.unit_id}")
    return row


def _move(row: Task, act: Act) -> None:
    outcome = tasks.after(State(row.state), act)
    if isinstance(outcome, Refused):
        raise TaskRefusedError(outcome)
    row.state = outcome


def _append(
    kind: str, row: Task, body: Mapping[str, object], *, actor: Actor, at: datetime
) -> int:
    """Append the act and queue it for the organization's followers of this unit."""
    of = row.application
    told = {
        **body,
        "cause": {"kind": of.cause_kind, "id": of.cause_id},
        "task": row.id,
        "unit": row.unit_id,
        "measure": of.measure,
    }
    entry = ledger.append(
        kind=kind, subject=f"task:{row.id}", actor=actor.account_id, body=told, at=at
    )
    outbox.queue(
        topic=kind,
        subject=f"organization:{of.organization_id}",
        payload=told | {"organization": of.organization.uscc, "units": [row.unit_id]},
        ledger_seq=entry.seq,
        at=at,
    )
    return entry.seq
