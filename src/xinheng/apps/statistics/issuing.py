"""Issues of the bulletin: published once, kept as published, restated, never edited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.ledger import queries as ledger_queries
from xinheng.apps.statistics import pdf, publication, queries, telling
from xinheng.apps.statistics.composing import Heading
from xinheng.apps.statistics.models import Bulletin
from xinheng.apps.statistics.publication import Publication
from xinheng.apps.typesetting import FontMissingError, GlyphMissingError
from xinheng.core.catalog import periods
from xinheng.core.screening import personal_id
from xinheng.core.statistics.monthly import MonthlyTable

LONGEST_LINE = 300
KIND = "bulletin.issued"


class Refusal(StrEnum):
    """Why an issue is refused; stable codes."""

    NOT_OVER = "PERIOD_NOT_OVER"  # the month has days to come
    EMPTY = "PERIOD_EMPTY"  # no unit has handed in anything
    UNCHANGED = "BULLETIN_UNCHANGED"  # the last issue of the month says the same
    PERSONAL_ID = "PERSONAL_ID"  # a personal identity number in a line
    TOO_LONG = "LINE_TOO_LONG"
    GLYPH = "GLYPH_MISSING"  # no font has some character that a brief uses


class IssueRefusedError(ValueError):
    """The issue is refused; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class UnknownIssueError(LookupError):
    """There is no such issue."""


class AlteredIssueError(RuntimeError):
    """What is stored of an issue is not what was published: somebody changed it."""


@dataclass(frozen=True, slots=True)
class IssueView:
    """An issue as it was published.

    `restates` and `restated_by` are numbers as printed, empty where there is none.
    """

    year: int
    number: int
    label: str
    period: str
    ledger_size: int
    ledger_seq: int
    issued_on: date
    sha256: str
    contact: str
    distribution: str
    restates: str
    restated_by: str


@transaction.atomic
def issue(
    *,
    period: str,
    actor: Actor,
    at: datetime,
    contact: str = "",
    distribution: str = "",
) -> IssueView:
    """Publish the bulletin of a month as the ledger stands; a second one restates.

    Raises:
        InvalidPeriodError: the month is none.
        IssueRefusedError: see `Refusal`.
        NotAllowedError: for anyone but the credit office.
    """
    if not actor.may_decide:
        raise NotAllowedError("issue the bulletin")
    lines = (_line(contact), _line(distribution))
    on = timezone.localdate(at)
    month = periods.parse(period)
    if month >= periods.of(on):
        raise IssueRefusedError(Refusal.NOT_OVER)
    earlier = _latest(month, lock=True)
    table = queries.table(period=month)
    _check(table, earlier)
    plan = _Plan(on, _next_number(on.year), *lines, earlier)
    content = publication.draft(table, as_of=on, heading=_heading(plan, table))
    _check_glyphs(content)
    return _publish(content, plan, actor=actor, at=at)


def _check_glyphs(content: Publication) -> None:
    """Refuse what could never be set as PDF; a machine without fonts is no reason."""
    try:
        pdf.check_glyphs(content.document)
    except GlyphMissingError:
        raise IssueRefusedError(Refusal.GLYPH) from None
    except FontMissingError:
        return


@dataclass(frozen=True, slots=True)
class _Plan:
    """What an issue bears besides its content; `earlier` is what it restates."""

    on: date
    number: int
    contact: str
    distribution: str
    earlier: Bulletin | None


def _line(text: str) -> str:
    line = " ".join(text.split())
    if len(line) > LONGEST_LINE:
        raise IssueRefusedError(Refusal.TOO_LONG)
    if personal_id.find(line) is not None:
        raise IssueRefusedError(Refusal.PERSONAL_ID)
    return line


def _check(table: MonthlyTable, earlier: Bulletin | None) -> None:
    if table.is_untouched:
        raise IssueRefusedError(Refusal.EMPTY)
    if earlier is not None and not is_outdated(earlier.content, table):
        raise IssueRefusedError(Refusal.UNCHANGED)


def is_outdated(content: str, table: MonthlyTable) -> bool:
    """Return whether a table says something else than a published content."""
    before = publication.of_content(content).data["units"]
    return bool(before != telling.tell_table(table)["units"])


def _latest(period: str, *, lock: bool = False) -> Bulletin | None:
    rows = Bulletin.objects.filter(period=period).order_by("-id")
    return (rows.select_for_update() if lock else rows).first()


def _next_number(year: int) -> int:
    last = Bulletin.objects.filter(year=year).order_by("-number").first()
    return 1 if last is None else last.number + 1


def _heading(plan: _Plan, table: MonthlyTable) -> Heading:
    first = Heading(
        label(plan.on.year, plan.number), _day(plan.on), plan.contact, plan.distribution
    )
    if plan.earlier is None:
        return first
    before = publication.of_content(plan.earlier.content).data
    return replace(
        first,
        restates=label(plan.earlier.year, plan.earlier.number),
        changes=publication.changes(before, table),
    )


def label(year: int, number: int) -> str:
    """Return the number of an issue as it is printed."""
    return f"〔{year}〕第{number}期"


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def _publish(
    content: Publication, plan: _Plan, *, actor: Actor, at: datetime
) -> IssueView:
    document, told = content.document, content.content
    body = {
        "number": document.number,
        "period": document.period,
        "ledger_size": document.ledger_size,
        "sha256": content.sha256,
        "restates": content.data["restates"],
    }
    appended = ledger.append(
        kind=KIND,
        subject=f"bulletin:{plan.on.year}-{plan.number}",
        actor=actor.account_id,
        body=body,
        at=at,
    )
    row = Bulletin.objects.create(
        year=plan.on.year,
        number=plan.number,
        period=document.period,
        ledger_size=document.ledger_size,
        issued_on=plan.on,
        issued_at=at,
        issued_by=actor.account_id,
        restates=plan.earlier,
        contact=plan.contact,
        distribution=plan.distribution,
        content=told,
        sha256=body["sha256"],
        ledger_seq=appended.seq,
    )
    return _view(row)


def list_issues(*, period: str | None = None) -> tuple[IssueView, ...]:
    """Return the issues, the latest first; `period` null means of every month."""
    rows = Bulletin.objects.select_related("restates", "restated_by")
    rows = rows.defer("content").order_by("-year", "-number")
    return tuple(map(_view, rows if period is None else rows.filter(period=period)))


def find_issue(*, period: str) -> IssueView | None:
    """Return the last issue of a month, null where none is out."""
    row = _latest(period)
    return None if row is None else _view(row)


def read(*, year: int, number: int) -> tuple[IssueView, Publication]:
    """Return an issue and what it said.

    Raises:
        AlteredIssueError: what is stored differs from what the ledger says was issued.
        UnknownIssueError: there is none.
    """
    row = Bulletin.objects.filter(year=year, number=number).first()
    if row is None:
        raise UnknownIssueError(label(year, number))
    entry = ledger_queries.get_entry(row.ledger_seq)
    stored = sha256(row.content.encode()).hexdigest()
    if entry.kind != KIND or entry.body is None or entry.body["sha256"] != stored:
        raise AlteredIssueError(label(year, number))
    return _view(row), publication.of_content(row.content)


def count_again(*, year: int, number: int) -> Publication:
    """Return an issue counted anew from the records at its frozen ledger size.

    It says the same as what was published, or something that was counted has been
    changed behind the ledger's back.

    Raises:
        UnknownIssueError: there is none.
    """
    row = Bulletin.objects.filter(year=year, number=number).first()
    if row is None:
        raise UnknownIssueError(label(year, number))
    table = queries.table(period=row.period, ledger_size=row.ledger_size)
    plan = _Plan(row.issued_on, row.number, row.contact, row.distribution, row.restates)
    heading = _heading(plan, table)
    return publication.draft(table, as_of=row.issued_on, heading=heading)


def has_changed(*, period: str) -> bool:
    """Return whether the month's table differs by now from its last issue."""
    row = _latest(period)
    if row is None:
        return False
    return is_outdated(row.content, queries.table(period=period))


def _view(row: Bulletin) -> IssueView:
    before, after = row.restates, getattr(row, "restated_by", None)
    return IssueView(
        year=row.year,
        number=row.number,
        label=label(row.year, row.number),
        period=row.period,
        ledger_size=row.ledger_size,
        ledger_seq=row.ledger_seq,
        issued_on=row.issued_on,
        sha256=row.sha256,
        contact=row.contact,
        distribution=row.distribution,
        restates=label(before.year, before.number) if before else "",
        restated_by=label(after.year, after.number) if after else "",
    )
