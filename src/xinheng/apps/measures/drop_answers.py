"""The answers of a unit without a network, from the file that it was given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.measures import queries, reporting
from xinheng.apps.measures.queries import TaskView, UnknownTaskError
from xinheng.apps.measures.reporting import Outcome, Report, TaskRefusedError
from xinheng.core.measures import tasks
from xinheng.core.measures.feedback import Key, Rule, Said, read_key, read_word
from xinheng.core.measures.tasks import AWAITED, Act, State
from xinheng.core.submissions.reasons import ReasonError
from xinheng.pipeline import feedback_rows

ACTS = {
    Said.ACKNOWLEDGED: Act.ACKNOWLEDGE,
    Said.EXECUTED: Act.EXECUTE,
    Said.NOT_APPLICABLE: Act.FIND_NOT_APPLICABLE,
    Said.DECLINED: Act.DECLINE,
    Said.UNDONE: Act.ACKNOWLEDGE_RECALL,
}


@dataclass(slots=True)
class Taken:
    """What became of a file's rows: each is counted once.

    `taken` changed something, `unchanged` said what was known, `blank` said nothing;
    `refused` are (row, field, rule).
    """

    rows_read: int
    taken: int = 0
    unchanged: int = 0
    blank: int = 0
    refused: list[tuple[int, str, str]] = field(default_factory=list)


@transaction.atomic
def take(*, actor: Actor, unit: str, path: Path, at: datetime) -> Taken:
    """Record what a file says of the unit's tasks, each row by itself.

    Raises:
        NotAllowedError: for whoever may not answer for the unit.
        UnreadableFileError: the file is no such list.
    """
    if not actor.may_submit_for(unit):
        raise NotAllowedError(f"answer for {unit}")
    read = feedback_rows.read(path, on=timezone.localdate(at))
    done = Taken(read.rows_read, refused=list(read.refused))
    for row in read.rows.iter_rows(named=True):
        if not row["result"]:
            done.blank += 1
        elif refused := _take(actor, unit, row, done, at=at):
            done.refused.append((row["row"], *refused))
    done.refused.sort()
    return done


def _take(
    actor: Actor, unit: str, row: dict[str, Any], done: Taken, *, at: datetime
) -> tuple[str, str] | None:
    """Record a row; return field and rule where it can't be."""
    key = read_key(row["key"])
    task = _find(actor, unit, key)
    if key is None or task is None:
        return "key", Rule.KEY.value
    said = read_word(row["result"], is_recall=key.is_recall)
    if said is None:
        return "result", Rule.WORD.value
    if task.key != key or not tasks.may(task.state, ACTS[said]):
        return _known(task, said, row, done)
    try:
        _record(actor, task, said, row, at=at)
    except TaskRefusedError:  # somebody answered it a moment ago
        return "key", Rule.MOVED_ON.value
    except ReasonError as refused:
        is_done = said in {Said.EXECUTED, Said.UNDONE}
        return "evidence" if is_done else "reason", str(refused.fault)
    done.taken += 1
    return None


def _find(actor: Actor, unit: str, key: Key | None) -> TaskView | None:
    try:
        task = queries.get_task(actor=actor, task=key.task) if key else None
    except UnknownTaskError:
        return None
    return task if task is not None and task.unit == unit else None


def _known(
    task: TaskView, said: Said, row: dict[str, Any], done: Taken
) -> tuple[str, str] | None:
    """Count a row that says what is known; return the rule where it says otherwise."""
    is_same = {
        Said.ACKNOWLEDGED: task.state is not State.OPEN,
        Said.UNDONE: task.state is State.RECALLED,
    }.get(said)
    if is_same is None:
        told = (task.outcome, task.evidence, task.reason)
        is_same = task.state not in AWAITED and told == (
            said.value,
            row["evidence"],
            row["reason"],
        )
    if not is_same:
        return "key", Rule.MOVED_ON.value
    done.unchanged += 1
    return None


def _record(
    actor: Actor, task: TaskView, said: Said, row: dict[str, Any], *, at: datetime
) -> None:
    if said is Said.ACKNOWLEDGED:
        reporting.acknowledge(actor=actor, task=task.id, at=at)
    elif said is Said.UNDONE:
        evidence = row["evidence"]
        reporting.acknowledge_recall(
            actor=actor, task=task.id, evidence=evidence, at=at
        )
    else:
        told = Report(Outcome(said.value), row["reason"], row["evidence"])
        reporting.report(actor=actor, task=task.id, report=told, at=at)
