"""A unit appeals against a score; somebody who did not give it answers."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.assessments import operations
from xinheng.apps.assessments.models import Appeal, Entry, Result
from xinheng.apps.assessments.operations import RoundRefusedError, Where
from xinheng.apps.assessments.queries import UnknownRoundError
from xinheng.apps.cases.operations import By
from xinheng.core.assessments import rounds, scoring
from xinheng.core.assessments.rounds import Refusal
from xinheng.core.assessments.scoring import Reason
from xinheng.core.submissions import reasons


@transaction.atomic
def file(*, where: Where, text: str, by: By) -> int:
    """File an appeal against the score of an item, once, and return its number.

    Raises:
        NotAllowedError: not of the unit.
        ReasonError: nothing is said, or it holds a personal number.
        RoundRefusedError: STATE, TOO_LATE, TWICE.
        UnknownRoundError: there is no such round, unit or item.
    """
    if not by.actor.may_submit_for(where.unit):
        raise NotAllowedError("appeal")
    row = operations.lock(where.round)
    refusal = rounds.may_appeal(operations.decisive(row), on=by.on)
    if refusal is not None:
        raise RoundRefusedError(refusal)
    said = reasons.require(text)
    result = _result(where)
    if Appeal.objects.filter(result=result).exists():
        raise RoundRefusedError(Refusal.TWICE)
    appeal = Appeal.objects.create(
        result=result,
        text=said,
        filed_by=by.actor.account_id,
        filed_on=by.on,
        points_before=result.points,
    )
    body = {"unit": where.unit, "item": where.item, "text": said}
    operations.append("assessment.appealed", row, by, body)
    return appeal.id


@transaction.atomic
def answer(*, where: Where, points: Decimal | None, text: str, by: By) -> None:
    """Answer an appeal: with new points, or null to refuse it; the reason is told.

    Raises:
        NotAllowedError: not of the credit office.
        ReasonError: no reason is given, or it holds a personal number.
        RoundRefusedError: STATE (none waits), SAME_PERSON, NUMBER.
        UnknownRoundError: there is no such round, unit or item.
    """
    if not by.actor.may_decide:
        raise NotAllowedError("answer an appeal")
    row = operations.lock(where.round)
    result, said = _result(where), reasons.require(text)
    appeal = Appeal.objects.select_for_update().filter(result=result).first()
    if appeal is None or appeal.answered_by:
        raise RoundRefusedError(Refusal.STATE)
    if by.actor.account_id in {appeal.filed_by, _giver(where)}:
        raise RoundRefusedError(Refusal.SAME_PERSON)
    if points is not None:
        _apply(result, points)
    appeal.points, appeal.answer = points, said
    appeal.answered_by, appeal.answered_on = by.actor.account_id, by.on
    appeal.save()
    body = {
        "unit": where.unit,
        "item": where.item,
        "points": None if points is None else f"{points:f}",
        "answer": said,
    }
    operations.append("assessment.answered", row, by, body)


def _apply(result: Result, points: Decimal) -> None:
    if not 0 <= points <= result.of:
        raise RoundRefusedError(Refusal.NUMBER)
    result.points, result.reason = scoring.rounded(points), Reason.GIVEN
    result.save(update_fields=["points", "reason"])


def _giver(where: Where) -> str:
    found = Entry.objects.filter(round=where.round, unit=where.unit, item=where.item)
    return found.values_list("given_by", flat=True).first() or ""


def _result(where: Where) -> Result:
    found = Result.objects.select_for_update().filter(
        round=where.round, unit=where.unit, item=where.item
    )
    if (row := found.first()) is None:
        raise UnknownRoundError(where.round)
    return row
