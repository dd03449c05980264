"""Assessments as the interfaces see them: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from xinheng.apps.assessments.models import Appeal, Entry, Round, SchemeVersion
from xinheng.core.assessments.rounds import State
from xinheng.core.assessments.schemes import Item, Scheme
from xinheng.core.assessments.scoring import Score, Total, Verdict
from xinheng.rulebook import assessments as rulebook


@dataclass(frozen=True, slots=True)
class SchemeView:
    """A scheme as it was proposed; `adopted_at` is null before that."""

    id: int
    scheme: Scheme
    sha256: str
    proposed_by: str
    adopted_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round; `appeal_until` and `ledger_size` are null before it is published."""

    id: int
    scheme: Scheme
    first_month: str
    last_month: str
    state: State
    appeal_until: date | None
    ledger_size: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit's place: its total, its rank (null: nothing to count) and what follows."""

    unit_code: str
    unit_name: str
    unit_name_en: str
    total: Total
    rank: int | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class EntryView:
    """What a unit claims about an item and what was given; null: nothing yet."""

    claimed_number: Decimal | None
    claimed_of: int | None
    evidence: str
    given_number: Decimal | None
    given_of: int | None
    remark: str


@dataclass(frozen=True, slots=True)
class AppealView:
    """An appeal; `answered_on` and `points` are null before the answer, or refused."""

    id: int
    text: str
    filed_on: date
    answer: str
    answered_on: date | None
    points: Decimal | None
    points_before: Decimal | None


@dataclass(frozen=True, slots=True)
class Line:
    """An item on a unit's sheet: its score as of now, the entry, the appeal."""

    item: Item
    score: Score
    entry: EntryView | None
    appeal: AppealView | None


def scheme_view(row: SchemeVersion) -> SchemeView:
    """Return the plain value of a row."""
    return SchemeView(
        row.id,
        rulebook.from_text(row.content),
        row.sha256,
        row.proposed_by,
        row.adopted_at,
    )


def round_view(row: Round) -> RoundView:
    """Return the plain value of a row."""
    return RoundView(
        id=row.id,
        scheme=rulebook.from_text(row.scheme.content),
        first_month=row.first_month,
        last_month=row.last_month,
        state=State(row.state),
        appeal_until=row.appeal_until,
        ledger_size=row.ledger_size,
    )


def entry_view(row: Entry) -> EntryView:
    """Return the plain value of a row."""
    return EntryView(
        row.claimed_number,
        row.claimed_of,
        row.evidence,
        row.given_number,
        row.given_of,
        row.remark,
    )


def appeal_view(row: Appeal) -> AppealView:
    """Return the plain value of a row."""
    return AppealView(
        row.id,
        row.text,
        row.filed_on,
        row.answer,
        row.answered_on,
        row.points,
        row.points_before,
    )
