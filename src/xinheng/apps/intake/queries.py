"""Reading submissions; everything starts from `visible_to`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from django.db.models import Q, QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.intake import archive, sheets
from xinheng.apps.intake.models import NilReturn, Submission
from xinheng.apps.intake.views import SubmissionView, submission_view
from xinheng.apps.ledger import receipts
from xinheng.apps.records import queries as records
from xinheng.core.paging import Page, clamp
from xinheng.core.submissions.findings import Severity
from xinheng.pipeline import rejects
from xinheng.pipeline.parts import Part
from xinheng.rulebook import catalog as rulebook

PAGE_SIZE = 25
FINDINGS_PAGE_SIZE = 50


class UnknownSubmissionError(LookupError):
    """There is no such submission, or the actor may not see it."""


class NoReceiptError(LookupError):
    """The submission has no ledger entry: it is not completed."""


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding in one language; `field` is empty where the whole row is meant.

    `line` is the row's number in its file and sheet, as a spreadsheet counts; null
    where that is not known.
    """

    row: int
    field: str
    field_title: str
    rule: str
    severity: str
    message: str
    advice: str
    file: str = ""
    sheet: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class MonthView:
    """What a unit handed in of one dataset for one month."""

    dataset: str
    title: str
    title_en: str
    records: int
    nil_filed_at: datetime | None


def visible_to(actor: Actor) -> QuerySet[Submission]:
    """Return the submissions that the actor may see."""
    rows = Submission.objects.select_related("unit")
    if actor.sees_all_units:
        return rows
    return rows.filter(unit_id__in=actor.visible_units)


def list_submissions(
    *, actor: Actor, unit: str | None = None, page: int = 1
) -> Page[SubmissionView]:
    """Return submissions, latest first; `unit` null means all that may be seen."""
    rows = visible_to(actor)
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    total = rows.count()
    wanted: Page[SubmissionView] = Page((), clamp(page), PAGE_SIZE, total)
    window = rows.order_by("-received_at", "-id")[wanted.offset :][:PAGE_SIZE]
    items = tuple(submission_view(row) for row in window)
    return Page(items, wanted.number, PAGE_SIZE, total)


def get_submission(*, actor: Actor, submission: str) -> SubmissionView:
    """Return one submission.

    Raises:
        UnknownSubmissionError: none of that id that the actor may see.
    """
    return submission_view(_get(actor, submission))


def _get(actor: Actor, submission: str) -> Submission:
    try:
        return visible_to(actor).get(id=uuid.UUID(submission))
    except (Submission.DoesNotExist, ValueError):
        raise UnknownSubmissionError(submission) from None


def list_findings(
    *,
    actor: Actor,
    submission: str,
    language: str,
    rule: str | None = None,
    severity: str | None = None,
    page: int = 1,
) -> Page[FindingView]:
    """Return findings in the language asked (`zh-hans` or `en`), of one kind or all.

    What keeps rows out comes first, by row, then the notices.

    Raises:
        UnknownSubmissionError: none of that id that the actor may see.
    """
    row = _get(actor, submission)
    number = clamp(page)
    if not row.findings_digest:
        return Page((), number, FINDINGS_PAGE_SIZE, 0)
    findings = pl.scan_parquet(_findings(row))
    # Notices stop nothing; a thousand of them must not hide what does.
    is_notice = pl.col("severity") == Severity.NOTICE.value
    findings = findings.sort(is_notice, maintain_order=True)
    if rule is not None:
        findings = findings.filter(pl.col("rule") == rule)
    if severity is not None:
        findings = findings.filter(pl.col("severity") == severity)
    total = int(findings.select(pl.len()).collect().item())
    offset = (number - 1) * FINDINGS_PAGE_SIZE
    window = findings.slice(offset, FINDINGS_PAGE_SIZE).collect()
    parts = sheets.parts_of(row.parts)
    items = tuple(
        finding_view(row.dataset, found, language, parts)
        for found in window.iter_rows(named=True)
    )
    return Page(items, number, FINDINGS_PAGE_SIZE, total)


def _findings(row: Submission) -> Path:
    return archive.path("findings", row.findings_digest)


def finding_view(
    dataset: str,
    found: Mapping[str, object],
    language: str,
    parts: Sequence[Part] = (),
) -> FindingView:
    """Return a finding (`row`, `field`, `rule`, `severity`) in the language asked."""
    item = catalog.get_dataset(dataset)
    name = str(found["field"] or "")
    field = item.field(name) if name in {each.name for each in item.fields} else None
    text = rejects.explain(
        name,
        str(found["rule"]),
        dataset=item,
        rules=rulebook.rules(),
        code_lists=rulebook.code_lists(),
    )
    zh = language.startswith("zh")
    number = int(str(found["row"]))
    file, sheet, line = sheets.place(parts, number)
    return FindingView(
        row=number,
        field=name,
        field_title=(field.title if zh else field.title_en) if field else "",
        rule=str(found["rule"]),
        severity=str(found["severity"]),
        message=text.message_zh if zh else text.message_en,
        advice=text.advice_zh if zh else text.advice_en,
        file=file,
        sheet=sheet,
        line=line,
    )


def rejects_csv(*, actor: Actor, submission: str) -> bytes:
    """Return the findings as `rejects.csv` (UTF-8 with BOM).

    Raises:
        UnknownSubmissionError: none of that id that the actor may see.
    """
    row = _get(actor, submission)
    findings = pl.scan_parquet(_findings(row)) if row.findings_digest else None
    item = catalog.get_dataset(row.dataset)
    return rejects.as_csv(
        findings,
        dataset=item,
        rules=rulebook.rules(),
        code_lists=rulebook.code_lists(),
    )


def receipt(*, actor: Actor, submission: str) -> dict[str, object]:
    """Return the signed receipt, the same bytes at every call.

    Raises:
        UnknownSubmissionError: none of that id that the actor may see.
        NoReceiptError: the submission is not completed.
    """
    row = _get(actor, submission)
    if row.ledger_seq is None:
        raise NoReceiptError(submission)
    return receipts.receipt(seq=row.ledger_seq, size=row.ledger_seq + 1)


def list_nil_returns(*, period: str, ledger_size: int) -> list[tuple[str, str]]:
    """Return (unit, dataset) of the nil returns among the first ledger entries."""
    rows = NilReturn.objects.filter(period=period, ledger_seq__lt=ledger_size)
    return list(rows.order_by("unit_id").values_list("unit_id", "dataset"))


def units_that_submitted(*, period: str, ledger_size: int) -> set[str]:
    """Return the units with a completed submission for a month, whatever its verdict.

    A submission without a declared month belongs to the month in which it came.
    """
    undeclared = Q(
        period__isnull=True,
        received_at__year=int(period[:4]),
        received_at__month=int(period[5:]),
    )
    rows = Submission.objects.filter(
        Q(period=period) | undeclared,
        state=Submission.State.COMPLETED,
        ledger_seq__lt=ledger_size,
    ).exclude(origin=Submission.Origin.RELEASE)
    return set(rows.values_list("unit_id", flat=True).distinct())


def list_month(*, actor: Actor, unit: str, period: str) -> tuple[MonthView, ...]:
    """Return what a unit has in the register for a month, dataset by dataset.

    Datasets without records and without a nil return are left out.
    """
    if not actor.may_see(unit):
        return ()
    counts = records.count_of_unit(unit=unit, period=period)
    nil = dict(
        NilReturn.objects.filter(unit_id=unit, period=period).values_list(
            "dataset", "filed_at"
        )
    )
    return tuple(
        MonthView(name, item.title, item.title_en, counts.get(name, 0), nil.get(name))
        for name, item in catalog.list_datasets().items()
        if name in counts or name in nil
    )
