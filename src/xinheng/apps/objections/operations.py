"""An objection goes on: each step with its effects, the mark and its ledger entry."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.cases import operations as cases
from xinheng.apps.cases import queries as case_queries
from xinheng.apps.cases.operations import REGISTER, By, LockedCase, RefusedError
from xinheng.apps.cases.tables import OBJECTION
from xinheng.apps.objections import effects
from xinheng.apps.objections.models import Objection
from xinheng.core.objections.filing import Kind, Outcome

PARTLY = "OBJECTION_PARTLY"
DECIDING = frozenset({"decide", "review"})


@transaction.atomic
def take(*, case: int, act: str, by: By, upheld: Collection[str] = frozenset()) -> None:
    """Take a step in an objection, with all that it means, in one transaction.

    `upheld` are the fields whose changes are right, for a result in part.

    Raises:
        UnknownCaseError: there is no such objection.
        RefusedError: why the step can't be taken, by the rule's name.
        ReasonError: the reason can't be kept.
    """
    locked = cases.lock(case=case, procedure=OBJECTION)
    row = Objection.objects.get(case=locked)
    _require_visible(locked, by.actor)
    moved = cases.advance(locked, act, by=by)
    if act in DECIDING:
        _mark_changes(row, by.outcome, upheld)
    effects.finish(moved, row, by=by)


@transaction.atomic
def lapse(*, case: int, at: datetime) -> None:
    """Close an objection whose applicant let the term of appeal run out.

    Raises:
        RefusedError: no such term has run out.
        UnknownCaseError: there is no such objection.
    """
    locked = cases.lock(case=case, procedure=OBJECTION)
    moved = cases.lapse(locked, at=at)
    by = By(Actor(REGISTER), at)
    effects.finish(moved, Objection.objects.get(case=locked), by=by)


def lapse_due(*, at: datetime) -> int:
    """Close every objection whose term of appeal is over; return how many."""
    on = By(Actor(REGISTER), at).on
    due = case_queries.list_lapsed(procedure=OBJECTION, on=on)
    for case in due:
        lapse(case=case, at=at)
    return len(due)


def _require_visible(case: LockedCase, actor: Actor) -> None:
    if not case_queries.visible_to(actor).filter(id=case.id).exists():
        raise case_queries.UnknownCaseError(case.id)


def _mark_changes(row: Objection, outcome: str, upheld: Collection[str]) -> None:
    """Say of each change whether it is right.

    A result in part needs one that is and one that isn't.
    """
    asked = list(row.changes.order_by("id"))
    chosen = {each.field for each in asked} & set(upheld)
    if outcome == Outcome.PARTLY:
        is_content = row.case.topic == Kind.CONTENT
        if not is_content or not 0 < len(chosen) < len(asked):
            raise RefusedError(PARTLY)
    for each in asked:
        is_right = outcome == Outcome.UPHELD or each.field in chosen
        each.upheld = is_right and outcome != Outcome.REJECTED
        each.save(update_fields=["upheld"])
