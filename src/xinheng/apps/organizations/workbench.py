"""Reading the workbench: issues of codes in their queue, and one with all about it.

The credit office sees every issue; a unit sees those that were assigned to it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.evidence import queries as evidence
from xinheng.apps.evidence.queries import EvidenceRef, UnknownEvidenceError
from xinheng.apps.organizations import corrections, judgements
from xinheng.apps.organizations.judgements import JudgementView
from xinheng.apps.organizations.models import (
    Correction,
    CorrectionFile,
    Organization,
    RegisterIssue,
)
from xinheng.core.organizations.corrections import Case, Stage, may_decide
from xinheng.core.organizations.issues import IssueState
from xinheng.core.organizations.judgements import Entry, EntryKind
from xinheng.core.paging import Page, clamp

PAGE_SIZE = 50
MOST_ENTRIES = 12  # side by side
OPEN, CLOSED = "OPEN", "CLOSED"
STAGES = (OPEN, Stage.ASSIGNED.value, Stage.PROPOSED.value, CLOSED)
AGES = (30, 90, 365)  # days


class UnknownIssueError(LookupError):
    """There is no such issue, or the actor may not see it."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """How a reader narrows the queue; an empty text narrows nothing.

    `older_than` counts days since an issue was found, 0 for any.
    """

    kind: str = ""
    unit: str = ""
    authority: str = ""
    stage: str = OPEN
    older_than: int = 0


@dataclass(frozen=True, slots=True)
class IssueRow:
    """An issue as the queue shows it; `unit` is whom it was assigned to.

    `reported_by` is the unit whose hand-in (`submission`) told of it, with the number
    of the row; each is null where no hand-in, or no single row, did.
    """

    id: int
    kind: str
    code: str
    name: str
    authority: str
    stage: str
    state: str
    unit: str | None
    found_at: datetime
    reported_by: str | None
    submission: UUID | None
    file_row: int | None


@dataclass(frozen=True, slots=True)
class EntryView:
    """One side of a comparison: an organization, or who an issue speaks of.

    `key` is the organization's own number, null for an issue. Texts are empty and days
    null where nothing is known. `source` is the digest of the file that named it.
    """

    entry: str
    key: int | None
    name: str
    code: str
    status: str
    kind: str
    division: str
    authority: str
    registered_on: date | None
    recorded_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A correction of an issue; see `models.Correction`. `files` prove it."""

    id: int
    stage: str
    unit: str | None
    assigned_by: str
    assigned_at: datetime | None
    flag: str
    subject: str
    new_code: str
    effective_on: date | None
    evidence: str
    evidence_sha256: str
    proposed_by: str
    proposed_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    reason: str
    undone_by: str
    undone_at: datetime | None
    files: tuple[EvidenceRef, ...]


@dataclass(frozen=True, slots=True)
class IssueInFull:
    """An issue with what is needed to decide on it.

    `corrections` are in the order of their beginning; the last may be live.
    `closed_with` is the issue whose decision closed this one too, null for none.
    """

    row: IssueRow
    case: Case
    entries: tuple[EntryView, ...]
    corrections: tuple[CorrectionView, ...]
    judgements: tuple[JudgementView, ...]
    closed_with: int | None

    @property
    def live(self) -> CorrectionView | None:
        """The correction that still counts, null for none."""
        last = self.corrections[-1] if self.corrections else None
        return last if last and last.stage != Stage.UNDONE else None

    def may_propose(self, actor: Actor) -> bool:
        """Tell whether the actor may answer."""
        if self.row.state != IssueState.OPEN:
            return False
        unit = self.live.unit if self.live else None
        return actor.may_decide or (unit is not None and actor.may_submit_for(unit))

    def may_decide(self, actor: Actor) -> bool:
        """Tell whether the actor may decide on the proposal that waits."""
        live = self.live
        if self.row.state != IssueState.OPEN or not actor.may_decide:
            return False
        if live is None or live.stage != Stage.PROPOSED:
            return False
        return may_decide(
            actor.account_id,
            assigned_by=live.assigned_by,
            proposed_by=live.proposed_by,
        )


def visible_to(actor: Actor) -> QuerySet[RegisterIssue]:
    """Return the issues that the actor may see."""
    if actor.sees_all_units:
        return RegisterIssue.objects.all()
    assigned = Correction.objects.filter(
        issue=OuterRef("id"), unit_id__in=actor.visible_units
    )
    return RegisterIssue.objects.filter(Exists(assigned.exclude(stage=Stage.UNDONE)))


def list_issues(
    *, actor: Actor, narrowing: Narrowing, at: datetime, page: int = 1
) -> Page[IssueRow]:
    """Return the issues that the actor may see, those found first in front."""
    rows = _narrowed(visible_to(actor), narrowing, at)
    number = clamp(page)
    window = rows.order_by("found_at", "id")[(number - 1) * PAGE_SIZE :][:PAGE_SIZE]
    return Page(_rows(list(window)), number, PAGE_SIZE, rows.count())


def count_open(actor: Actor) -> int:
    """Return how many open issues the actor may see."""
    return visible_to(actor).filter(state=IssueState.OPEN).count()


def count_by_kind(actor: Actor) -> dict[str, int]:
    """Return the open issues that the actor may see, by kind."""
    rows = visible_to(actor).filter(state=IssueState.OPEN).order_by()
    counted = rows.values_list("kind").annotate(Count("id"))
    return dict(sorted(counted))


def list_authorities(actor: Actor) -> tuple[str, ...]:
    """Return the authorities that open issues name, at most 200 of them."""
    rows = visible_to(actor).filter(state=IssueState.OPEN).exclude(authority="")
    found = rows.order_by("authority").values_list("authority", flat=True).distinct()
    return tuple(found[:200])


def get_issue(*, actor: Actor, issue: int) -> IssueInFull:
    """Return an issue in full.

    Raises:
        UnknownIssueError: none of that number that the actor may see.
    """
    rows = visible_to(actor).select_related("organization", "source", "closed_with")
    row = rows.filter(id=issue).first()
    if row is None:
        raise UnknownIssueError(issue)
    entries = _entries(row)
    return IssueInFull(
        row=_rows([row])[0],
        case=corrections.case_of(row),
        entries=entries,
        corrections=_corrections(row),
        judgements=judgements.list_between(
            [judgements.entry(each.entry) for each in entries]
        ),
        closed_with=row.closed_with.issue_id if row.closed_with else None,
    )


def open_file(*, actor: Actor, issue: int, digest: str) -> tuple[EvidenceRef, bytes]:
    """Return a file that proves a correction of an issue.

    Raises:
        UnknownIssueError: the actor may not see the issue.
        UnknownEvidenceError: no correction of it names such a file.
        OSError: the archive is damaged.
    """
    row = visible_to(actor).filter(id=issue).first()
    if row is None:
        raise UnknownIssueError(issue)
    named = CorrectionFile.objects.filter(correction__issue=row, file=digest)
    refs = evidence.find([digest]) if named.exists() else {}
    if digest not in refs:
        raise UnknownEvidenceError(digest)
    return refs[digest], evidence.open(digest)


def _narrowed(
    rows: QuerySet[RegisterIssue], narrowing: Narrowing, at: datetime
) -> QuerySet[RegisterIssue]:
    live = Correction.objects.filter(issue=OuterRef("id")).exclude(stage=Stage.UNDONE)
    if narrowing.stage == CLOSED:
        rows = rows.exclude(state=IssueState.OPEN)
    elif narrowing.stage:
        rows = rows.filter(state=IssueState.OPEN)
    if narrowing.stage in (Stage.ASSIGNED, Stage.PROPOSED):
        rows = rows.filter(Exists(live.filter(stage=narrowing.stage)))
    if narrowing.kind:
        rows = rows.filter(kind=narrowing.kind)
    if narrowing.unit:
        assigned = Exists(live.filter(unit_id=narrowing.unit))
        rows = rows.filter(Q(unit_id=narrowing.unit) | assigned)
    if narrowing.authority:
        rows = rows.filter(authority=narrowing.authority)
    if narrowing.older_than:
        rows = rows.filter(found_at__lt=at - timedelta(days=narrowing.older_than))
    return rows


def _rows(rows: list[RegisterIssue]) -> tuple[IssueRow, ...]:
    keys = [row.id for row in rows]
    live = Correction.objects.filter(issue__in=keys).exclude(stage=Stage.UNDONE)
    stages = {
        key: (stage, unit)
        for key, stage, unit in live.values_list("issue_id", "stage", "unit_id")
    }
    return tuple(_row(row, *stages.get(row.id, (OPEN, None))) for row in rows)


def _row(row: RegisterIssue, stage: str, unit: str | None) -> IssueRow:
    is_closed = row.state != IssueState.OPEN and stage != Stage.DECIDED
    return IssueRow(
        id=row.id,
        kind=row.kind,
        code=row.code,
        name=row.name,
        authority=row.authority,
        stage=CLOSED if is_closed else stage,
        state=row.state,
        unit=unit,
        found_at=row.found_at,
        reported_by=row.unit_id,
        submission=row.submission,
        file_row=_file_row(row),
    )


def _file_row(row: RegisterIssue) -> int | None:
    told = json.loads(row.details).get("row")
    return int(told) if told else None


def _entries(row: RegisterIssue) -> tuple[EntryView, ...]:
    """Return the holder, who else claims the code, and who shares it or its name."""
    holder = row.organization
    sides = [_organization(holder)] if holder else []
    if holder is None or holder.name_key != row.name_key:
        sides.append(_claimant(row))
    others = Organization.objects.exclude(issues=row.id)
    codes = json.loads(row.details).get("codes", [])
    alike = Q(uscc__in=codes)
    if row.name_key:
        alike |= Q(name_key=row.name_key)
    room = MOST_ENTRIES - len(sides)
    return (*sides, *map(_organization, others.filter(alike).order_by("uscc")[:room]))


def _organization(row: Organization) -> EntryView:
    return EntryView(
        entry=str(Entry(EntryKind.ORGANIZATION, row.id)),
        key=row.id,
        name=row.name,
        code=row.uscc,
        status=row.status,
        kind=row.kind,
        division=row.division,
        authority=row.authority,
        registered_on=row.registered_on,
        recorded_at=row.recorded_at,
        source="",
    )


def _claimant(row: RegisterIssue) -> EntryView:
    told = json.loads(row.details)
    day = told.get("registered_on")
    return EntryView(
        entry=str(Entry(EntryKind.ISSUE, row.id)),
        key=None,
        name=row.name,
        code=row.code,
        status=told.get("status", ""),
        kind=told.get("kind", ""),
        division=row.code[2:8] if len(row.code) == len("000000000000000000") else "",
        authority=row.authority,
        registered_on=date.fromisoformat(day) if day else None,
        recorded_at=row.found_at,
        source=row.source.file_sha256 if row.source else "",
    )


def _corrections(row: RegisterIssue) -> tuple[CorrectionView, ...]:
    found = list(row.corrections.order_by("id").prefetch_related("files"))
    digests = [each.file_id for one in found for each in one.files.all()]
    refs = evidence.find(digests) if digests else {}
    return tuple(_correction(each, refs) for each in found)


def _correction(row: Correction, refs: Mapping[str, EvidenceRef]) -> CorrectionView:
    names = set(CorrectionView.__slots__) - {"unit", "files"}
    values = {name: getattr(row, name) for name in names}
    files = sorted((refs[each.file_id] for each in row.files.all()), key=_name)
    return CorrectionView(unit=row.unit_id, files=tuple(files), **values)


def _name(ref: EvidenceRef) -> tuple[str, str]:
    return ref.name, ref.digest
