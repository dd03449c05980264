"""Rounds of assessment: opened, claimed in, scored, published, appealed, closed.

Every act is an entry of the ledger. What the office gives is given by another person
than the one who claimed it; results are told by somebody who scored nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.assessments import facts, queries, scores
from xinheng.apps.assessments.models import (
    Appeal,
    Entry,
    Result,
    Round,
    SchemeVersion,
)
from xinheng.apps.assessments.queries import UnknownRoundError
from xinheng.apps.assessments.schemes import UnknownSchemeError
from xinheng.apps.cases.operations import By
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.ledger import queries as ledger_queries
from xinheng.core.assessments import rounds
from xinheng.core.assessments.rounds import Refusal, State
from xinheng.core.assessments.schemes import Item, Kind, Scheme
from xinheng.core.calendars.working_days import add_working_days
from xinheng.core.submissions import reasons
from xinheng.rulebook import assessments as rulebook
from xinheng.rulebook import calendars

LARGEST_COUNT = 1_000_000


class RoundRefusedError(ValueError):
    """A rule stands against the act; nothing was changed."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Number:
    """Points of a manual item, else a count; `of` the denominator of a share.

    `of` null means that the item has none.
    """

    number: Decimal
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """An item of a unit in a round."""

    round: int
    unit: str
    item: str


@transaction.atomic
def open_round(*, scheme: int, first_month: str, last_month: str, by: By) -> int:
    """Open a round by an adopted scheme for months that are over.

    Raises:
        InvalidPeriodError: one of them is no month.
        NotAllowedError: not of the credit office.
        RoundRefusedError: STATE (not adopted), PERIOD, OVERLAP.
        UnknownSchemeError: there is no such scheme.
    """
    _check_office(by, "open an assessment")
    version = SchemeVersion.objects.select_for_update().filter(id=scheme).first()
    if version is None:
        raise UnknownSchemeError(scheme)
    if version.adopted_at is None:
        raise RoundRefusedError(Refusal.STATE)
    try:
        months = queries.months_past(first_month, last_month, on=by.on)
    except queries.MonthsError:
        raise RoundRefusedError(Refusal.PERIOD) from None
    there = Round.objects.filter(
        scheme__name=version.name,
        first_month__lte=months[-1],
        last_month__gte=months[0],
    )
    if there.exists():
        raise RoundRefusedError(Refusal.OVERLAP)
    row = Round.objects.create(
        scheme=version,
        first_month=months[0],
        last_month=months[-1],
        state=State.OPEN,
        opened_by=by.actor.account_id,
        opened_at=by.at,
    )
    body = {"scheme": version.sha256, "from": months[0], "to": months[-1]}
    append("assessment.opened", row, by, body)
    return row.id


@transaction.atomic
def claim(*, where: Where, claimed: Number, evidence: str, by: By) -> None:
    """Claim points or a count for an item by hand, with what shows it.

    A later claim replaces an earlier one that has no score yet.

    Raises:
        NotAllowedError: not of the unit.
        ReasonError: no evidence is named, or it holds a personal number.
        RoundRefusedError: STATE, COUNTED, NUMBER.
        UnknownRoundError: there is no such round, unit or item.
    """
    if not by.actor.may_submit_for(where.unit):
        raise NotAllowedError("claim points")
    row, item = _open_item(where)
    _check_number(item, claimed)
    shown = reasons.require(evidence)
    entry = _entry(row, where)
    if entry.given_number is not None:
        raise RoundRefusedError(Refusal.STATE)
    entry.claimed_number, entry.claimed_of = claimed.number, claimed.of
    entry.evidence, entry.claimed_by = shown, by.actor.account_id
    entry.save()
    body = _told(where, claimed) | {"evidence": shown}
    append("assessment.claimed", row, by, body)


@transaction.atomic
def give(*, where: Where, given: Number, remark: str, by: By) -> None:
    """Give points or a count for an item by hand, with a remark.

    Raises:
        NotAllowedError: not of the credit office.
        ReasonError: there is no remark, or it holds a personal number.
        RoundRefusedError: STATE, COUNTED, NUMBER, SAME_PERSON.
        UnknownRoundError: there is no such round, unit or item.
    """
    _check_office(by, "score an item")
    row, item = _open_item(where)
    _check_number(item, given)
    said = reasons.require(remark)
    entry = _entry(row, where)
    if entry.claimed_by == by.actor.account_id:
        raise RoundRefusedError(Refusal.SAME_PERSON)
    entry.given_number, entry.given_of = given.number, given.of
    entry.remark, entry.given_by = said, by.actor.account_id
    entry.save()
    append("assessment.scored", row, by, _told(where, given) | {"remark": said})


@transaction.atomic
def publish(*, number: int, by: By) -> None:
    """Fix the scores at the ledger as it stands, and open the window of appeal.

    Raises:
        NotAllowedError: not of the credit office.
        RoundRefusedError: STATE, UNSCORED, SAME_PERSON.
        UnknownRoundError: there is no such round.
    """
    _check_office(by, "publish an assessment")
    row = lock(number)
    scheme = rulebook.from_text(row.scheme.content)
    refusal = rounds.may_publish(decisive(row), person=by.actor.account_id)
    if refusal is not None:
        raise RoundRefusedError(refusal)
    size = ledger_queries.size()
    scored = scores.score_all(
        scheme,
        facts.months_of(row.first_month, row.last_month),
        on=by.on,
        ledger_size=size,
        entries=queries.entries_of(row.id),
    )
    Result.objects.bulk_create(_results(row, scored))
    due = add_working_days(by.on, scheme.appeal_working_days, calendars.load())
    row.state, row.published_by, row.published_at = (
        State.PUBLISHED,
        by.actor.account_id,
        by.at,
    )
    row.ledger_size, row.appeal_until = size, due.on
    row.save()
    body = {"ledger_size": size, "appeal_until": str(due.on), "units": len(scored)}
    append("assessment.published", row, by, body)


def _results(row: Round, scored: scores.Scores) -> list[Result]:
    return [
        Result(
            round=row,
            unit_id=unit,
            item=item,
            points=score.points,
            of=score.of,
            reason=score.reason,
            numerator=score.fact.numerator if score.fact else None,
            denominator=score.fact.denominator if score.fact else None,
        )
        for unit, items in scored.items()
        for item, score in items.items()
    ]


@transaction.atomic
def close(*, number: int, by: By) -> None:
    """Close a round: its result stands.

    Raises:
        NotAllowedError: not of the credit office.
        RoundRefusedError: STATE, TOO_EARLY, UNANSWERED.
        UnknownRoundError: there is no such round.
    """
    _check_office(by, "close an assessment")
    row = lock(number)
    refusal = rounds.may_close(decisive(row), on=by.on)
    if refusal is not None:
        raise RoundRefusedError(refusal)
    row.state, row.closed_at = State.CLOSED, by.at
    row.save(update_fields=["state", "closed_at"])
    append("assessment.closed", row, by, {})


def lock(number: int) -> Round:
    """Return a round for an act on it.

    Raises:
        UnknownRoundError: there is no such round.
    """
    rows = Round.objects.select_for_update(of=("self",)).select_related("scheme")
    row = rows.filter(id=number).first()
    if row is None:
        raise UnknownRoundError(number)
    return row


def decisive(row: Round) -> rounds.Round:
    """Return what decides about a round."""
    entries = Entry.objects.filter(round=row)
    return rounds.Round(
        state=State(row.state),
        scorers=frozenset(
            entries.exclude(given_by="").values_list("given_by", flat=True)
        ),
        unscored=entries.filter(
            claimed_number__isnull=False, given_number__isnull=True
        ).count(),
        appeal_until=row.appeal_until,
        unanswered=Appeal.objects.filter(result__round=row, answered_by="").count(),
    )


def _open_item(where: Where) -> tuple[Round, Item]:
    row = lock(where.round)
    item = find_item(rulebook.from_text(row.scheme.content), where.item)
    known = {each.code for each in scores.assessed_units(row.last_month)}
    if item is None or where.unit not in known:
        raise UnknownRoundError(where.round)
    if row.state != State.OPEN:
        raise RoundRefusedError(Refusal.STATE)
    if item.input is not None:
        raise RoundRefusedError(Refusal.COUNTED)
    return row, item


def find_item(scheme: Scheme, name: str) -> Item | None:
    """Return the item of a name, null where the scheme has none."""
    return next((item for item in scheme.items if item.name == name), None)


def _check_number(item: Item, number: Number) -> None:
    if item.kind is Kind.MANUAL:
        is_right = number.of is None and 0 <= number.number <= item.points
    else:
        is_whole = number.number == number.number.to_integral_value()
        is_right = is_whole and 0 <= number.number <= LARGEST_COUNT
        is_right &= (number.of is not None) == (item.kind is Kind.RATIO)
        is_right &= number.of is None or number.number <= number.of <= LARGEST_COUNT
    if not is_right:
        raise RoundRefusedError(Refusal.NUMBER)


def _entry(row: Round, where: Where) -> Entry:
    found = Entry.objects.select_for_update().filter(
        round=row, unit=where.unit, item=where.item
    )
    return found.first() or Entry(round=row, unit_id=where.unit, item=where.item)


def _told(where: Where, number: Number) -> dict[str, object]:
    told: dict[str, object] = {
        "unit": where.unit,
        "item": where.item,
        "number": f"{number.number:f}",
    }
    return told if number.of is None else told | {"of": number.of}


def _check_office(by: By, act: str) -> None:
    if not by.actor.may_decide:
        raise NotAllowedError(act)


def append(kind: str, row: Round, by: By, body: Mapping[str, object]) -> None:
    """Append an act in a round to the ledger."""
    ledger.append(
        kind=kind,
        subject=f"assessment:{row.id}",
        actor=by.actor.account_id,
        body=body,
        at=by.at,
    )
