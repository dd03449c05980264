"""Reading cases: inboxes with their terms, one case, and the published figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.cases import tables
from xinheng.apps.cases.models import Case, CaseStep
from xinheng.core.paging import Page, clamp
from xinheng.core.procedures import clocks
from xinheng.core.procedures.clocks import Standing
from xinheng.core.procedures.figures import Ending
from xinheng.core.procedures.tables import Outcome, Party, State, Step
from xinheng.core.two_times import AsOf

PAGE_SIZE = 20
LISTING = "listing"  # a thing that a case is about


class UnknownCaseError(LookupError):
    """There is no such case, or the actor may not see it."""

    def __init__(self, case: int) -> None:
        super().__init__(str(case))
        self.case = case


@dataclass(frozen=True, slots=True)
class StepView:
    """A step that was taken; `person` is an opaque account id."""

    act: str
    title: str
    title_en: str
    party: Party
    person: str
    outcome: Outcome | None
    reason: str
    on: date
    at: datetime
    due_on: date | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as those concerned see it.

    `standing` is that of the running term on the day asked about; `due_on` null where
    none runs.
    """

    id: int
    procedure: str
    organization: str
    organization_name: str
    uscc: str
    unit: str
    unit_name: str
    unit_name_en: str
    target_kind: str
    target: str
    topic: str
    title: str
    state: State
    outcome: Outcome | None
    applied_on: date | None
    due_on: date | None
    due_is_provisional: bool
    standing: Standing
    overdue_since: date | None
    decided_on: date | None
    ended_at: datetime | None


def visible_to(actor: Actor) -> QuerySet[Case]:
    """Return the cases that the actor may see; a draft is its organization's alone."""
    own = Q(organization_id__in=[int(key) for key in actor.organizations])
    handed_in = Q(applied_on__isnull=False)
    if actor.sees_all_units:
        return Case.objects.filter(own | handed_in)
    units = Q(unit_id__in=list(actor.visible_units)) | _of_lists(actor)
    return Case.objects.filter(own | (handed_in & units))


def _of_lists(actor: Actor) -> Q:
    """Narrow to cases about listings of an authority that the actor lists for."""
    return Q(target_kind=LISTING, unit_id__in=list(actor.lists_for))


def get_case(*, actor: Actor, case: int, on: date) -> CaseView:
    """Return a case.

    Raises:
        UnknownCaseError: there is none, or the actor may not see it.
    """
    row = _with_names(visible_to(actor)).filter(id=case).first()
    if row is None:
        raise UnknownCaseError(case)
    return view(row, on=on)


def list_steps(*, actor: Actor, case: int) -> tuple[StepView, ...]:
    """Return what was done in a case, in order.

    Raises:
        UnknownCaseError: there is none, or the actor may not see it.
    """
    row = visible_to(actor).filter(id=case).first()
    if row is None:
        raise UnknownCaseError(case)
    steps = row.steps.order_by("position")
    return tuple(_step_view(row.procedure, step) for step in steps)


def list_open_steps(*, actor: Actor, case: int) -> tuple[Step, ...]:
    """Return what the actor may do in a case now, in the order of the table.

    That another person has to do it is said only when it is tried.
    """
    row = visible_to(actor).filter(id=case).first()
    if row is None:
        return ()
    table = tables.regulated(row.procedure).procedure
    parties = parties_of(row, actor)
    return tuple(
        step
        for party in Party
        if party in parties
        for step in table.steps_from(row.state, party)
    )


def list_inbox(*, actor: Actor, on: date, page: int = 1) -> Page[CaseView]:
    """Return the open cases that wait for the actor, the most urgent first."""
    waiting = [
        Q(procedure=name, state__in=_states_waiting(name, parties))
        & _reach(actor, parties)
        for name in (tables.OBJECTION, tables.REPAIR)
        for parties in ((Party.OFFICE,), (Party.UNIT,))
    ]
    wanted = waiting[0]
    for each in waiting[1:]:
        wanted |= each
    rows = visible_to(actor).filter(wanted, ended_at__isnull=True)
    return _page(rows.order_by("due_on", "id"), on=on, number=page)


def count_overdue(*, actor: Actor, on: date) -> tuple[int, int]:
    """Return the open cases that the actor may see, and those past a term's end."""
    rows = visible_to(actor).filter(ended_at__isnull=True, applied_on__isnull=False)
    return rows.count(), rows.filter(due_on__lt=on).count()


def list_cases(
    *, actor: Actor, on: date, organization: str | None = None, page: int = 1
) -> Page[CaseView]:
    """Return the cases that the actor may see, the latest first.

    `organization` null means every one.
    """
    rows = visible_to(actor)
    if organization is not None:
        rows = rows.filter(organization_id=int(organization))
    return _page(rows.order_by("-id"), on=on, number=page)


def list_known(*, actor: Actor, organization: str, asked: AsOf) -> tuple[CaseView, ...]:
    """Return an organization's cases as they were known, the latest first."""
    rows = visible_to(actor).filter(
        organization_id=int(organization), opened_at__lte=asked.known_at
    )
    return tuple(
        view(_then(row, asked.known_at), on=asked.on)
        for row in _with_names(rows).order_by("-id")
    )


def _then(row: Case, known_at: datetime) -> Case:
    """Return a case as it stood at a moment; never saved."""
    table = tables.regulated(row.procedure).procedure
    row.outcome, row.decided_on, row.overdue_since = "", None, None
    for each in row.steps.filter(at__lte=known_at).order_by("position"):
        row.state, row.due_on = each.to_state, each.due_on
        step = table.find_step(each.act, each.from_state)
        if each.outcome and step is not None and table.settles(step):
            row.outcome, row.decided_on = each.outcome, each.on
    if row.ended_at is not None and row.ended_at > known_at:
        row.ended_at = None
    if row.applied_on is not None and row.applied_on > timezone.localdate(known_at):
        row.applied_on = None
    return row


def list_open_topics(*, procedure: str, target_kind: str, target: str) -> list[str]:
    """Return the topics of the open cases about a thing."""
    rows = _open_about(target_kind, target).filter(procedure=procedure)
    return list(rows.values_list("topic", flat=True))


def is_marked(*, target_kind: str, target: str) -> bool:
    """Tell whether an open case wants the thing to be shown as disputed."""
    return any(tables.state_of(row).marked for row in _open_about(target_kind, target))


def marked(
    *,
    target_kind: str,
    targets: Collection[str] | None = None,
    known_at: datetime | None = None,
) -> frozenset[str]:
    """Return what of a kind is to be shown as disputed, among `targets` or of all.

    `known_at` null means as known now.
    """
    rows = Case.objects.filter(target_kind=target_kind, applied_on__isnull=False)
    if targets is not None:
        rows = rows.filter(target__in=list(targets))
    if known_at is not None:
        return frozenset(_marked_then(rows, known_at))
    wanted = rows.filter(ended_at__isnull=True)
    return frozenset(row.target for row in wanted if tables.state_of(row).marked)


def _marked_then(rows: QuerySet[Case], known_at: datetime) -> Iterator[str]:
    running = Q(ended_at__isnull=True) | Q(ended_at__gt=known_at)
    for row in rows.filter(running, opened_at__lte=known_at):
        last = row.steps.filter(at__lte=known_at).order_by("-position").first()
        if last is None:
            continue
        row.state = last.to_state  # as it stood then; never saved
        if tables.state_of(row).marked:
            yield row.target


def find_ended(*, case: int, procedure: str, outcome: str) -> date | None:
    """Return the day of the result of a case that ended with it, null for any other."""
    row = Case.objects.filter(
        id=case, procedure=procedure, outcome=outcome, ended_at__isnull=False
    ).first()
    return row.decided_on if row else None


def list_lapsed(*, procedure: str, on: date) -> list[int]:
    """Return the cases whose applicant let the term run out."""
    states = _states_waiting(procedure, (Party.APPLICANT,))
    rows = Case.objects.filter(
        procedure=procedure, state__in=states, ended_at__isnull=True, due_on__lt=on
    )
    return list(rows.order_by("id").values_list("id", flat=True))


def endings(
    *, procedure: str, first: date | None = None, last: date | None = None
) -> tuple[Ending, ...]:
    """Return the cases as they are counted; the bounds of the application included."""
    rows = Case.objects.filter(procedure=procedure, applied_on__isnull=False)
    if first is not None:
        rows = rows.filter(applied_on__gte=first)
    if last is not None:
        rows = rows.filter(applied_on__lte=last)
    return tuple(
        Ending(
            row.unit_id,
            row.applied_on,
            row.decided_on,
            row.outcome,
            row.was_overdue,
        )
        for row in rows.order_by("id")
        if row.applied_on is not None
    )


def parties_of(case: Case, actor: Actor) -> frozenset[Party]:
    """Return as whom the actor may act in a case; never on both sides."""
    if str(case.organization_id) in actor.organizations:
        return frozenset({Party.APPLICANT})
    parties = set()
    is_of_list = case.target_kind == LISTING and actor.may_list_for(case.unit_id)
    if is_of_list or actor.may_submit_for(case.unit_id):
        parties.add(Party.UNIT)
    if actor.may_decide:
        parties.add(Party.OFFICE)
    return frozenset(parties)


def view(row: Case, *, on: date) -> CaseView:
    """Return the plain value of a row."""
    table = tables.regulated(row.procedure).procedure
    return CaseView(
        id=row.id,
        procedure=row.procedure,
        organization=str(row.organization_id),
        organization_name=row.organization.name,
        uscc=row.organization.uscc,
        unit=row.unit_id,
        unit_name=row.unit.name,
        unit_name_en=row.unit.name_en,
        target_kind=row.target_kind,
        target=row.target,
        topic=row.topic,
        title=row.title,
        state=table.state(row.state),
        outcome=table.outcome(row.outcome) if row.outcome else None,
        applied_on=row.applied_on,
        due_on=row.due_on,
        due_is_provisional=row.due_is_provisional,
        standing=clocks.standing(row.due_on, on=on),
        overdue_since=row.overdue_since,
        decided_on=row.decided_on,
        ended_at=row.ended_at,
    )


def _step_view(procedure: str, row: CaseStep) -> StepView:
    table = tables.regulated(procedure).procedure
    step = table.find_step(row.act, row.from_state)
    return StepView(
        act=row.act,
        title=step.title if step else row.act,
        title_en=step.title_en if step else row.act,
        party=Party(row.party),
        person=row.person,
        outcome=table.outcome(row.outcome) if row.outcome else None,
        reason=row.reason,
        on=row.on,
        at=row.at,
        due_on=row.due_on,
    )


def _page(rows: QuerySet[Case], *, on: date, number: int) -> Page[CaseView]:
    page = clamp(number)
    start = (page - 1) * PAGE_SIZE
    shown = _with_names(rows)[start : start + PAGE_SIZE]
    items = tuple(view(row, on=on) for row in shown)
    return Page(items, page, PAGE_SIZE, rows.count())


def _with_names(rows: QuerySet[Case]) -> QuerySet[Case]:
    return rows.select_related("organization", "unit")


def _open_about(target_kind: str, target: str) -> QuerySet[Case]:
    return Case.objects.filter(
        target_kind=target_kind,
        target=target,
        ended_at__isnull=True,
        applied_on__isnull=False,
    )


def _states_waiting(procedure: str, parties: Iterable[Party]) -> list[str]:
    wanted = set(parties)
    table = tables.regulated(procedure).procedure
    return [state.name for state in table.states if state.waits_for in wanted]


def _reach(actor: Actor, parties: Iterable[Party]) -> Q:
    if Party.OFFICE in set(parties):
        return Q() if actor.may_decide else Q(pk__in=[])
    return Q(unit_id__in=list(actor.units)) | _of_lists(actor)
