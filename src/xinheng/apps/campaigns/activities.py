"""Activities: units report what they did, another person approves, then it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.campaigns.models import Activity
from xinheng.apps.cases.operations import By
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.units import queries as units
from xinheng.core.campaigns import activities as core
from xinheng.core.campaigns.activities import Fault, Kind, State, Told
from xinheng.core.paging import Page, clamp
from xinheng.core.submissions import reasons

PAGE_SIZE = 50


class ActivityRefusedError(ValueError):
    """The act on an activity is refused; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class UnknownActivityError(LookupError):
    """There is no such activity, or the actor may not see it."""


@dataclass(frozen=True, slots=True)
class ActivityView:
    """An activity; `may_edit` and `may_decide` are the actor's who asked."""

    id: int
    unit: str
    unit_name: str
    unit_name_en: str
    kind: Kind
    document_no: str
    title: str
    text: str
    held_on: date
    state: State
    reason: str
    decided_at: datetime | None
    may_edit: bool = False
    may_decide: bool = False


@transaction.atomic
def submit(*, unit: str, told: Told, by: By) -> int:
    """Take an activity of a unit and return its number.

    Raises:
        ActivityRefusedError: TITLE, TEXT, NUMBER, DAY, PERSONAL_ID, TWICE.
        NotAllowedError: not in this unit's name.
        UnknownUnitError: there is no such unit.
    """
    if not by.actor.may_submit_for(unit):
        raise NotAllowedError("report an activity")
    _refuse(core.find_fault(told, on=by.on))
    row = Activity(unit_id=units.get_unit(unit).code, written_by=by.actor.account_id)
    row.written_at = by.at
    _fill(row, told)
    if _same_number(row).exists():
        raise ActivityRefusedError(Fault.TWICE)
    row.save()
    _append(row, "activity.submitted", by)
    return row.id


@transaction.atomic
def edit(*, activity: int, told: Told, by: By) -> None:
    """Put another text in an activity's place; a returned one is submitted again.

    Raises:
        ActivityRefusedError: as `submit`, and DECIDED once it was approved.
        NotAllowedError, UnknownActivityError.
    """
    row = _lock(activity, by.actor)
    if not _may_edit(row, by.actor):
        raise NotAllowedError("edit an activity")
    if row.state == State.APPROVED:
        raise ActivityRefusedError(Fault.DECIDED)
    _refuse(core.find_fault(told, on=by.on))
    _fill(row, told)
    if _same_number(row).exclude(id=row.id).exists():
        raise ActivityRefusedError(Fault.TWICE)
    row.edited_by = by.actor.account_id
    row.save()
    _append(row, "activity.edited", by)


@transaction.atomic
def approve(*, activity: int, by: By) -> None:
    """Approve an activity: it counts from now on.

    Raises:
        ActivityRefusedError: DECIDED, SAME_PERSON.
        NotAllowedError, UnknownActivityError.
    """
    row = _lock_to_decide(activity, by.actor)
    row.state, row.reason = State.APPROVED, ""
    row.decided_by, row.decided_at = by.actor.account_id, by.at
    row.decided_seq = _append(row, "activity.approved", by)
    row.save()


@transaction.atomic
def send_back(*, activity: int, by: By) -> None:
    """Return an activity to its unit; `by.reason` says why.

    Raises:
        ActivityRefusedError: DECIDED, SAME_PERSON.
        NotAllowedError, ReasonError, UnknownActivityError.
    """
    row = _lock_to_decide(activity, by.actor)
    row.state, row.reason = State.RETURNED, reasons.require(by.reason)
    row.decided_by, row.decided_at = by.actor.account_id, by.at
    row.save()
    _append(row, "activity.returned", by)


def get_activity(*, actor: Actor, activity: int) -> ActivityView:
    """Return an activity.

    Raises:
        UnknownActivityError: there is none, or the actor may not see it.
    """
    row = visible_to(actor).filter(id=activity).first()
    if row is None:
        raise UnknownActivityError(activity)
    return _view(row, actor)


def list_activities(*, actor: Actor, page: int = 1) -> Page[ActivityView]:
    """Return the activities that the actor may see, the latest first."""
    return _page(visible_to(actor), actor, page)


def list_public(*, page: int = 1) -> Page[ActivityView]:
    """Return the activities that were approved, the latest first."""
    rows = Activity.objects.filter(state=State.APPROVED).select_related("unit")
    return _page(rows, None, page)


def visible_to(actor: Actor) -> QuerySet[Activity]:
    """Return the activities that the actor may see: its units', for the office all."""
    rows = Activity.objects.select_related("unit")
    if actor.sees_all_units:
        return rows
    return rows.filter(unit_id__in=list(actor.visible_units))


def _page(
    rows: QuerySet[Activity], actor: Actor | None, number: int
) -> Page[ActivityView]:
    wanted: Page[ActivityView] = Page((), clamp(number), PAGE_SIZE, rows.count())
    shown = rows.order_by("-held_on", "-id")
    found = shown[wanted.offset : wanted.offset + PAGE_SIZE]
    items = tuple(_view(row, actor) for row in found)
    return Page(items, wanted.number, PAGE_SIZE, wanted.total)


def _fill(row: Activity, told: Told) -> None:
    row.kind, row.document_no = told.kind, told.number.strip()
    row.title, row.held_on = told.title.strip(), told.held_on
    row.text = told.text.strip().replace("\r\n", "\n")
    row.state = State.SUBMITTED


def _same_number(row: Activity) -> QuerySet[Activity]:
    return Activity.objects.filter(
        unit_id=row.unit_id, kind=row.kind, document_no=row.document_no
    )


def _refuse(fault: Fault | None) -> None:
    if fault is not None:
        raise ActivityRefusedError(fault)


def _lock(activity: int, actor: Actor) -> Activity:
    row = visible_to(actor).select_for_update(of=("self",)).filter(id=activity).first()
    if row is None:
        raise UnknownActivityError(activity)
    return row


def _lock_to_decide(activity: int, actor: Actor) -> Activity:
    row = _lock(activity, actor)
    if not actor.may_decide:
        raise NotAllowedError("decide on an activity")
    _refuse(
        core.find_decision_fault(
            state=State(row.state), by=actor.account_id, writers=_writers(row)
        )
    )
    return row


def _may_edit(row: Activity, actor: Actor) -> bool:
    return actor.may_submit_for(row.unit_id) or actor.may_decide


def _writers(row: Activity) -> set[str]:
    return {row.written_by, row.edited_by}


def _append(row: Activity, kind: str, by: By) -> int:
    """Tell the ledger of an act; the text itself stays out of it."""
    body = {
        "unit": row.unit_id,
        "kind": str(row.kind),
        "document_no": row.document_no,
        "held_on": str(row.held_on),
        "characters": len(row.text),
    }
    return ledger.append(
        kind=kind,
        subject=f"activity:{row.id}",
        actor=by.actor.account_id,
        body=body,
        at=by.at,
    ).seq


def _view(row: Activity, actor: Actor | None) -> ActivityView:
    waits = row.state == State.SUBMITTED
    decides = actor is not None and actor.may_decide
    return ActivityView(
        id=row.id,
        unit=row.unit_id,
        unit_name=row.unit.name,
        unit_name_en=row.unit.name_en,
        kind=Kind(row.kind),
        document_no=row.document_no,
        title=row.title,
        text=row.text,
        held_on=row.held_on,
        state=State(row.state),
        reason=row.reason,
        decided_at=row.decided_at,
        may_edit=actor is not None
        and row.state != State.APPROVED
        and _may_edit(row, actor),
        may_decide=waits
        and decides
        and actor is not None
        and actor.account_id not in _writers(row),
    )
