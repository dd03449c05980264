"""Measures of the demo city: what executing units said about their tasks so far.

The tasks come of the made-up listings (`lists`). The first units have answered, most
have not; of the recalls after a repair one is acknowledged and the others wait. Every
answer is of the day of the build, when the tasks were given, so nobody is late.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.measures import queries, reporting
from xinheng.apps.measures.queries import TaskView
from xinheng.apps.measures.reporting import Outcome, Report
from xinheng.core.measures.tasks import AWAITED, State

_OPEN = frozenset({State.OPEN})
_UNDO = frozenset({State.RECALL_OPEN})
_REPORTS = (
    Report(Outcome.EXECUTED, evidence="示财采〔示例〕1号"),
    Report(Outcome.NOT_APPLICABLE, reason="示例：该机构在本单位无在办事项"),
    Report(Outcome.DECLINED, reason="示例：对适用范围有疑问，请信用办复核"),
)


def answer_some(*, tell: Callable[[str], None]) -> None:
    """Answer some tasks in the names of their units, unless that was done."""
    answered = frozenset(State) - AWAITED - _UNDO
    if queries.count_tasks(actor=OPERATOR, states=answered):
        return
    tell("联合措施 measures")
    waiting = _first(_OPEN, len(_REPORTS) + 1)
    for task, report in zip(waiting, _REPORTS, strict=False):
        _report(task, report)
    for task in waiting[len(_REPORTS) :]:
        reporting.acknowledge(actor=_clerk(task), task=task.id, at=timezone.now())
    for task in _first(_UNDO, 1):
        reporting.acknowledge_recall(
            actor=_clerk(task),
            task=task.id,
            evidence="示恢〔示例〕1号",
            at=timezone.now(),
        )


def _first(states: frozenset[State], most: int) -> list[TaskView]:
    """Return the first tasks in some states, one of each unit."""
    found: dict[str, TaskView] = {}
    for task in queries.list_tasks(actor=OPERATOR, states=states).items:
        found.setdefault(task.unit, task)
    return list(found.values())[:most]


def _report(task: TaskView, report: Report) -> None:
    reporting.report(actor=_clerk(task), task=task.id, report=report, at=timezone.now())


def _clerk(task: TaskView) -> Actor:
    return Actor(f"demo-clerk-{task.unit}", units=frozenset({task.unit}))
