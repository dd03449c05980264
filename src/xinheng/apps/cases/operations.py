"""Cases are opened and go on, step by step, as their table allows.

    open_case -> advance ... -> ended
       lapse      a term of the applicant ran out: the register goes on
       escalate   a term of an authority ran out: the case says so, nothing ends

The app above that knows what a step means calls these inside its transaction, does what
the steps promise, and appends to the ledger last. `escalate_overdue` stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.cases import tables
from xinheng.apps.cases.models import Case, CaseStep
from xinheng.apps.cases.queries import UnknownCaseError, parties_of
from xinheng.apps.cases.tables import Begun
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.outbox import operations as outbox
from xinheng.core.procedures import acting
from xinheng.core.procedures.acting import Asked, Past, Refusal
from xinheng.core.procedures.tables import AUTHORITIES, Effect, Party, Step, follow
from xinheng.core.submissions import reasons

REGISTER, SUBMIT = "register", "submit"
EXTEND, EXTENSION = "extend", "extension"
NO_TERM = "REDRESS_NO_TERM"
OVERDUE = "case.overdue"


# A case in the hands of an act; its app alone touches the table.
LockedCase = Case


class RefusedError(ValueError):
    """A rule stands against an act; nothing was changed.

    `code` is the rule's name. `day` and `basis` fill the gaps of its text: the day that
    decides, and the text that is quoted; empty where the text has none.
    """

    def __init__(self, code: str, *, day: date | None = None, basis: str = "") -> None:
        super().__init__(code)
        self.code = str(code)
        self.day = day
        self.basis = basis


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, when, and what they say with it."""

    actor: Actor
    at: datetime
    reason: str = ""
    outcome: str = ""

    @property
    def on(self) -> date:
        """The legal day of the act."""
        return timezone.localdate(self.at)


@dataclass(frozen=True, slots=True)
class About:
    """What a case is about; `organization` is the register's key."""

    organization: str
    unit: str
    target_kind: str
    target: str
    topic: str
    title: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What an act did: the steps, whether the mark changed, and what has to be done.

    `mark` is True where the mark has to be set now, False where it has to be lifted,
    null where it stays as it is.
    """

    case: Case
    steps: tuple[Step, ...]
    mark: bool | None

    @property
    def effects(self) -> frozenset[Effect]:
        """What the steps promise."""
        return frozenset(effect for step in self.steps for effect in step.effects)


def open_case(*, procedure: str, about: About, by: By) -> Case:
    """Open a case as a draft of the applicant's.

    Raises:
        RefusedError: the actor doesn't act for the organization.
    """
    if about.organization not in by.actor.organizations:
        raise RefusedError(Refusal.NOT_YOURS)
    return Case.objects.create(
        procedure=procedure,
        organization_id=int(about.organization),
        unit_id=about.unit,
        target_kind=about.target_kind,
        target=about.target,
        topic=about.topic,
        title=about.title[:300],
        state=tables.regulated(procedure).procedure.initial.name,
        opened_by=by.actor.account_id,
        opened_at=by.at,
        state_since=by.on,
    )


def lock(*, case: int, procedure: str) -> Case:
    """Lock a case and return it.

    Raises:
        UnknownCaseError: there is no such case of that procedure.
    """
    rows = Case.objects.select_for_update().filter(id=case, procedure=procedure)
    found = rows.first()
    if found is None:
        raise UnknownCaseError(case)
    return found


def advance(case: Case, act: str, *, by: By) -> Moved:
    """Take a step, and the register's own steps behind it.

    The case must be locked.

    Raises:
        RefusedError: why it can't be taken, by the rule's name.
        ReasonError: the reason can't be kept.
    """
    procedure = tables.regulated(case.procedure).procedure
    asked = Asked(
        act,
        parties_of(case, by.actor),
        by.actor.account_id,
        by.reason,
        by.outcome,
    )
    past = [Past(s.act, Party(s.party), s.person) for s in _past(case)]
    refusal = acting.find_refusal(procedure, asked, state=case.state, past=past)
    step = procedure.find_step(act, case.state)
    if refusal is not None or step is None:
        raise RefusedError(refusal or Refusal.NOT_NOW)
    _require_term(case, act)
    return _move(case, step, by)


def lapse(case: Case, *, at: datetime) -> Moved:
    """Let the register go on where the applicant's term ran out.

    Raises:
        RefusedError: no term of the applicant's has run out.
    """
    on = timezone.localdate(at)
    if tables.state_of(case).waits_for is not Party.APPLICANT or not _is_over(case, on):
        raise RefusedError(Refusal.NOT_NOW)
    procedure = tables.regulated(case.procedure).procedure
    own = procedure.steps_from(case.state, Party.REGISTER)
    if not own:
        raise RefusedError(Refusal.NOT_NOW)
    return _move(case, own[0], By(Actor(REGISTER), at))


def register_step(case: Case, act: str, *, at: datetime) -> Moved:
    """Let the register take a step of its own, because something else was decided.

    Raises:
        RefusedError: the table has no such step for the register now, or another case
            about the same thing is open.
    """
    procedure = tables.regulated(case.procedure).procedure
    step = procedure.find_step(act, case.state)
    is_its_own = step is not None and step.party is Party.REGISTER
    if step is None or not is_its_own or not _is_for(step, case.outcome):
        raise RefusedError(Refusal.NOT_NOW)
    if case.ended_at is not None and _has_successor(case):
        raise RefusedError(Refusal.NOT_NOW)
    return _move(case, step, By(Actor(REGISTER), at))


@transaction.atomic
def escalate_overdue(*, at: datetime) -> int:
    """Say of every case whose authority is late that it is; return how many are new.

    Terms that rested on a calendar not announced then are counted anew first.
    """
    on = timezone.localdate(at)
    _settle_calendars()
    late = Case.objects.select_for_update().filter(
        ended_at__isnull=True, overdue_since__isnull=True, due_on__lt=on
    )
    acts = []
    for case in late.order_by("id"):
        if tables.state_of(case).waits_for in AUTHORITIES and case.due_on is not None:
            case.overdue_since = case.due_on + timedelta(days=1)
            case.was_overdue = True
            case.save(update_fields=["overdue_since", "was_overdue"])
            acts.append((case, ledger_act(case, OVERDUE, REGISTER, {})))
    appended = ledger.append_many(acts=[act for _, act in acts], at=at)
    for (case, act), entry in zip(acts, appended, strict=True):
        outbox.queue(
            topic=OVERDUE,
            subject=act.subject,
            payload={"case": case.id, "unit": case.unit_id, "due_on": str(case.due_on)},
            ledger_seq=entry.seq,
            at=at,
        )
    return len(acts)


def ledger_act(
    case: Case, kind: str, person: str, more: dict[str, object]
) -> ledger.Act:
    """Return the ledger's act of what happened to a case."""
    body: dict[str, object] = {
        "procedure": case.procedure,
        "organization": case.organization_id,
        "unit": case.unit_id,
        "target": f"{case.target_kind}:{case.target}",
        "topic": case.topic,
        "state": case.state,
        "outcome": case.outcome,
        "due_on": str(case.due_on) if case.due_on else None,
        **more,
    }
    return ledger.Act(kind, f"{case.procedure}:{case.id}", person, body)


def _move(case: Case, step: Step, by: By) -> Moved:
    table = tables.regulated(case.procedure).procedure
    before = table.state(case.state)
    taken = (step, *follow(table, step.target, by.outcome or case.outcome))
    for each in taken:
        own = By(Actor(REGISTER), by.at) if each is not step else by
        _take(case, each, own)
    after = table.state(case.state)
    case.ended_at = by.at if after.has_ended else None
    case.save()
    mark = after.marked if after.marked != before.marked else None
    return Moved(case, taken, mark)


def _take(case: Case, step: Step, by: By) -> None:
    procedure = tables.regulated(case.procedure).procedure
    left, case.state, case.state_since = case.state, step.target, by.on
    case.overdue_since = None
    if left == procedure.initial.name and step.act == SUBMIT:
        case.applied_on = by.on
    if by.outcome and procedure.settles(step):
        case.outcome, case.decided_on = by.outcome, by.on
    term = tables.due(
        case.procedure, Begun(case.state, by.on), applied_on=case.applied_on
    )
    case.due_on = term.on if term else None
    case.due_is_provisional = term.provisional if term else False
    CaseStep.objects.create(
        case=case,
        position=case.steps.count(),
        act=step.act,
        party=step.party,
        person=by.actor.account_id,
        from_state=left,
        to_state=case.state,
        outcome=by.outcome if step.outcomes else "",
        reason=reasons.require(by.reason) if by.reason.strip() else "",
        on=by.on,
        at=by.at,
        due_on=case.due_on,
    )


def _require_term(case: Case, act: str) -> None:
    """Refuse an extension whose length no text gives."""
    if act == EXTEND:
        clock = tables.regulated(case.procedure).clocks[EXTENSION]
        if clock.amount is None:
            raise RefusedError(NO_TERM)


def _is_for(step: Step, outcome: str) -> bool:
    return not step.outcomes or outcome in step.outcomes


def _has_successor(case: Case) -> bool:
    about = {
        "procedure": case.procedure,
        "target_kind": case.target_kind,
        "target": case.target,
        "topic": case.topic,
        "ended_at__isnull": True,
        "applied_on__isnull": False,
    }
    return Case.objects.filter(**about).exists()


def _past(case: Case) -> list[CaseStep]:
    return list(case.steps.order_by("position"))


def _is_over(case: Case, on: date) -> bool:
    return case.due_on is not None and on > case.due_on


def _settle_calendars() -> None:
    provisional = Case.objects.select_for_update().filter(
        ended_at__isnull=True, due_is_provisional=True
    )
    for case in provisional:
        begun = Begun(case.state, case.state_since)
        term = tables.due(case.procedure, begun, applied_on=case.applied_on)
        if term is not None:
            case.due_on, case.due_is_provisional = term.on, term.provisional
            case.save(update_fields=["due_on", "due_is_provisional"])
