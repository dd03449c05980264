"""What is known about publications: input for `visible_state`, and the desk's queue."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.cases import queries as cases
from xinheng.apps.disclosures.models import End, Report, Statement
from xinheng.core.disclosures import facts
from xinheng.core.disclosures.facts import Fact, Override, Severity, Trait

RECORD, LISTING = "record", "listing"
_KEYS_AT_ONCE = 500
_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a publication is of: `Subject(RECORD, record_key(...))`."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one publication; `severity` and `override` only if confirmed."""

    ends: tuple[facts.End, ...] = ()
    severity: Severity | None = None
    traits: frozenset[Trait] = frozenset()
    override: Override | None = None
    is_hidden: bool = False
    is_disputed: bool = False

    def applied_to(self, fact: Fact) -> Fact:
        """Return the fact with what is known here."""
        return dataclasses.replace(
            fact,
            ends=(*fact.ends, *self.ends),
            severity=self.severity or fact.severity,
            traits=fact.traits | self.traits,
            override=self.override or fact.override,
            is_hidden=fact.is_hidden or self.is_hidden,
            is_disputed=fact.is_disputed or self.is_disputed,
        )


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report of personal data, for the desk."""

    id: int
    organization: int
    title: str
    what: str
    state: str
    hides: bool
    reported_at: datetime
    due_on: date
    reason: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class StatementView:
    """What was stated about a decision; `counts` says that it is in effect.

    `uscc` is null where the desk doesn't know whose decision it is.
    """

    id: int
    key: str
    uscc: str | None
    title: str
    severity: Severity | None
    trait: Trait | None
    until: date | None
    citation: str
    stated_by: str
    stated_at: datetime
    confirmed_at: datetime | None

    @property
    def counts(self) -> bool:
        """A trait counts at once, the others once they are confirmed."""
        return self.trait is not None or self.confirmed_at is not None


class UnknownReportError(LookupError):
    """There is no report of that number."""

    def __init__(self, report: int) -> None:
        super().__init__(str(report))
        self.report = report


def record_key(*, dataset: str, natural_key: str) -> str:
    """Return the name of a record, whatever version of it is in force."""
    return sha256(f"{dataset}\n{natural_key}".encode()).hexdigest()


def known(
    *,
    kind: str,
    keys: Collection[str] | None = None,
    known_at: datetime | None = None,
) -> Mapping[str, Known]:
    """Return what is known of the publications of a kind, by key.

    Keys of which nothing is known are not in the answer; `keys` null means all,
    `known_at` null as known now.
    """
    found: dict[str, Known] = {}
    ends = End.objects.filter(kind=kind).order_by("id")
    statements = Statement.objects.filter(kind=kind).order_by("id")
    if known_at is not None:
        ends = ends.filter(ended_at__lte=known_at)
        statements = statements.filter(stated_at__lte=known_at)
    for end in _rows(ends, keys):
        each = facts.End(facts.Cause(end.reason), end.effective_on)
        before = found.get(end.key, Known())
        found[end.key] = dataclasses.replace(before, ends=(*before.ends, each))
    for statement in _rows(statements, keys):
        before = found.get(statement.key, Known())
        found[statement.key] = _stated(before, statement, known_at)
    for key in _hidden(kind, keys, known_at):
        found[key] = dataclasses.replace(found.get(key, Known()), is_hidden=True)
    for key in cases.marked(target_kind=kind, targets=keys, known_at=known_at):
        found[key] = dataclasses.replace(found.get(key, Known()), is_disputed=True)
    return found


def _stated(before: Known, row: Statement, known_at: datetime | None) -> Known:
    if row.trait:
        return dataclasses.replace(before, traits=before.traits | {Trait(row.trait)})
    if row.confirmed_at is None:
        return before
    if known_at is not None and row.confirmed_at > known_at:
        return before
    if row.severity:
        return dataclasses.replace(before, severity=Severity(row.severity))
    if row.until is not None:
        override = Override(row.until, row.citation)
        return dataclasses.replace(before, override=override)
    return before


def _hidden(
    kind: str, keys: Collection[str] | None, known_at: datetime | None
) -> Iterator[str]:
    hiding = Report.objects.filter(kind=kind, hides=True)
    rejected = Q(state=Report.State.REJECTED)
    if known_at is not None:
        hiding = hiding.filter(reported_at__lte=known_at)
        rejected &= Q(decided_at__lte=known_at)
    for row in _rows(hiding.exclude(rejected), keys):
        yield row.key


def _rows(rows: QuerySet[_Row], keys: Collection[str] | None) -> Iterator[_Row]:
    if keys is None:
        yield from rows
        return
    listed = list(keys)
    for begin in range(0, len(listed), _KEYS_AT_ONCE):
        yield from rows.filter(key__in=listed[begin : begin + _KEYS_AT_ONCE])


def list_reports(*, actor: Actor, decided: bool = False) -> tuple[ReportView, ...]:
    """Return the open reports, the most urgent first, or the last hundred decided.

    Raises:
        NotAllowedError: for anyone but the credit office.
    """
    if not actor.may_decide:
        raise NotAllowedError("see reports of personal data")
    rows = Report.objects.all()
    if decided:
        ordered = rows.exclude(state=Report.State.OPEN).order_by("-decided_at", "-id")
    else:
        ordered = rows.filter(state=Report.State.OPEN).order_by("due_on", "id")
    return tuple(view(row) for row in ordered[:100])


def list_statements(
    *, actor: Actor, key: str | None = None
) -> tuple[StatementView, ...]:
    """Return what was stated about a record, or what waits for a second person.

    Raises:
        NotAllowedError: for anyone but the credit office.
    """
    if not actor.may_decide:
        raise NotAllowedError("see statements about publications")
    rows = Statement.objects.filter(kind=RECORD).select_related("organization")
    if key is not None:
        rows = rows.filter(key=key)
    else:
        rows = rows.filter(confirmed_at__isnull=True, trait="")
    return tuple(_statement(row) for row in rows.order_by("-id")[:100])


def _statement(row: Statement) -> StatementView:
    return StatementView(
        id=row.id,
        key=row.key,
        uscc=row.organization.uscc if row.organization else None,
        title=row.title,
        severity=Severity(row.severity) if row.severity else None,
        trait=Trait(row.trait) if row.trait else None,
        until=row.until,
        citation=row.citation,
        stated_by=row.stated_by,
        stated_at=row.stated_at,
        confirmed_at=row.confirmed_at,
    )


def reported(report: int) -> tuple[int, str]:
    """Return the organization and the key of what a report is about.

    Raises:
        UnknownReportError: there is none of that number.
    """
    row = Report.objects.filter(id=report).first()
    if row is None:
        raise UnknownReportError(report)
    return row.organization_id, row.key


def view(row: Report) -> ReportView:
    """Return the plain value of a report."""
    return ReportView(
        id=row.id,
        organization=row.organization_id,
        title=row.title,
        what=row.what,
        state=row.state,
        hides=row.hides,
        reported_at=row.reported_at,
        due_on=row.due_on,
        reason=row.reason,
        decided_at=row.decided_at,
    )
