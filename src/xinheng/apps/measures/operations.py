"""Measures begin with their cause and end with it, in the cause's own transaction.

    fire     a cause takes effect: its measures are in force, each unit has its task
    recall   the cause has ended: so have its measures, each unit has to undo its own

Neither opens a transaction: the caller's act, the measures, the tasks and the messages
stand or fall together. What units do with their tasks is `reporting`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from xinheng.apps.law import queries as law
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.measures.models import Application, Task
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.organizations.queries import Identity
from xinheng.apps.outbox import operations as outbox
from xinheng.core.calendars.working_days import add_working_days
from xinheng.core.measures import applying
from xinheng.core.measures.applying import Applied
from xinheng.core.measures.causes import Cause
from xinheng.core.measures.measures import Polarity
from xinheng.core.measures.tasks import LIVE, State
from xinheng.rulebook import calendars
from xinheng.rulebook import measures as rulebook

FIRED, RECALLED = "measures.fired", "measures.recalled"
# So many causes are ended by one statement, and stand in one entry of the ledger.
BATCH = 500


class Reason(StrEnum):
    """Why measures can't begin; stable codes."""

    SOLE_PROPRIETOR = "MEASURE_SOLE_PROPRIETOR"  # a person in business: never
    ALREADY_FIRED = "MEASURE_ALREADY_FIRED"  # the cause is in effect
    TERM = "MEASURE_TERM"  # it ends before it begins
    NOT_ADOPTED = "MEASURE_NOT_ADOPTED"  # no lawyer has adopted the rulebook


class MeasuresRefusedError(ValueError):
    """The measures of a cause can't begin; `reason` says which rule stops them."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason


class NotInTransactionError(RuntimeError):
    """The caller has no open transaction, so the cause and its measures could part."""

    def __init__(self) -> None:
        super().__init__("fire and recall inside the transaction of the cause")


def fire(  # noqa: PLR0913  (what an act of another app knows, no type of ours)
    *,
    cause: Cause,
    scheme: str,
    organization: int,
    effective_on: date,
    expires_on: date,
    ledger_seq: int,
    actor: str,
    at: datetime,
) -> int:
    """Put the measures of a list in force and give each executing unit its tasks.

    Call it inside the cause's transaction, after its entry `ledger_seq`. The term is
    `[effective_on, expires_on)`. Measures are those of the memoranda in force on the
    day of `at`; a scheme that none names has none, and its cause is kept all the same,
    so that a look-up finds it. Voluntary measures are in force without a task. Returns
    the number of tasks.

    Raises:
        MeasuresRefusedError: for a sole proprietor, a cause in effect, an empty term;
            for measures against somebody under a rulebook that nobody has adopted.
        NotInTransactionError: outside a transaction.
        UnknownOrganizationError: where the register has no such organization.
    """
    _require_transaction()
    subject = organizations.get_identity(organization)
    _check(cause, subject, effective_on, expires_on)
    found = _follow(scheme, on=timezone.localdate(at))
    common = Application(
        cause_kind=cause.kind,
        cause_id=cause.id,
        scheme=scheme,
        organization_id=organization,
        effective_on=effective_on,
        expires_on=expires_on,
        fired_seq=ledger_seq,
    )
    if not found:
        common.save(force_insert=True)
        return 0
    tasks = _create(common, found, on=max(effective_on, timezone.localdate(at)))
    _tell_fired(common, subject, found, tasks, actor=actor, at=at)
    return len(tasks)


def recall(
    *,
    cause: Cause,
    reason: str,
    effective_on: date,
    ledger_seq: int,
    actor: str,
    at: datetime,
) -> int:
    """End the measures of a cause; each unit has to undo its own and to say so.

    `reason` is a short code of the cause's own, `effective_on` the first day without
    them. Call it inside the cause's transaction, after its entry. A cause without
    measures, or whose measures were recalled before, has none to recall. Returns the
    number of recalls that wait to be acknowledged.

    Raises:
        NotInTransactionError: outside a transaction.
        ValueError: where the reason is empty or longer than 64 characters.
    """
    return recall_many(
        causes=(cause,),
        reason=reason,
        effective_on=effective_on,
        ledger_seq=ledger_seq,
        actor=actor,
        at=at,
    )


def recall_many(
    *,
    causes: Sequence[Cause],
    reason: str,
    effective_on: date,
    ledger_seq: int,
    actor: str,
    at: datetime,
) -> int:
    """End the measures of many causes for one reason on one day; see `recall`.

    For a sweep: the number of statements grows with batches, not with causes.
    """
    _require_transaction()
    if not 0 < len(reason) <= 64:
        raise ValueError("a reason has 1 to 64 characters")
    end = {
        "ended_on": effective_on,
        "recalled_seq": ledger_seq,
        "recall_reason": reason,
    }
    return sum(
        _recall_batch(kind, ids, end, actor=actor, at=at)
        for kind, ids in _batches(causes)
    )


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransactionError


def _check(
    cause: Cause, subject: Identity, effective_on: date, expires_on: date
) -> None:
    if subject.is_sole_proprietor:
        raise MeasuresRefusedError(Reason.SOLE_PROPRIETOR)
    if expires_on <= effective_on:
        raise MeasuresRefusedError(Reason.TERM)
    if live(cause).exists():
        raise MeasuresRefusedError(Reason.ALREADY_FIRED)


def _follow(scheme: str, *, on: date) -> tuple[Applied, ...]:
    """Return the measures of a list; nothing adverse before the rules are adopted."""
    rules = rulebook.rules()
    found = applying.measures_of(
        scheme, memoranda=rules.memoranda, measures=rules.measures, on=on
    )
    polarities = {each.measure.polarity for each in found}
    if Polarity.ADVERSE in polarities and not law.is_adopted(on=on):
        raise MeasuresRefusedError(Reason.NOT_ADOPTED)
    return found


def live(cause: Cause) -> QuerySet[Application]:
    """Return the measures of a cause that were not recalled."""
    return Application.objects.filter(
        cause_kind=cause.kind, cause_id=cause.id, recalled_seq=None
    )


def _create(common: Application, found: Iterable[Applied], *, on: date) -> list[Task]:
    """Store the measures and their tasks, whose clocks begin to count after `on`."""
    clocks, calendar = rulebook.rules().clocks, calendars.load()
    acknowledge_by = add_working_days(on, clocks.acknowledge_within, calendar).on
    report_by = add_working_days(on, clocks.report_within, calendar).on
    tasks = []
    for applied in found:
        application = _copy(common, applied)
        application.save(force_insert=True)
        tasks += [
            Task(
                application=application,
                unit_id=unit,
                state=State.OPEN,
                acknowledge_by=acknowledge_by,
                report_by=report_by,
            )
            for unit in applied.units
        ]
    return Task.objects.bulk_create(tasks)


def _copy(common: Application, applied: Applied) -> Application:
    return Application(
        cause_kind=common.cause_kind,
        cause_id=common.cause_id,
        scheme=common.scheme,
        organization_id=common.organization_id,
        memorandum=applied.memorandum.code,
        measure=applied.measure.code,
        effective_on=common.effective_on,
        expires_on=common.expires_on,
        fired_seq=common.fired_seq,
    )


def _tell_fired(
    common: Application,
    subject: Identity,
    found: Iterable[Applied],
    tasks: Iterable[Task],
    *,
    actor: str,
    at: datetime,
) -> None:
    """Append what follows from the cause, and queue it for the units."""
    body: dict[str, object] = {
        "cause": {"kind": common.cause_kind, "id": common.cause_id},
        "organization": subject.uscc,
        "scheme": common.scheme,
        "effective_on": common.effective_on.isoformat(),
        "expires_on": common.expires_on.isoformat(),
        "measures": {
            each.measure.code: {
                "memorandum": each.memorandum.code,
                "units": list(each.units),
            }
            for each in found
        },
    }
    name = f"organization:{subject.key}"
    ledger.append(kind=FIRED, subject=name, actor=actor, body=body, at=at)
    payload = body | {
        "tasks": [_told(task) for task in tasks],
        "units": sorted({task.unit_id for task in tasks}),
    }
    outbox.queue(
        topic=FIRED,
        subject=name,
        payload=payload,
        ledger_seq=common.fired_seq,
        at=at,
    )


def _told(task: Task) -> dict[str, object]:
    return {
        "task": task.id,
        "unit": task.unit_id,
        "measure": task.application.measure,
        "acknowledge_by": task.acknowledge_by.isoformat(),
        "report_by": task.report_by.isoformat(),
    }


def _batches(causes: Sequence[Cause]) -> Iterator[tuple[str, list[str]]]:
    """Yield kind and ids, at most `BATCH` of them at once, each cause once."""
    ordered = sorted(set(causes), key=lambda each: (each.kind, each.id))
    for kind, group in groupby(ordered, key=lambda each: each.kind):
        ids = [each.id for each in group]
        for begin in range(0, len(ids), BATCH):
            yield kind, ids[begin : begin + BATCH]


def _recall_batch(
    kind: str,
    ids: Sequence[str],
    end: Mapping[str, object],
    *,
    actor: str,
    at: datetime,
) -> int:
    """End a batch's measures: its tasks, its applications, then the evidence."""
    ended = Application.objects.filter(
        cause_kind=kind, cause_id__in=ids, recalled_seq=None
    )
    tasks = list(
        Task.objects.filter(application__in=ended)
        .select_related("application__organization")
        .order_by("application__organization_id", "id")
    )
    if not ended.exists():
        return 0
    undo_by = _undo_by(at)
    standing = Task.objects.filter(application__in=ended)
    standing.filter(state=State.NOT_APPLICABLE).update(
        state=State.RECALLED, undone_at=at, undone_by=actor
    )
    opened = standing.filter(state__in=[each.value for each in LIVE])
    count = opened.update(state=State.RECALL_OPEN, undo_by=undo_by, is_escalated=False)
    ended.update(**end)
    _tell_recalled(kind, ids, tasks, end, actor=actor, at=at)
    return count


def _undo_by(at: datetime) -> date:
    within = rulebook.rules().clocks.undo_within
    return add_working_days(timezone.localdate(at), within, calendars.load()).on


def _tell_recalled(
    kind: str,
    ids: Sequence[str],
    tasks: Iterable[Task],
    end: Mapping[str, object],
    *,
    actor: str,
    at: datetime,
) -> None:
    """Append that the measures have ended, and queue it for each organization."""
    told = {"reason": end["recall_reason"], "ended_on": str(end["ended_on"])}
    ledger.append(
        kind=RECALLED,
        subject=f"{kind}:{ids[0]}" if len(ids) == 1 else kind,
        actor=actor,
        body={"cause": kind, "ids": list(ids), **told},
        at=at,
    )
    outbox.queue_many(
        messages=[
            outbox.Message(RECALLED, f"organization:{key}", payload | told)
            for key, payload in _recalls(tasks)
        ],
        ledger_seq=int(str(end["recalled_seq"])),
        at=at,
    )


def _recalls(tasks: Iterable[Task]) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield organization and message, one for each cause."""
    grouped: dict[tuple[int, str, str], list[Task]] = {}
    for task in tasks:
        of = task.application
        grouped.setdefault((of.organization_id, of.cause_kind, of.cause_id), []).append(
            task
        )
    for (organization, kind, cause), group in grouped.items():
        yield (
            organization,
            {
                "cause": {"kind": kind, "id": cause},
                "organization": group[0].application.organization.uscc,
                "scheme": group[0].application.scheme,
                "tasks": [
                    {
                        "task": task.id,
                        "unit": task.unit_id,
                        "measure": task.application.measure,
                    }
                    for task in group
                ],
                "units": sorted({task.unit_id for task in group}),
            },
        )
