"""Deciding on rows that were kept aside: by the credit office, by name, with a reason.

    accept      the rows land as a release
    take_over   the same for a row whose record is another unit's: that unit gives it up
    send_back   the rows are rejected; the unit mends them and hands them in again

Whoever handed a row in never decides on it. All rows of one call are decided, or none.
Asking the registrar for an organization changes no record.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.catalog import operations as catalog
from xinheng.apps.intake import kept, releasing
from xinheng.apps.intake.models import HeldRow, Submission
from xinheng.apps.intake.releasing import Release, Workplace
from xinheng.apps.intake.telling import tell
from xinheng.apps.records import in_force
from xinheng.core.submissions import reasons
from xinheng.core.submissions.plausibility import ranges

MOST_ROWS = 200

# Why a decision can't be made; stable codes.
NOT_OPEN = "NOT_OPEN"
NO_ROWS = "NO_ROWS"
UNKNOWN_ORGANIZATION = "UNKNOWN_ORGANIZATION"
OTHER_UNIT = "OTHER_UNIT"


class UndecidableError(ValueError):
    """The rows can't be decided so; nothing was changed. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Choice:
    """What the credit office decides on which rows (ids), and why.

    Raises:
        ReasonError: the reason can't be kept.
    """

    rows: Collection[int]
    actor: Actor
    reason: str

    def __post_init__(self) -> None:
        """Refuse a decision without a reason."""
        reasons.require(self.reason)


def accept(choice: Choice, *, at: datetime) -> tuple[str, ...]:
    """Land the rows and return the releases, one for each submission they came from.

    Raises:
        NotAllowedError: not the credit office, or a row that the actor handed in.
        UndecidableError: see the codes of this module.
    """
    with releasing.workplace() as place:
        return _accept(choice, place, at=at, takes_over=False)


def take_over(*, row: int, actor: Actor, reason: str, at: datetime) -> tuple[str, ...]:
    """Land one row though its record is another unit's, which gives the record up.

    Raises:
        NotAllowedError, UndecidableError: as for `accept`.
    """
    with releasing.workplace() as place:
        choice = Choice((row,), actor, reason)
        return _accept(choice, place, at=at, takes_over=True)


@transaction.atomic
def _accept(
    choice: Choice, place: Workplace, *, at: datetime, takes_over: bool
) -> tuple[str, ...]:
    decided = {
        "decision": HeldRow.Decision.ACCEPTED,
        "decided_by": choice.actor.account_id,
        "decided_at": at,
        "decision_reason": choice.reason,
    }
    releases = []
    for original, rows in _lock(choice, HeldRow.Reason.QUESTIONABLE):
        dataset = kept.dataset_of(original)
        frame = kept.read(rows, dataset)
        if frame["is_unlinked"].any():
            raise UndecidableError(UNKNOWN_ORGANIZATION)
        foreign = in_force.find_foreign(
            dataset=original.dataset,
            unit=original.unit_id,
            keys=frame["natural_key"].to_list(),
        )
        if foreign and not takes_over:
            raise UndecidableError(OTHER_UNIT)
        by, reason = choice.actor.account_id, choice.reason
        release = Release(original, dataset, frame, by, reason, decided, foreign)
        releases.append(releasing.land(release, place, at=at))
    return tuple(str(release.id) for release in releases)


@transaction.atomic
def send_back(choice: Choice, *, at: datetime) -> None:
    """Reject the rows: the unit finds them among those that it has to mend.

    Raises:
        NotAllowedError, UndecidableError: as for `accept`.
    """
    for original, rows in _lock(choice):
        numbers = sorted(rows.values_list("row_number", flat=True))
        rows.update(
            decision=HeldRow.Decision.REJECTED,
            decided_by=choice.actor.account_id,
            decided_at=at,
            decision_reason=choice.reason,
        )
        body = {"rows": ranges(numbers), "reason": choice.reason}
        tell(original, "submission.sent_back", body, by=choice.actor, at=at)


def _lock(
    choice: Choice, reason: str | None = None
) -> Iterator[tuple[Submission, QuerySet[HeldRow]]]:
    """Yield the rows by the submission that they came from, locked and open."""
    if not choice.actor.may_decide:
        raise NotAllowedError("decide on rows kept aside")
    identifiers = sorted(set(choice.rows))
    if not 0 < len(identifiers) <= MOST_ROWS:
        raise UndecidableError(NO_ROWS)
    asked = HeldRow.objects.filter(id__in=identifiers)
    datasets = set(asked.values_list("dataset", flat=True))
    if len(datasets) == 1:
        catalog.lock(dataset=datasets.pop())
    else:
        catalog.lock_all()  # several locks, taken in the one order that all agree on
    rows = list(_open(reason).filter(id__in=identifiers).select_for_update())
    if len(rows) != len(identifiers):
        raise UndecidableError(NOT_OPEN)
    for original in _originals(rows, choice.actor):
        yield original, asked.filter(submission_id=original.id)


def _originals(rows: Collection[HeldRow], actor: Actor) -> list[Submission]:
    found = Submission.objects.filter(id__in={row.submission_id for row in rows})
    originals = list(found.order_by("received_at", "id"))
    if any(each.submitted_by == actor.account_id for each in originals):
        raise NotAllowedError("decide on rows of one's own")
    return originals


def _open(reason: str | None) -> QuerySet[HeldRow]:
    rows = HeldRow.objects.filter(closed_by__isnull=True, decision="")
    return rows.filter(reason=reason) if reason else rows


@transaction.atomic
def ask_register(*, rows: Collection[int], actor: Actor, at: datetime) -> int:
    """Put the rows' organizations on the registrar's list; return how many are new.

    Rows that somebody asked about already stay as they are.

    Raises:
        NotAllowedError: a row of a unit that the actor does not act for.
        UndecidableError: a row is not open, or too many are asked about at once.
    """
    identifiers = set(rows)
    if not 0 < len(identifiers) <= MOST_ROWS:
        raise UndecidableError(NO_ROWS)
    open_rows = _open(HeldRow.Reason.UNLINKED).filter(id__in=identifiers)
    found = list(open_rows.select_for_update(of=("self",)).select_related("submission"))
    if len(found) != len(identifiers):
        raise UndecidableError(NOT_OPEN)
    units = {row.submission.unit_id for row in found}
    if not (actor.may_decide or all(actor.may_submit_for(unit) for unit in units)):
        raise NotAllowedError("ask the register")
    new = [row for row in found if not row.asked_by]
    by_submission: dict[uuid.UUID, list[HeldRow]] = {}
    for row in new:
        by_submission.setdefault(row.submission_id, []).append(row)
    for of_one in by_submission.values():
        HeldRow.objects.filter(id__in=[row.id for row in of_one]).update(
            asked_by=actor.account_id, asked_at=at
        )
        body = {"rows": ranges(row.row_number for row in of_one)}
        tell(of_one[0].submission, "register.asked", body, by=actor, at=at)
    return len(new)
