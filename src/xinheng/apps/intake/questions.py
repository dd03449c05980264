"""Questions about submissions: a person answers, by name and with a reason.

What raises them stands in `plausibility`. An answer changes no record: where a unit
reported wrongly, it hands the right rows in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.intake.models import Question
from xinheng.apps.intake.telling import tell
from xinheng.core.paging import Page, clamp
from xinheng.core.submissions import reasons

PAGE_SIZE = 50
ANSWERS = tuple(str(each.value) for each in Question.Answer)


class UnknownQuestionError(LookupError):
    """There is no such question, or the actor may not see it."""


class AnsweredError(ValueError):
    """Somebody answered the question already."""


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question about a submission; `answered_at` null until it is answered."""

    id: int
    submission: str
    unit_code: str
    unit_name: str
    unit_name_en: str
    dataset: str
    rule: str
    details: Mapping[str, object]
    asked_at: datetime
    answer: str
    answer_reason: str
    answered_at: datetime | None
    is_own: bool


def list_questions(
    *, actor: Actor, answered: bool = False, page: int = 1
) -> Page[QuestionView]:
    """Return the open questions, oldest first, or the answered ones, latest first."""
    rows = _questions(actor)
    rows = rows.exclude(answer="") if answered else rows.filter(answer="")
    total = rows.count()
    wanted: Page[QuestionView] = Page((), clamp(page), PAGE_SIZE, total)
    order = ("-answered_at", "-id") if answered else ("id",)
    window = rows.order_by(*order)[wanted.offset :][:PAGE_SIZE]
    items = tuple(_question(row, actor) for row in window)
    return Page(items, wanted.number, PAGE_SIZE, total)


def questions_about(*, actor: Actor, submission: str) -> tuple[QuestionView, ...]:
    """Return the questions about one submission, in the order of asking."""
    rows = _questions(actor).filter(submission_id=submission).order_by("id")
    return tuple(_question(row, actor) for row in rows)


def get_question(*, actor: Actor, question: int) -> QuestionView:
    """Return one question.

    Raises:
        UnknownQuestionError: none of that number that the actor may see.
    """
    found = _questions(actor).filter(id=question).first()
    if found is None:
        raise UnknownQuestionError(question)
    return _question(found, actor)


def _questions(actor: Actor) -> QuerySet[Question]:
    rows = Question.objects.select_related("submission__unit")
    if actor.sees_all_units:
        return rows
    return rows.filter(submission__unit_id__in=actor.visible_units)


def _question(row: Question, actor: Actor) -> QuestionView:
    submission = row.submission
    return QuestionView(
        id=row.id,
        submission=str(row.submission_id),
        unit_code=submission.unit_id,
        unit_name=submission.unit.name,
        unit_name_en=submission.unit.name_en,
        dataset=submission.dataset,
        rule=row.rule,
        details=row.details,
        asked_at=row.asked_at,
        answer=row.answer,
        answer_reason=row.answer_reason,
        answered_at=row.answered_at,
        is_own=submission.submitted_by == actor.account_id,
    )


def count_open(*, actor: Actor) -> int:
    """Return how many questions wait for an answer."""
    return _questions(actor).filter(answer="").count()


@transaction.atomic
def answer(
    *, question: int, actor: Actor, answer: str, reason: str, at: datetime
) -> None:
    """Answer a question by name: it is so (CONFIRMED), or it is WRONG.

    Raises:
        NotAllowedError: for anyone but the credit office, and for whoever submitted.
        UnknownQuestionError, AnsweredError, ReasonError.
        ValueError: there is no such answer.
    """
    chosen = Question.Answer(answer)
    rows = _questions(actor).select_for_update(of=("self",))
    row = rows.filter(id=question).first()
    if row is None:
        raise UnknownQuestionError(question)
    is_own = row.submission.submitted_by == actor.account_id
    if not actor.may_decide or is_own:
        raise NotAllowedError("answer a question")
    if row.answer:
        raise AnsweredError(question)
    row.answer, row.answer_reason = chosen, reasons.require(reason)
    row.answered_by, row.answered_at = actor.account_id, at
    row.save()
    body = {
        "rule": row.rule,
        "details": row.details,
        "answer": str(row.answer),
        "reason": row.answer_reason,
    }
    tell(row.submission, "question.answered", body, by=actor, at=at)
