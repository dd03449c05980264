"""An executing unit's machine: its tasks, what happens to them, what it reports."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Annotated, Literal

from django.http import StreamingHttpResponse
from django.utils import timezone
from ninja import Header, Query, Router

from xinheng.api import paging, schemas, schemas_standing, streaming
from xinheng.api.access import MachineRequest, ServiceKey
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.measures import changes, queries, reporting
from xinheng.apps.measures.queries import TaskView
from xinheng.apps.measures.reporting import Outcome, Report
from xinheng.apps.records.changes import CursorAheadError
from xinheng.core.changes import cursor as cursors
from xinheng.core.changes.cursor import Cursor
from xinheng.core.measures.tasks import State

router = Router(auth=ServiceKey(), tags=["measures"])
Stage = Literal["open", "recalled", "declined", "done"]
STAGES: dict[str, frozenset[State]] = {
    "open": frozenset({State.OPEN, State.ACKNOWLEDGED}),
    "recalled": frozenset({State.RECALL_OPEN}),
    "declined": frozenset({State.DECLINED}),
    "done": frozenset({State.EXECUTED, State.NOT_APPLICABLE, State.RECALLED}),
}


@router.get(
    "/measures/tasks",
    response=schemas_standing.TasksOut,
    summary="The unit's tasks",
    operation_id="listTasks",
)
def list_tasks(
    request: MachineRequest,
    stage: Query[Stage] = "open",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> dict[str, object]:
    """Return one page of tasks, what is due first at the top."""
    found = queries.list_tasks(actor=request.auth, states=STAGES[stage], page=page)
    return {**paging.answer(found), "items": [_task(each) for each in found.items]}


@router.post(
    "/measures/tasks/{task}/acknowledge",
    response=schemas_standing.TaskOut,
    summary="Acknowledge a task",
    operation_id="acknowledgeTask",
)
def acknowledge(request: MachineRequest, task: int) -> dict[str, object]:
    """Say that the unit has seen it; a second time changes nothing."""
    return _task(
        reporting.acknowledge(actor=request.auth, task=task, at=timezone.now())
    )


@router.post(
    "/measures/tasks/{task}/report",
    response=schemas_standing.TaskOut,
    summary="Report what was done about a task",
    operation_id="reportTask",
)
def report(
    request: MachineRequest, task: int, told: schemas_standing.TaskReportIn
) -> dict[str, object]:
    """Say that it was executed (`evidence`), not applicable or declined (`reason`)."""
    return _task(
        reporting.report(
            actor=request.auth,
            task=task,
            report=Report(Outcome(told.outcome), told.reason, told.evidence),
            at=timezone.now(),
        )
    )


@router.post(
    "/measures/tasks/{task}/undo",
    response=schemas_standing.TaskOut,
    summary="Confirm that a recalled measure was undone",
    operation_id="undoTask",
)
def undo(
    request: MachineRequest, task: int, told: schemas_standing.TaskUndoneIn
) -> dict[str, object]:
    """Acknowledge a recall, with a reference to what was undone."""
    return _task(
        reporting.acknowledge_recall(
            actor=request.auth, task=task, evidence=told.evidence, at=timezone.now()
        )
    )


@router.get(
    "/measures/changes/stream",
    response={200: str},
    summary="Measures that begin and end, as it happens (server-sent events)",
    operation_id="streamMeasures",
)
def stream(
    request: MachineRequest,
    after: Query[schemas.CursorText | None] = None,
    last_event_id: Header[schemas.CursorText | None] = None,
) -> StreamingHttpResponse:
    """Send `measures.fired` and `measures.recalled` with the unit's own tasks.

    Ids are places in the ledger; it goes on from `Last-Event-ID` or `after`, and says
    `current` when all is told.
    """
    since = cursors.parse(last_event_id or after or "")
    if since > Cursor(ledger.size() - 1):
        raise CursorAheadError(str(since))
    units = request.auth.units
    source = streaming.Source(("measures", units), partial(_read, units))
    return streaming.answer(source, after=since)


def _read(units: frozenset[str], after: Cursor) -> streaming.Stretch:
    """Read on from a place; the events of one entry are told apart by their row."""
    is_whole = after.row == cursors.WHOLE
    found = changes.list_changes(
        units=units, after=after.seq if is_whole else after.seq - 1
    )
    rows: Counter[int] = Counter()
    events = []
    for each in found.changes:
        place = Cursor(each.seq, rows[each.seq])
        rows[each.seq] += 1
        if place > after:
            events.append(streaming.Event(place, each.kind, each.content))
    return streaming.Stretch(events, Cursor(found.next), found.is_end)


def _task(item: TaskView) -> dict[str, object]:
    return {
        "task": item.id,
        "unit": item.unit,
        "state": item.state,
        "measure": item.measure.code,
        "title": item.measure.title,
        "title_en": item.measure.title_en,
        "mode": item.measure.mode,
        "basis": [
            {"title": each.title, "article": each.article, "level": each.level}
            for each in item.measure.basis
        ],
        "cause": {"kind": item.cause.kind, "id": item.cause.id},
        "scheme": item.scheme,
        "uscc": item.uscc,
        "effective_on": item.effective_on,
        "expires_on": item.expires_on,
        "ended_on": item.ended_on,
        "acknowledge_by": item.acknowledge_by,
        "report_by": item.report_by,
        "undo_by": item.undo_by,
        "outcome": item.outcome or None,
    }
