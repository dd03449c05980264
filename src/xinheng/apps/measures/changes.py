"""What happened to a unit's tasks, in the order of the ledger: for those who follow.

An event is a cause that took effect or ended, at the entry of its act, with the unit's
own tasks. Reading from the same place gives the same events again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet

from xinheng.apps.ledger import queries as ledger
from xinheng.apps.measures.models import Task
from xinheng.apps.measures.operations import FIRED, RECALLED

MOST_EVENTS = 200


@dataclass(frozen=True, slots=True)
class Change:
    """An event at entry `seq`; `content` is ready for JSON."""

    seq: int
    kind: str
    content: dict[str, object]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Events after a place; go on after entry `next`, at once unless `is_end`."""

    changes: tuple[Change, ...]
    next: int
    is_end: bool


def list_changes(*, units: frozenset[str], after: int) -> Stretch:
    """Return what happened to the tasks of these units after entry `after`."""
    end = ledger.size() - 1
    tasks = Task.objects.filter(unit__in=units)
    fired = _next(tasks, "application__fired_seq", after=after, end=end)
    recalled = _next(tasks, "application__recalled_seq", after=after, end=end)
    found = sorted({*fired, *recalled})[:MOST_EVENTS]
    is_end = len(found) < MOST_EVENTS
    last = end if is_end else found[-1]
    changes = [
        *_changes(tasks, "application__fired_seq", FIRED, after=after, last=last),
        *_changes(tasks, "application__recalled_seq", RECALLED, after=after, last=last),
    ]
    changes.sort(key=lambda each: (each.seq, each.kind))
    return Stretch(tuple(changes), max(last, after), is_end)


def _next(tasks: QuerySet[Task], column: str, *, after: int, end: int) -> Iterable[int]:
    between = {f"{column}__gt": after, f"{column}__lte": end}
    seqs = tasks.filter(**between).values_list(column, flat=True)
    return seqs.distinct().order_by(column)[:MOST_EVENTS]


def _changes(
    tasks: QuerySet[Task], column: str, kind: str, *, after: int, last: int
) -> Iterator[Change]:
    between = {f"{column}__gt": after, f"{column}__lte": last}
    rows = tasks.filter(**between).select_related("application__organization")
    ordered = rows.order_by(
        column, "application__cause_kind", "application__cause_id", "id"
    )
    name = column.removeprefix("application__")
    for (seq, _, _), group in groupby(ordered, key=lambda row: _act_of(row, name)):
        yield Change(seq, kind, _content(list(group), kind))


def _act_of(row: Task, name: str) -> tuple[int, str, str]:
    of = row.application
    return getattr(of, name), of.cause_kind, of.cause_id


def _content(rows: list[Task], kind: str) -> dict[str, object]:
    of = rows[0].application
    told: dict[str, object] = {
        "cause": {"kind": of.cause_kind, "id": of.cause_id},
        "organization": of.organization.uscc,
        "scheme": of.scheme,
        "effective_on": of.effective_on.isoformat(),
        "expires_on": of.expires_on.isoformat(),
        "tasks": [
            {"task": row.id, "unit": row.unit_id, "measure": row.application.measure}
            for row in rows
        ],
    }
    if kind == RECALLED:
        told |= {"reason": of.recall_reason, "ended_on": str(of.ended_on)}
    return told
