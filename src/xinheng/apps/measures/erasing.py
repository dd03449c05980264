"""Let go what units wrote about a task, and what a look-up tells of an erased cause."""

from __future__ import annotations

from xinheng.apps.measures.models import Application, Task
from xinheng.core.measures.causes import Cause

GONE = "erased"


def exists(task: int) -> bool:
    """Tell whether a task still holds texts."""
    row = Task.objects.filter(id=task).first()
    return row is not None and bool(row.reason or row.evidence)


def erase_task(*, task: int) -> int:
    """Empty reason and reference of a task; return how many had some.

    A decline needs a reason: there a mark stands for it.
    """
    rows = Task.objects.filter(id=task)
    declined = rows.filter(outcome="DECLINED").exclude(reason=GONE)
    others = rows.exclude(outcome="DECLINED").exclude(reason="", evidence="")
    return declined.update(reason=GONE, evidence="") + others.update(
        reason="", evidence=""
    )


def forget(*, cause: Cause, seq: int) -> int:
    """Have look-ups tell no more of what followed from a cause, from entry `seq` on.

    Tasks and reports stay, without texts: they are counted.
    """
    rows = Application.objects.filter(cause_kind=cause.kind, cause_id=cause.id)
    for task in Task.objects.filter(application__in=rows).values_list("id", flat=True):
        erase_task(task=task)
    return rows.filter(erased_seq=None).update(erased_seq=seq)


def tasks_of(cause: Cause) -> tuple[int, ...]:
    """Return the tasks that followed from a cause."""
    rows = Task.objects.filter(
        application__cause_kind=cause.kind, application__cause_id=cause.id
    )
    return tuple(rows.order_by("id").values_list("id", flat=True))
