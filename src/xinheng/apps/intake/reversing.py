"""A submission is taken back as one act: a file that should never have been accepted.

    propose   the credit office or an operator says which and why
    confirm   another person of the credit office; everything happens then
    refuse    the proposal goes

With the submission go the rows that were released from it, and its rows that are still
kept aside are sent back. The unit hands in again what is right; keys that came before
are free. One transaction holds records, ledger and message; the change feed leads every
reader past what went and what returned.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.catalog import operations as catalog
from xinheng.apps.intake import queries
from xinheng.apps.intake.models import HeldRow, Reversal, Submission
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.outbox import operations as outbox
from xinheng.apps.records import reversing as records
from xinheng.core.submissions import reasons

PROPOSED, DONE = "submission.reversal_proposed", "submission.reversed"
REFUSED = "submission.reversal_refused"
# Why an act can't be done; stable codes.
NOT_COMPLETED = "NOT_COMPLETED"
NOT_OPEN = "NOT_OPEN"
OPEN_ALREADY = "OPEN_ALREADY"
IS_RELEASE = "IS_RELEASE"
SAME_PERSON = "SAME_PERSON"


class NotReversibleError(ValueError):
    """The act can't be done; nothing was changed. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, when, and why; the reason is kept in the ledger."""

    actor: Actor
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """What taking a submission back means; see `models.Reversal` for the counts."""

    withdrawn: int
    restored: int
    stays: int
    sent_back: int
    releases: int


@dataclass(frozen=True, slots=True)
class ReversalView:
    """A reversal as it stands; see `models.Reversal`."""

    stage: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision_reason: str
    withdrawn: int | None
    restored: int | None
    stays: int | None
    sent_back: int | None
    ledger_seq: int


@transaction.atomic
def propose(*, submission: str, by: By) -> int:
    """Propose that a submission is taken back; return the ledger entry's number.

    Raises:
        NotAllowedError: neither the credit office nor an operator.
        NotReversibleError: NOT_COMPLETED; IS_RELEASE, whose origin is what is to be
            taken back; OPEN_ALREADY where it was proposed or done already.
        ReasonError: the reason can't be kept.
        UnknownSubmissionError: none that the actor may see.
    """
    require_may_propose(by.actor)
    why = reasons.require(by.reason)
    row = _reversible(by.actor, submission)
    catalog.lock(dataset=row.dataset)
    if _standing(row).exists():
        raise NotReversibleError(OPEN_ALREADY)
    proposed = Reversal(
        submission=row,
        stage=Reversal.Stage.PROPOSED,
        reason=why,
        proposed_by=by.actor.account_id,
        proposed_at=by.at,
    )
    proposed.ledger_seq = _append(PROPOSED, proposed, {"reason": why}, by)
    proposed.save(force_insert=True)
    return proposed.ledger_seq


@transaction.atomic
def confirm(*, submission: str, by: By) -> Counted:
    """Take the submission back as another person proposed, and return what went.

    Raises:
        NotAllowedError: not the credit office.
        NotReversibleError: NOT_OPEN where nothing is proposed, SAME_PERSON.
        ReasonError, UnknownSubmissionError: as for `propose`.
    """
    row, why = _decide(submission, by)
    landings = _landings(row.submission)
    plan = records.plan(landings, gone=_gone(row.submission.dataset))
    done = records.reverse(plan, by=row.id, at=by.at)
    row.landings = [each.hex for each in landings]
    row.withdrawn, row.restored = plan.withdrawn, plan.restored
    row.stays = plan.stays
    row.sent_back = _send_back(row.submission, why, by)
    row.stage = Reversal.Stage.DONE
    row.ledger_seq = _append(DONE, row, _told(row, done, why), by)
    records.seal(done, by=row.id, ledger_seq=row.ledger_seq)
    row.save()
    _announce(row, by.at)
    return Counted(
        plan.withdrawn, plan.restored, plan.stays, row.sent_back, len(landings) - 1
    )


@transaction.atomic
def refuse(*, submission: str, by: By) -> None:
    """Let the proposal go; it can be made anew.

    Raises:
        NotAllowedError, NotReversibleError, ReasonError, UnknownSubmissionError: as for
            `confirm`.
    """
    row, why = _decide(submission, by)
    row.stage = Reversal.Stage.REFUSED
    row.ledger_seq = _append(REFUSED, row, {"reason": why}, by)
    row.save()


def preview(*, submission: str, actor: Actor) -> Counted:
    """Return what taking a submission back would mean today; nothing is changed.

    Raises:
        NotAllowedError, NotReversibleError, UnknownSubmissionError: as for `propose`.
    """
    require_may_propose(actor)
    row = _reversible(actor, submission)
    landings = _landings(row)
    plan = records.plan(landings, gone=_gone(row.dataset))
    kept = _open_rows(row).count()
    return Counted(plan.withdrawn, plan.restored, plan.stays, kept, len(landings) - 1)


def find_reversal(*, submission: str, actor: Actor) -> ReversalView | None:
    """Return the last reversal of a submission, null where none was ever proposed.

    Raises:
        UnknownSubmissionError: none of that id that the actor may see.
    """
    item = queries.get_submission(actor=actor, submission=submission)
    rows = Reversal.objects.filter(submission=uuid.UUID(item.id)).order_by(
        "-ledger_seq"
    )
    row = rows.first()
    if row is None:
        return None
    return ReversalView(**{n: getattr(row, n) for n in ReversalView.__slots__})


def list_proposed() -> tuple[str, ...]:
    """Return the submissions whose reversal waits for another person, oldest first."""
    rows = Reversal.objects.filter(stage=Reversal.Stage.PROPOSED)
    keys = rows.order_by("proposed_at", "id").values_list("submission", flat=True)
    return tuple(str(key) for key in keys)


def require_may_propose(actor: Actor) -> None:
    """Let pass who may propose that a submission is taken back.

    Raises:
        NotAllowedError: for anyone else.
    """
    if not (actor.may_decide or actor.may_administer):
        raise NotAllowedError("take a submission back")


def _reversible(actor: Actor, submission: str) -> Submission:
    item = queries.get_submission(actor=actor, submission=submission)
    row = Submission.objects.get(id=item.id)
    if row.state != Submission.State.COMPLETED:
        raise NotReversibleError(NOT_COMPLETED)
    if row.origin == Submission.Origin.RELEASE:
        raise NotReversibleError(IS_RELEASE)
    return row


def _standing(row: Submission) -> QuerySet[Reversal]:
    return Reversal.objects.filter(
        submission=row, stage__in=[Reversal.Stage.PROPOSED, Reversal.Stage.DONE]
    )


def _decide(submission: str, by: By) -> tuple[Reversal, str]:
    """Return what is proposed, locked and signed by who decides, with the reason."""
    if not by.actor.may_decide:
        raise NotAllowedError("confirm a reversal")
    why = reasons.require(by.reason)
    item = queries.get_submission(actor=by.actor, submission=submission)
    catalog.lock(dataset=item.dataset)
    rows = Reversal.objects.select_for_update(of=("self",)).select_related("submission")
    asked = uuid.UUID(item.id)
    row = rows.filter(submission=asked, stage=Reversal.Stage.PROPOSED).first()
    if row is None:
        raise NotReversibleError(NOT_OPEN)
    if row.proposed_by == by.actor.account_id:
        raise NotReversibleError(SAME_PERSON)
    row.decided_by, row.decided_at = by.actor.account_id, by.at
    row.decision_reason = why
    return row, why


def _landings(row: Submission) -> list[uuid.UUID]:
    """Return the submission and what was released from it, in the ledger's order."""
    releases = Submission.objects.filter(
        origin=Submission.Origin.RELEASE,
        id__in=HeldRow.objects.filter(submission=row)
        .exclude(closed_by=None)
        .values("closed_by"),
    )
    return [row.id, *releases.order_by("ledger_seq").values_list("id", flat=True)]


def _gone(dataset: str) -> set[uuid.UUID]:
    done = Reversal.objects.filter(
        stage=Reversal.Stage.DONE, submission__dataset=dataset
    )
    listed = done.values_list("landings", flat=True)
    return {uuid.UUID(each) for landings in listed for each in landings}


def _open_rows(row: Submission) -> QuerySet[HeldRow]:
    return HeldRow.objects.filter(submission=row, closed_by__isnull=True, decision="")


def _send_back(row: Submission, why: str, by: By) -> int:
    """Send back what is still kept aside: it must not land by itself later."""
    return _open_rows(row).update(
        decision=HeldRow.Decision.REJECTED,
        decided_by=by.actor.account_id,
        decided_at=by.at,
        decision_reason=why,
    )


def _told(row: Reversal, done: records.Reversed, why: str) -> dict[str, object]:
    return {
        "reason": why,
        "landings": [str(uuid.UUID(each)) for each in row.landings],
        "counts": _counts(row),
        "versions_root": done.versions_root,
        "rows_root": done.rows_root,
    }


def _counts(row: Reversal) -> dict[str, object]:
    names = ("withdrawn", "restored", "stays", "sent_back")
    return {name: getattr(row, name) for name in names}


def _append(kind: str, row: Reversal, body: Mapping[str, object], by: By) -> int:
    told = {
        "submission": str(row.submission_id),
        "unit": row.submission.unit_id,
        "dataset": row.submission.dataset,
    }
    appended = ledger.append(
        kind=kind,
        subject=f"reversal:{row.id}",
        actor=by.actor.account_id,
        body={**told, **body},
        at=by.at,
    )
    return appended.seq


def _announce(row: Reversal, at: datetime) -> None:
    outbox.queue(
        topic=DONE,
        subject=f"unit:{row.submission.unit_id}",
        payload={
            "submission": str(row.submission_id),
            "dataset": row.submission.dataset,
            "counts": _counts(row),
        },
        ledger_seq=row.ledger_seq,
        at=at,
    )
