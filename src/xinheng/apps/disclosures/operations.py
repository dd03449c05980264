"""Publications end, are classed, and are hidden: each act with its ledger entry.

    end_publication   a repair, a removal, an annulment: called in the cause's own act
    state / confirm   class or special term, by two persons; a trait counts at once
    report / decide   a visitor reports personal data: hidden until the office decides

Each returns the number of its ledger entry, so that a caller can lead the change feed
to what it changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.disclosures.models import End, Report, Statement
from xinheng.apps.disclosures.queries import Subject, UnknownReportError
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.outbox import operations as outbox
from xinheng.core.calendars.working_days import add_working_days
from xinheng.core.disclosures.facts import Cause as Reason
from xinheng.core.disclosures.facts import Severity, Trait
from xinheng.core.measures.causes import Cause
from xinheng.core.submissions import reasons
from xinheng.rulebook import calendars, periods

VISITOR = "visitor"
# Beyond so many open reports that hide, one more waits for the office: somebody floods.
MOST_HIDING = 200


class Refused(StrEnum):
    """Why an act on a publication is refused."""

    TOO_LATE = "too_late"  # an annulled decision is withdrawn within three days
    ANNULLED_ON = "annulled_on"  # the day of the annulment is missing
    ONE_THING = "one_thing"  # a statement is one class, one trait or one term
    SAME_PERSON = "same_person"
    CONFIRMED = "confirmed"
    NOTHING_TO_CONFIRM = "nothing_to_confirm"  # a trait counts at once
    DECIDED = "decided"
    OPEN = "open"  # the record is reported already, and hidden


class DisclosureRefusedError(ValueError):
    """The act would break a rule; `reason` says which."""

    def __init__(self, reason: Refused) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a publication ends, by which case or decision, and the first day without it.

    `annulled_on` is the day on which a decision was changed, revoked or annulled; it
    bounds the end, and is null for every other reason.
    """

    reason: Reason
    cause: Cause
    effective_on: date
    annulled_on: date | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One class, one trait, or one term of its own, with the text it rests on."""

    citation: str
    severity: Severity | None = None
    trait: Trait | None = None
    until: date | None = None


class Stated(NamedTuple):
    """A statement's number, and that of its ledger entry."""

    statement: int
    seq: int


@dataclass(frozen=True, slots=True)
class About:
    """Whose decision a statement is about, and under which words the desk lists it."""

    organization: int
    title: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A record that a visitor reports, as the desk is to see it."""

    subject: Subject
    organization: int
    title: str
    what: str


@transaction.atomic
def end_publication(
    *, subject: Subject, ending: Ending, actor: str, at: datetime
) -> int:
    """End a publication from a day on; the same cause ends it once.

    Returns the ledger entry's number.

    Raises:
        DisclosureRefusedError: for an annulment without its day, or ended too late.
    """
    if ending.reason is Reason.ANNULLED:
        _check_withdrawal(ending.annulled_on, ending.effective_on)
    cause = ending.cause
    End.objects.update_or_create(
        kind=subject.kind,
        key=subject.key,
        cause_kind=cause.kind,
        cause=cause.id,
        defaults={
            "reason": ending.reason.value,
            "effective_on": ending.effective_on,
            "ended_by": actor,
            "ended_at": at,
        },
    )
    body: dict[str, object] = {
        "reason": ending.reason.value,
        "cause": f"{cause.kind}:{cause.id}",
        "effective_on": str(ending.effective_on),
    }
    if ending.annulled_on is not None:
        body["annulled_on"] = str(ending.annulled_on)
    return _tell("publication.ended", subject, body, actor=actor, at=at)


def _check_withdrawal(annulled_on: date | None, effective_on: date) -> None:
    if annulled_on is None:
        raise DisclosureRefusedError(Refused.ANNULLED_ON)
    within = timedelta(days=periods.rules().withdrawal.within_days)
    if effective_on > annulled_on + within:
        raise DisclosureRefusedError(Refused.TOO_LATE)


@transaction.atomic
def state(
    *,
    subject: Subject,
    claim: Claim,
    actor: Actor,
    at: datetime,
    about: About | None = None,
) -> Stated:
    """State a class, a trait or a term of its own.

    Raises:
        DisclosureRefusedError: where it is not exactly one thing.
        NotAllowedError: for anyone but the credit office.
        ReasonError: for a citation that can't be kept.
    """
    _require_office(actor, "state a class or a term")
    given = (claim.severity, claim.trait, claim.until)
    if sum(each is not None for each in given) != 1:
        raise DisclosureRefusedError(Refused.ONE_THING)
    row = Statement.objects.create(
        kind=subject.kind,
        key=subject.key,
        organization_id=about.organization if about else None,
        title=about.title[:300] if about else "",
        severity=claim.severity.value if claim.severity else "",
        trait=claim.trait.value if claim.trait else "",
        until=claim.until,
        citation=reasons.require(claim.citation),
        stated_by=actor.account_id,
        stated_at=at,
    )
    seq = _tell(
        "publication.stated", subject, _claimed(row), actor=actor.account_id, at=at
    )
    return Stated(row.id, seq)


@transaction.atomic
def confirm(*, statement: int, actor: Actor, at: datetime) -> int:
    """Confirm a class or a term as a second person; it counts from now on.

    Raises:
        DisclosureRefusedError: for the person who stated it, or what is confirmed or
            needs no confirmation.
        NotAllowedError: for anyone but the credit office.
        Statement.DoesNotExist: there is none of that number.
    """
    _require_office(actor, "confirm a class or a term")
    row = Statement.objects.select_for_update().get(id=statement)
    if row.trait:
        raise DisclosureRefusedError(Refused.NOTHING_TO_CONFIRM)
    if row.confirmed_at is not None:
        raise DisclosureRefusedError(Refused.CONFIRMED)
    if row.stated_by == actor.account_id:
        raise DisclosureRefusedError(Refused.SAME_PERSON)
    row.confirmed_by, row.confirmed_at = actor.account_id, at
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    subject = Subject(row.kind, row.key)
    body = _claimed(row)
    return _tell("publication.confirmed", subject, body, actor=actor.account_id, at=at)


@transaction.atomic
def report(*, reported: Reported, at: datetime) -> int:
    """Take a visitor's report: the record is hidden at once, until it is decided.

    Where an earlier report on it was rejected, the record stays; the office decides all
    the same. Who reported is not kept. Returns the ledger entry's number.

    Raises:
        DisclosureRefusedError: where a report on it is open already.
        ReasonError: where the words can't be kept; a personal number among them.
    """
    subject = reported.subject
    what = reasons.require(reported.what)
    earlier = Report.objects.filter(kind=subject.kind, key=subject.key)
    if earlier.filter(state=Report.State.OPEN).exists():
        raise DisclosureRefusedError(Refused.OPEN)
    due = add_working_days(
        timezone.localdate(at),
        periods.rules().reports.decide_within_working_days,
        calendars.load(),
    )
    row = Report.objects.create(
        kind=subject.kind,
        key=subject.key,
        organization_id=reported.organization,
        title=reported.title[:300],
        what=what,
        hides=_may_hide(earlier),
        state=Report.State.OPEN,
        reported_at=at,
        due_on=due.on,
    )
    body = {"report": row.id, "hidden": row.hides, "due_on": str(row.due_on)}
    return _tell("publication.reported", subject, body, actor=VISITOR, at=at)


def _may_hide(earlier: QuerySet[Report]) -> bool:
    """Tell whether a report hides by itself: not twice, and no flood of them."""
    if earlier.filter(state=Report.State.REJECTED).exists():
        return False
    hiding = Report.objects.filter(state=Report.State.OPEN, hides=True)
    return hiding.count() < MOST_HIDING


@transaction.atomic
def decide_report(
    *, report: int, upheld: bool, reason: str, actor: Actor, at: datetime
) -> int:
    """Decide a report: upheld, the record stays hidden; rejected, it is shown again.

    Raises:
        DisclosureRefusedError: where it is decided already.
        NotAllowedError: for anyone but the credit office.
        ReasonError, UnknownReportError.
    """
    _require_office(actor, "decide a report of personal data")
    row = Report.objects.select_for_update().filter(id=report).first()
    if row is None:
        raise UnknownReportError(report)
    if row.state != Report.State.OPEN:
        raise DisclosureRefusedError(Refused.DECIDED)
    row.state = Report.State.UPHELD if upheld else Report.State.REJECTED
    # What is upheld stays hidden, even where the report itself did not hide it.
    row.hides = row.hides or upheld
    row.reason = reasons.require(reason)
    row.decided_by, row.decided_at = actor.account_id, at
    row.save()
    body = {"report": row.id, "state": str(row.state), "reason": row.reason}
    subject = Subject(row.kind, row.key)
    return _tell(
        "publication.report_decided", subject, body, actor=actor.account_id, at=at
    )


def _require_office(actor: Actor, what: str) -> None:
    if not actor.may_decide:
        raise NotAllowedError(what)


def _claimed(row: Statement) -> dict[str, object]:
    return {
        "statement": row.id,
        "severity": row.severity,
        "trait": row.trait,
        "until": str(row.until) if row.until else None,
        "citation": row.citation,
    }


def _tell(
    kind: str, subject: Subject, body: Mapping[str, object], *, actor: str, at: datetime
) -> int:
    """Append the act to the ledger and queue it; return the entry's number."""
    name = f"{subject.kind}:{subject.key}"
    appended = ledger.append(kind=kind, subject=name, actor=actor, body=body, at=at)
    outbox.queue(topic=kind, subject=name, payload=body, ledger_seq=appended.seq, at=at)
    return appended.seq
