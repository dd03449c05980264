"""Tasks and recalls whose last day has passed: the credit office is told, once each.

What is late is computed from the dates whenever somebody looks; the escalation leaves
its trace in the ledger, and reaches those who follow.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from xinheng.apps.ledger import operations as ledger
from xinheng.apps.measures.models import Task
from xinheng.apps.outbox import operations as outbox
from xinheng.core.calendars.working_days import working_days_between
from xinheng.core.measures.tasks import AWAITED, State
from xinheng.rulebook import calendars
from xinheng.rulebook import measures as rulebook

ESCALATED = "measures.escalated"
BATCH = 500


def late(tasks: QuerySet[Task], *, on: date) -> QuerySet[Task]:
    """Return those whose last day has passed: to see, to report, or to undo."""
    return tasks.filter(
        Q(state=State.OPEN, acknowledge_by__lt=on)
        | Q(state__in=[each.value for each in AWAITED], report_by__lt=on)
        | Q(state=State.RECALL_OPEN, undo_by__lt=on)
    )


@transaction.atomic
def escalate(*, actor: str, at: datetime) -> int:
    """Tell the credit office of what is late and was not told yet; return how many."""
    on = timezone.localdate(at)
    fresh = late(Task.objects.filter(is_escalated=False), on=on)
    rows = list(
        fresh.select_related("application__organization")
        .select_for_update(of=("self",))
        .order_by("id")[:BATCH]
    )
    due = [row for row in rows if _is_due(row, on=on)]
    if due:
        Task.objects.filter(id__in=[row.id for row in due]).update(is_escalated=True)
        _tell(due, actor=actor, at=at)
    return len(due)


def _is_due(row: Task, *, on: date) -> bool:
    after = rulebook.rules().clocks.escalate_after
    passed = working_days_between(_last_day(row, on=on), on, calendars.load())
    return passed >= after


def _last_day(row: Task, *, on: date) -> date:
    if row.state == State.RECALL_OPEN:
        return row.undo_by or on
    is_unseen = row.state == State.OPEN and row.acknowledge_by < on
    return row.acknowledge_by if is_unseen else row.report_by


def _tell(rows: Iterable[Task], *, actor: str, at: datetime) -> None:
    told = [
        {
            "task": row.id,
            "unit": row.unit_id,
            "state": row.state,
            "last_day": _last_day(row, on=timezone.localdate(at)).isoformat(),
        }
        for row in rows
    ]
    entry = ledger.append(
        kind=ESCALATED, subject="tasks", actor=actor, body={"tasks": told}, at=at
    )
    outbox.queue_many(
        messages=[
            outbox.Message(
                ESCALATED,
                f"organization:{row.application.organization_id}",
                each
                | {
                    "organization": row.application.organization.uscc,
                    "units": [row.unit_id],
                },
            )
            for row, each in zip(rows, told, strict=True)
        ],
        ledger_seq=entry.seq,
        at=at,
    )
