"""Reading what waits: the queues, and one row with all that is needed to decide on it.

| queue | who acts |
|---|---|
| to mend | the unit: rows that were rejected or sent back, and did not come again |
| questionable | the credit office decides |
| unlinked | the register: a row lands by itself once its organization is known |

Everything starts from what the actor may see.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db.models import QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import archive, mending, queries, questions
from xinheng.apps.intake.mending import Narrowing
from xinheng.apps.intake.models import HeldRow, Submission
from xinheng.apps.intake.queries import FindingView
from xinheng.apps.organizations import names
from xinheng.apps.organizations.names import NameView
from xinheng.apps.records import in_force, publication
from xinheng.apps.records.in_force import VersionView
from xinheng.core.paging import Page, clamp
from xinheng.core.screening import personal_id
from xinheng.core.submissions.findings import Severity
from xinheng.rulebook import catalog as rulebook

PAGE_SIZE = 50
MOST_EXPORTED = 100_000
SUSPECTED = "PERSONAL_ID_SUSPECTED"
_MASK = "●"


class UnknownRowError(LookupError):
    """There is no such row, or the actor may not see it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for somebody, as far as the actor may see.

    `to_mend` are submissions, the next two rows; `holds` null for those who don't
    decide on them.
    """

    to_mend: int
    questionable: int
    unlinked: int
    questions: int
    holds: int | None


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row kept aside, as a list shows it.

    `asked_at` is null until the register was asked for the organization. `code` and
    `name` are those that were reported, empty where the dataset has none.
    """

    id: int
    submission: str
    row_number: int
    unit_code: str
    unit_name: str
    unit_name_en: str
    dataset: str
    reason: str
    rules: tuple[str, ...]
    code: str
    name: str
    received_at: datetime
    asked_at: datetime | None
    decision: str
    decision_reason: str
    decided_at: datetime | None
    closed_by: str | None
    is_own: bool  # the actor handed it in, and can't decide


@dataclass(frozen=True, slots=True)
class ReportedField:
    """One field of a row as it was reported; `is_hidden` where digits were covered."""

    title: str
    title_en: str
    text: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class RowInFull:
    """A row with what is needed to decide on it.

    `names` are those that the register holds for the reported code, `version` the
    record in force under the same key, null where there is none.
    """

    row: KeptRow
    file_name: str
    fields: tuple[ReportedField, ...]
    findings: tuple[FindingView, ...]
    names: tuple[NameView, ...]
    version: VersionView | None

    @property
    def is_foreign(self) -> bool:
        """Whether the record in force is another unit's."""
        return self.version is not None and self.version.unit_code != self.row.unit_code


def waiting(actor: Actor) -> Waiting:
    """Return how much waits in each queue."""
    rows = _open(actor)
    return Waiting(
        to_mend=mending.count_to_mend(actor=actor),
        questionable=rows.filter(reason=HeldRow.Reason.QUESTIONABLE).count(),
        unlinked=rows.filter(reason=HeldRow.Reason.UNLINKED).count(),
        questions=questions.count_open(actor=actor),
        holds=publication.count_open() if actor.may_decide else None,
    )


def visible_to(actor: Actor) -> QuerySet[HeldRow]:
    """Return the rows kept aside that the actor may see."""
    rows = HeldRow.objects.select_related("submission__unit")
    if actor.sees_all_units:
        return rows
    return rows.filter(submission__unit_id__in=actor.visible_units)


def _open(actor: Actor) -> QuerySet[HeldRow]:
    return visible_to(actor).filter(closed_by__isnull=True, decision="")


def list_questionable(
    *, actor: Actor, narrowing: Narrowing, page: int = 1
) -> Page[KeptRow]:
    """Return the rows on which a person decides, the longest waiting first."""
    return _list(actor, HeldRow.Reason.QUESTIONABLE, narrowing, page)


def list_unlinked(
    *, actor: Actor, narrowing: Narrowing, page: int = 1
) -> Page[KeptRow]:
    """Return the rows that wait for their organization, the longest waiting first."""
    return _list(actor, HeldRow.Reason.UNLINKED, narrowing, page)


def list_asked(*, actor: Actor) -> tuple[KeptRow, ...]:
    """Return the rows whose organization the registrar was asked for, by code.

    At most `MOST_EXPORTED`.
    """
    rows = _open(actor).filter(reason=HeldRow.Reason.UNLINKED, asked_at__isnull=False)
    ordered = rows.order_by("subject_code", "asked_at", "id")[:MOST_EXPORTED]
    return tuple(_kept(row, actor) for row in ordered)


def released_from(*, actor: Actor, submission: str) -> tuple[str, ...]:
    """Return the submission whose rows a release landed; none for any other."""
    closed = visible_to(actor).filter(
        closed_by_id=uuid.UUID(submission),
        closed_by__origin=Submission.Origin.RELEASE,
    )
    found = closed.order_by().values_list("submission_id", flat=True).distinct()
    return tuple(str(each) for each in found)


def list_rules(*, actor: Actor) -> tuple[str, ...]:
    """Return the rules that rows in question wait for, by code."""
    found = _open(actor).filter(reason=HeldRow.Reason.QUESTIONABLE)
    told = found.values_list("rules", flat=True).distinct()
    return tuple(sorted({rule for rules in told for rule in _codes(rules)}))


def _list(actor: Actor, reason: str, narrowing: Narrowing, page: int) -> Page[KeptRow]:
    rows = _open(actor).filter(reason=reason)
    if narrowing.unit:
        rows = rows.filter(submission__unit_id=narrowing.unit)
    if narrowing.dataset:
        rows = rows.filter(dataset=narrowing.dataset)
    if narrowing.rule:
        rows = rows.filter(rules__contains=f",{narrowing.rule},")
    total = rows.count()
    wanted: Page[KeptRow] = Page((), clamp(page), PAGE_SIZE, total)
    window = rows.order_by("id")[wanted.offset :][:PAGE_SIZE]
    items = tuple(_kept(row, actor) for row in window)
    return Page(items, wanted.number, PAGE_SIZE, total)


def _kept(row: HeldRow, actor: Actor) -> KeptRow:
    submission = row.submission
    dataset = rulebook.dataset(row.dataset, submission.edition)
    body = json.loads(row.body)
    return KeptRow(
        id=row.id,
        submission=str(row.submission_id),
        row_number=row.row_number,
        unit_code=submission.unit_id,
        unit_name=submission.unit.name,
        unit_name_en=submission.unit.name_en,
        dataset=row.dataset,
        reason=row.reason,
        rules=_codes(row.rules),
        code=row.subject_code,
        name=body.get(dataset.subject_name or "", ""),
        received_at=submission.received_at,
        asked_at=row.asked_at,
        decision=row.decision,
        decision_reason=row.decision_reason,
        decided_at=row.decided_at,
        closed_by=str(row.closed_by_id) if row.closed_by_id else None,
        is_own=submission.submitted_by == actor.account_id,
    )


def _codes(rules: str) -> tuple[str, ...]:
    return tuple(code for code in rules.split(",") if code)


def get_row(*, actor: Actor, row: int, language: str) -> RowInFull:
    """Return a row with its findings in the language asked (`zh-hans` or `en`).

    Raises:
        UnknownRowError: none of that number that the actor may see.
    """
    found = visible_to(actor).filter(id=row).first()
    if found is None:
        raise UnknownRowError(row)
    findings = _findings(found, language)
    suspected = {each.field for each in findings if each.rule == SUSPECTED}
    return RowInFull(
        row=_kept(found, actor),
        file_name=found.submission.file_name,
        fields=_fields(found, suspected),
        findings=findings,
        names=names.list_names(found.subject_code),
        version=in_force.find_version(
            dataset=found.dataset, natural_key=found.natural_key
        ),
    )


def _findings(row: HeldRow, language: str) -> tuple[FindingView, ...]:
    """Return what the check found, and what only showed later."""
    told: list[dict[str, object]] = []
    if row.submission.findings_digest:
        path = archive.path("findings", row.submission.findings_digest)
        found = pl.scan_parquet(path).filter(pl.col("row") == row.row_number)
        told = found.collect().to_dicts()
    known = {str(each["rule"]) for each in told}
    told += [
        {
            "row": row.row_number,
            "field": "",
            "rule": rule,
            "severity": Severity.QUESTION.value,
        }
        for rule in _codes(row.rules)
        if rule not in known
    ]
    return tuple(queries.finding_view(row.dataset, each, language) for each in told)


def _fields(row: HeldRow, suspected: set[str]) -> tuple[ReportedField, ...]:
    """Return the fields as reported; what may be a person's number is covered."""
    dataset = rulebook.dataset(row.dataset, row.submission.edition)
    body: dict[str, str] = json.loads(row.body)
    return tuple(
        ReportedField(
            field.title,
            field.title_en,
            _covered(body[field.name]) if is_hidden else body[field.name],
            is_hidden,
        )
        for field in dataset.stored_fields
        if field.name in body
        for is_hidden in [field.name in suspected]
    )


def _covered(text: str) -> str:
    """Return the text with every digit covered, however wide it is written."""
    narrow = text.translate(
        str.maketrans(personal_id.FOLDED_FROM, personal_id.FOLDED_TO)
    )
    return "".join(_MASK if sign.isdigit() else sign for sign in narrow)
