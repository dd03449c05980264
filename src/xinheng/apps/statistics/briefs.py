"""Briefs: units contribute texts, the office edits them, another person approves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.statistics.models import Brief, Bulletin
from xinheng.apps.units import queries as units
from xinheng.core.catalog import periods
from xinheng.core.paging import Page, clamp
from xinheng.core.statistics import briefs as core
from xinheng.core.statistics.briefs import Refusal, Text
from xinheng.core.submissions import reasons

PAGE_SIZE = 50


class BriefRefusedError(ValueError):
    """The act on a brief is refused; `refusal` says why. Its text is not in here."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class UnknownBriefError(LookupError):
    """There is no such brief, or the actor may not see it."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What is handed in: for which month and section, of which unit (null: the office).

    `unit` is a code.
    """

    period: str
    section: str
    unit: str | None
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class BriefView:
    """A brief as those concerned see it; `unit_code` empty for the credit office.

    `may_edit` and `may_decide` say what the actor who asked may do now.
    """

    id: int
    period: str
    section: str
    section_title: str
    unit_code: str
    unit_name: str
    unit_name_en: str
    title: str
    text: str
    state: str
    written_at: datetime
    reason: str
    is_issued: bool
    may_edit: bool
    may_decide: bool


@transaction.atomic
def submit(*, contribution: Contribution, actor: Actor, at: datetime) -> int:
    """Take a brief and return its number.

    Raises:
        BriefRefusedError: TITLE, TEXT, PERSONAL_ID, FUTURE, ISSUED.
        InvalidPeriodError: the month is none.
        NotAllowedError: not in this unit's name; the office writes in its own.
        ValueError: there is no such section, or it is not the unit's.
    """
    told = _read(contribution.title, contribution.text)
    period = periods.parse(contribution.period)
    section = Brief.Section(contribution.section)
    _check_writer(contribution.unit, section, actor)
    if period > periods.of(timezone.localdate(at)):
        raise BriefRefusedError(Refusal.FUTURE)
    _check_open(period)
    row = Brief.objects.create(
        period=period,
        section=section,
        unit_id=contribution.unit,
        title=told.title,
        text=told.text,
        state=Brief.State.SUBMITTED,
        written_by=actor.account_id,
        written_at=at,
    )
    _append(row, "brief.submitted", actor, at)
    return row.id


@transaction.atomic
def edit(*, brief: int, title: str, text: str, actor: Actor, at: datetime) -> None:
    """Put another text in a brief's place; a returned one is submitted again.

    Raises:
        BriefRefusedError: TITLE, TEXT, PERSONAL_ID, ISSUED, APPROVED.
        NotAllowedError, UnknownBriefError.
    """
    row, told = _lock(brief, actor), _read(title, text)
    if not _is_author(row, actor):
        raise NotAllowedError("edit a brief")
    _check_open(row.period)
    if row.state == Brief.State.APPROVED:
        raise BriefRefusedError(Refusal.APPROVED)
    row.title, row.text, row.state = told.title, told.text, Brief.State.SUBMITTED
    row.edited_by, row.edited_at = actor.account_id, at
    row.save()
    _append(row, "brief.edited", actor, at)


@transaction.atomic
def approve(*, brief: int, actor: Actor, at: datetime) -> None:
    """Approve a brief for its month's issue.

    Raises:
        BriefRefusedError: ISSUED, APPROVED, SAME_PERSON.
        NotAllowedError, UnknownBriefError.
    """
    row = _lock_to_decide(brief, actor)
    row.state, row.reason = Brief.State.APPROVED, ""
    row.decided_by, row.decided_at = actor.account_id, at
    row.decided_seq = _append(row, "brief.approved", actor, at)
    row.save()


@transaction.atomic
def send_back(*, brief: int, reason: str, actor: Actor, at: datetime) -> None:
    """Return a brief to who wrote it, with the reason.

    Raises:
        BriefRefusedError: ISSUED, APPROVED, SAME_PERSON.
        NotAllowedError, ReasonError, UnknownBriefError.
    """
    told = reasons.require(reason)
    row = _lock_to_decide(brief, actor)
    row.state, row.reason = Brief.State.RETURNED, told
    row.decided_by, row.decided_at = actor.account_id, at
    row.save()
    _append(row, "brief.returned", actor, at)


def get_brief(*, brief: int, actor: Actor) -> BriefView:
    """Return a brief.

    Raises:
        UnknownBriefError: there is none, or the actor may not see it.
    """
    row = visible_to(actor).filter(id=brief).first()
    if row is None:
        raise UnknownBriefError(brief)
    return _view(row, actor)


def list_briefs(*, actor: Actor, page: int = 1) -> Page[BriefView]:
    """Return the briefs that the actor may see, the latest month first."""
    rows = visible_to(actor).order_by("-period", "id")
    wanted: Page[BriefView] = Page((), clamp(page), PAGE_SIZE, rows.count())
    shown = rows[wanted.offset : wanted.offset + PAGE_SIZE]
    items = tuple(_view(row, actor) for row in shown)
    return Page(items, wanted.number, PAGE_SIZE, wanted.total)


def list_approved(
    *, period: str, ledger_size: int
) -> tuple[tuple[str, str, Text], ...]:
    """Return (section, unit's name, text) of what an issue cut there carries.

    In the order of the units, the office's own first; its unit's name is empty.
    """
    rows = Brief.objects.filter(
        period=period, state=Brief.State.APPROVED, decided_seq__lt=ledger_size
    ).select_related("unit")
    in_order = sorted(
        rows, key=lambda row: (row.unit.position if row.unit else 0, row.id)
    )
    return tuple(
        (row.section, row.unit.name if row.unit else "", Text(row.title, row.text))
        for row in in_order
    )


def count_waiting(*, actor: Actor, period: str) -> int:
    """Return how many briefs of a month wait to be approved."""
    rows = visible_to(actor).filter(state=Brief.State.SUBMITTED, period=period)
    return rows.count()


def visible_to(actor: Actor) -> QuerySet[Brief]:
    """Return the briefs that the actor may see: its units', for the office all."""
    rows = Brief.objects.select_related("unit")
    if actor.sees_all_units:
        return rows
    own = Q(unit_id__in=list(actor.visible_units))
    return rows.filter(own)


def _check_writer(unit: str | None, section: Brief.Section, actor: Actor) -> None:
    is_own = unit is None and actor.may_decide
    if not is_own and (unit is None or not actor.may_submit_for(unit)):
        raise NotAllowedError("write a brief")
    if unit is not None:
        units.get_unit(unit)
        if section != Brief.Section.BRIEF:
            raise ValueError(section)


def _read(title: str, text: str) -> Text:
    told = core.read(title, text)
    if isinstance(told, Refusal):
        raise BriefRefusedError(told)
    return told


def _check_open(period: str) -> None:
    if Bulletin.objects.filter(period=period).exists():
        raise BriefRefusedError(Refusal.ISSUED)


def _lock(brief: int, actor: Actor) -> Brief:
    row = visible_to(actor).select_for_update(of=("self",)).filter(id=brief).first()
    if row is None:
        raise UnknownBriefError(brief)
    return row


def _lock_to_decide(brief: int, actor: Actor) -> Brief:
    row = _lock(brief, actor)
    if not actor.may_decide:
        raise NotAllowedError("decide on a brief")
    _check_open(row.period)
    if row.state != Brief.State.SUBMITTED:
        raise BriefRefusedError(Refusal.APPROVED)
    if actor.account_id in (row.written_by, row.edited_by):
        raise BriefRefusedError(Refusal.SAME_PERSON)
    return row


def _is_author(row: Brief, actor: Actor) -> bool:
    return actor.may_decide or (
        row.unit_id is not None and actor.may_submit_for(row.unit_id)
    )


def _append(row: Brief, kind: str, actor: Actor, at: datetime) -> int:
    """Tell the ledger of an act; the text itself stays out of it."""
    body = {
        "period": row.period,
        "section": row.section,
        "unit": row.unit_id,
        "characters": len(row.text),
    }
    return ledger.append(
        kind=kind, subject=f"brief:{row.id}", actor=actor.account_id, body=body, at=at
    ).seq


def _view(row: Brief, actor: Actor) -> BriefView:
    is_issued = Bulletin.objects.filter(period=row.period).exists()
    is_movable = not is_issued and row.state != Brief.State.APPROVED
    is_own = actor.account_id in (row.written_by, row.edited_by)
    waits = not is_issued and row.state == Brief.State.SUBMITTED
    return BriefView(
        id=row.id,
        period=row.period,
        section=row.section,
        section_title=Brief.Section(row.section).label,
        unit_code=row.unit_id or "",
        unit_name=row.unit.name if row.unit else "",
        unit_name_en=row.unit.name_en if row.unit else "",
        title=row.title,
        text=row.text,
        state=row.state,
        written_at=row.written_at,
        reason=row.reason,
        is_issued=is_issued,
        may_edit=is_movable and _is_author(row, actor),
        may_decide=waits and actor.may_decide and not is_own,
    )
