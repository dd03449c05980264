"""Read measures and tasks: of a cause, of a unit, of the city."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.measures.models import Application, Task
from xinheng.core.measures.causes import Cause
from xinheng.core.measures.feedback import Key
from xinheng.core.measures.measures import Measure
from xinheng.core.measures.tasks import AWAITED, State
from xinheng.core.paging import Page, clamp
from xinheng.rulebook import measures as rulebook

PAGE_SIZE = 20
_RECALLS = frozenset({State.RECALL_OPEN, State.RECALLED})


class UnknownTaskError(LookupError):
    """The actor sees no task of that number."""

    def __init__(self, task: int) -> None:
        super().__init__(str(task))
        self.task = task


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with its measure; `undo_by` is null as long as it is not recalled.

    `asked_seq` is the entry that gave the task, sent it back or recalled it.
    """

    id: int
    unit: str
    unit_name: str
    state: State
    measure: Measure
    memorandum: str
    cause: Cause
    scheme: str
    uscc: str
    organization: str
    effective_on: date
    expires_on: date
    ended_on: date | None
    recall_reason: str
    acknowledge_by: date
    report_by: date
    undo_by: date | None
    outcome: str
    reason: str
    evidence: str
    reported_at: datetime | None
    is_escalated: bool
    asked_seq: int

    @property
    def key(self) -> Key:
        """What names that which the unit is asked for, in a file."""
        return Key(self.id, self.asked_seq, is_recall=self.state in _RECALLS)

    def is_late(self, on: date) -> bool:
        """Tell whether what the unit has to do next should have been done."""
        if self.state is State.RECALL_OPEN:
            return self.undo_by is not None and self.undo_by < on
        is_unseen = self.state is State.OPEN and self.acknowledge_by < on
        return is_unseen or (self.state in AWAITED and self.report_by < on)


def visible_to(actor: Actor) -> QuerySet[Task]:
    """Return the tasks that an actor may see: its units', or all."""
    tasks = Task.objects.select_related("application__organization", "unit")
    if actor.sees_all_units:
        return tasks
    return tasks.filter(unit__in=actor.units)


def get_task(*, actor: Actor, task: int) -> TaskView:
    """Return a task.

    Raises:
        UnknownTaskError: where the actor sees none of that number.
    """
    row = visible_to(actor).filter(id=task).first()
    if row is None:
        raise UnknownTaskError(task)
    return view(row)


def open_tasks(cause: Cause) -> tuple[TaskView, ...]:
    """Return the tasks of a cause that are neither recalled nor being recalled."""
    rows = _all().filter(
        application__cause_kind=cause.kind,
        application__cause_id=cause.id,
        application__recalled_seq=None,
    )
    return tuple(view(row) for row in rows.order_by("id"))


def open_recalls(cause: Cause) -> tuple[TaskView, ...]:
    """Return the recalls of a cause that nobody has acknowledged."""
    rows = _all().filter(
        application__cause_kind=cause.kind,
        application__cause_id=cause.id,
        state=State.RECALL_OPEN,
    )
    return tuple(view(row) for row in rows.order_by("id"))


def list_tasks(
    *, actor: Actor, states: frozenset[State], unit: str = "", page: int = 1
) -> Page[TaskView]:
    """Return tasks in these states, what is due first at the top."""
    rows = visible_to(actor).filter(state__in=[each.value for each in states])
    if unit:
        rows = rows.filter(unit=unit)
    number = clamp(page)
    begin = (number - 1) * PAGE_SIZE
    window = rows.order_by("undo_by", "report_by", "id")[begin : begin + PAGE_SIZE]
    return Page(tuple(view(row) for row in window), number, PAGE_SIZE, rows.count())


def list_waiting(*, unit: str) -> tuple[TaskView, ...]:
    """Return all that a unit has to answer: recalls first, then tasks, in order."""
    waiting = [State.RECALL_OPEN.value, *(each.value for each in AWAITED)]
    rows = [view(row) for row in _all().filter(unit=unit, state__in=waiting)]
    rows.sort(key=lambda each: (each.state is not State.RECALL_OPEN, each.id))
    return tuple(rows)


def count_tasks(*, actor: Actor, states: frozenset[State]) -> int:
    """Return how many tasks are in these states."""
    wanted = [each.value for each in states]
    return visible_to(actor).filter(state__in=wanted).count()


@dataclass(frozen=True, slots=True)
class LateTasks:
    """Tasks past their day: to acknowledge, to report on, to undo."""

    acknowledge: int
    report: int
    undo: int


def count_late(*, actor: Actor, on: date) -> LateTasks:
    """Return how many tasks are past their day; one may be late in two ways."""
    rows = visible_to(actor)
    awaited = [each.value for each in AWAITED]
    return LateTasks(
        acknowledge=rows.filter(state=State.OPEN, acknowledge_by__lt=on).count(),
        report=rows.filter(state__in=awaited, report_by__lt=on).count(),
        undo=rows.filter(state=State.RECALL_OPEN, undo_by__lt=on).count(),
    )


def count_open_recalls(*, actor: Actor) -> int:
    """Return how many recalls nobody has acknowledged."""
    return visible_to(actor).filter(state=State.RECALL_OPEN).count()


def in_force(*, organization: int, on: date) -> tuple[Application, ...]:
    """Return the measures in force on an organization on a day."""
    rows = Application.objects.exclude(measure="").filter(
        Q(ended_on=None) | Q(ended_on__gt=on),
        organization=organization,
        effective_on__lte=on,
        expires_on__gt=on,
    )
    return tuple(rows.order_by("id"))


# What the standing is made of: organization, cause, term, end, then the measure.
_EFFECT = (
    *("organization__uscc", "cause_kind", "cause_id", "scheme", "fired_seq"),
    *("effective_on", "expires_on", "ended_on", "recalled_seq"),
    *("memorandum", "measure"),
)
_IN_ORDER = ("organization__uscc", "fired_seq", "cause_kind", "cause_id", "id")


def iterate_touched(*, after: int, before: int) -> Iterator[tuple[Any, ...]]:
    """Yield all measures of organizations that entries of `[after, before)` touched.

    Rows are `_EFFECT`, those of one organization and of one cause together.
    """
    begun = Q(fired_seq__gte=after, fired_seq__lt=before)
    ended = Q(recalled_seq__gte=after, recalled_seq__lt=before)
    erased = Q(erased_seq__gte=after, erased_seq__lt=before)
    rows = Application.objects.filter(fired_seq__lt=before, erased_seq=None)
    if after > 0:
        touched = Application.objects.filter(begun | ended | erased)
        rows = rows.filter(organization__in=touched.values("organization"))
    return rows.order_by(*_IN_ORDER).values_list(*_EFFECT).iterator()


def list_forgotten(*, after: int, before: int) -> tuple[str, ...]:
    """Return the organizations of which entries of `[after, before)` erased something.

    Where nothing else is known of one, `iterate_touched` has no row of it. None where
    everything is read anew.
    """
    if after <= 0:
        return ()
    rows = Application.objects.filter(erased_seq__gte=after, erased_seq__lt=before)
    return tuple(rows.values_list("organization__uscc", flat=True).distinct())


def iterate_of(uscc: str) -> Iterator[tuple[Any, ...]]:
    """Yield all measures of one organization, as `iterate_touched` does."""
    rows = Application.objects.filter(organization__uscc=uscc, erased_seq=None)
    return rows.order_by(*_IN_ORDER).values_list(*_EFFECT).iterator()


def view(row: Task) -> TaskView:
    """Return the plain value of a row."""
    of = row.application
    return TaskView(
        id=row.id,
        unit=row.unit_id,
        unit_name=row.unit.name,
        state=State(row.state),
        measure=rulebook.rules().measures[of.measure],
        memorandum=of.memorandum,
        cause=Cause(of.cause_kind, of.cause_id),
        scheme=of.scheme,
        uscc=of.organization.uscc,
        organization=of.organization.name,
        effective_on=of.effective_on,
        expires_on=of.expires_on,
        ended_on=of.ended_on,
        recall_reason=of.recall_reason,
        acknowledge_by=row.acknowledge_by,
        report_by=row.report_by,
        undo_by=row.undo_by,
        outcome=row.outcome,
        reason=row.reason,
        evidence=row.evidence,
        reported_at=row.reported_at,
        is_escalated=row.is_escalated,
        asked_seq=_asked_seq(row),
    )


def _asked_seq(row: Task) -> int:
    """Return the entry that asks; a task is sent back by an answer to its report."""
    of, state = row.application, State(row.state)
    if state in _RECALLS:
        return of.recalled_seq or of.fired_seq
    is_sent_back = state in AWAITED and row.reported_seq is not None
    return row.reported_seq or 0 if is_sent_back else of.fired_seq


def _all() -> QuerySet[Task]:
    return Task.objects.select_related("application__organization", "unit")
