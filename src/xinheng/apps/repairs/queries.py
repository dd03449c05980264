"""Reading repairs: what was stated, shown and promised, and the training sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.cases import queries as cases
from xinheng.apps.cases.tables import REPAIR
from xinheng.apps.evidence import queries as evidence
from xinheng.apps.evidence.queries import EvidenceRef
from xinheng.apps.repairs.models import Attendance, Repair, TrainingSession
from xinheng.core.paging import Page, clamp
from xinheng.core.repairs.conditions import Outcome
from xinheng.rulebook import redress

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class RepairView:
    """What an application says; `commitment` is null where none was made.

    `files` are (kind, file). `proposed` is null before the unit proposed a result.
    """

    case: int
    statement: str
    conduct_corrected: bool
    duties_done: bool
    commitment: int | None
    rule_set: str
    earliest_on: date | None
    proposed: str | None
    files: tuple[tuple[str, EvidenceRef], ...]


@dataclass(frozen=True, slots=True)
class SessionView:
    """A training session, with how many organizations and attendees came."""

    id: int
    unit: str
    unit_name: str
    unit_name_en: str
    title: str
    held_on: date
    organizations: int
    attendees: int


def get_repair(*, actor: Actor, case: int) -> RepairView:
    """Return what an application says.

    Raises:
        UnknownCaseError: there is none, or the actor may not see it.
    """
    if not cases.visible_to(actor).filter(id=case, procedure=REPAIR).exists():
        raise cases.UnknownCaseError(case)
    row = Repair.objects.get(case_id=case)
    shown = list(row.files.order_by("id"))
    found = evidence.find(each.digest for each in shown)
    return RepairView(
        case=case,
        statement=row.statement,
        conduct_corrected=row.conduct_corrected,
        duties_done=row.duties_done,
        commitment=row.commitment_id,
        rule_set=row.rule_set,
        earliest_on=row.earliest_on,
        proposed=row.proposed_outcome or None,
        files=tuple(
            (each.kind, found[each.digest]) for each in shown if each.digest in found
        ),
    )


def find_contestable(*, case: int) -> date | None:
    """Return the day of a result that an objection may contest, null where none is."""
    return cases.find_ended(case=case, procedure=REPAIR, outcome=Outcome.REFUSED)


def list_sessions(*, page: int = 1) -> Page[SessionView]:
    """Return the training sessions, the latest first; they are public."""
    rows = TrainingSession.objects.all()
    number = clamp(page)
    start = (number - 1) * PAGE_SIZE
    shown = (
        rows.select_related("unit")
        .annotate(bodies=Count("attendances"), people=Sum("attendances__attendees"))
        .order_by("-held_on", "-id")[start : start + PAGE_SIZE]
    )
    items = tuple(
        SessionView(
            id=row.id,
            unit=row.unit_id,
            unit_name=row.unit.name,
            unit_name_en=row.unit.name_en,
            title=row.title,
            held_on=row.held_on,
            organizations=row.bodies,
            attendees=row.people or 0,
        )
        for row in shown
    )
    return Page(items, number, PAGE_SIZE, rows.count())


def list_attended(*, organization: str) -> tuple[tuple[str, date, int], ...]:
    """Return title, day and attendees of the sessions that an organization attended."""
    rows = Attendance.objects.filter(organization_id=int(organization))
    found = rows.select_related("session").order_by("-session__held_on")
    return tuple(
        (row.session.title, row.session.held_on, row.attendees) for row in found
    )


def told_together() -> Mapping[str, str]:
    """Return what is told about repair with every adverse decision, by language."""
    both = redress.together()
    return {"zh": both.text, "en": both.text_en}
