"""Correcting a code: assign, propose, decide, undo (`core.organizations.corrections`).

Each act is by name, with its reason, and stands in the ledger. The register changes
only by a decision, and an undo puts back exactly what was there; it is refused where
anything was changed since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.evidence import operations as evidence
from xinheng.apps.evidence.operations import Handed
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.organizations import (
    changes,
    corrections_effects,
    corrections_pairs,
    corrections_states,
    search_index,
)
from xinheng.apps.organizations.corrections_effects import Effect
from xinheng.apps.organizations.models import (
    Correction,
    CorrectionFile,
    RegisterIssue,
)
from xinheng.apps.outbox import operations as outbox
from xinheng.apps.units import queries as units
from xinheng.core.organizations import corrections
from xinheng.core.organizations.corrections import (
    Answer,
    Case,
    Fault,
    Flag,
    Stage,
    Subject,
)
from xinheng.core.organizations.issues import IssueKind, IssueState
from xinheng.core.submissions import reasons

TOPIC = "register.changed"
SUBJECT = "organizations"
CLOSED_AS = {
    Flag.NEW_CODE: IssueState.CORRECTED,
    Flag.DELETE: IssueState.CORRECTED,
    Flag.KEEP: IssueState.CONFIRMED,
}
# Why an act can't be done; stable codes, besides those of `corrections_effects`.
NOT_OPEN = "NOT_OPEN"
UNKNOWN_UNIT = "UNKNOWN_UNIT"
SAME_PERSON = "SAME_PERSON"
CHANGED_SINCE = "CHANGED_SINCE"
IN_USE = "IN_USE"
FOUND_AGAIN = "FOUND_AGAIN"


class UncorrectableError(ValueError):
    """The act can't be done; nothing was changed. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class AnswerError(ValueError):
    """The answer doesn't fit the issue; `faults` say why."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, when, and why; the reason is kept in the ledger."""

    actor: Actor
    reason: str
    at: datetime


@transaction.atomic
def assign(*, issue: int, unit: str, by: By) -> None:
    """Give an open issue to the registrar's unit, or to another one.

    Raises:
        NotAllowedError: not the credit office.
        UncorrectableError: NOT_OPEN, UNKNOWN_UNIT.
        ReasonError: the reason can't be kept.
    """
    why = _require_office(by)
    row = _lock(issue)
    if not units.list_active_codes(codes=[unit], on=timezone.localdate(by.at)):
        raise UncorrectableError(UNKNOWN_UNIT)
    correction = _live(issue) or Correction(issue=row)
    if correction.stage not in ("", Stage.ASSIGNED):
        raise UncorrectableError(NOT_OPEN)
    correction.stage = Stage.ASSIGNED
    correction.unit_id = unit
    correction.assigned_by, correction.assigned_at = by.actor.account_id, by.at
    correction.save()
    _tell("register.issue_assigned", row, {"unit": unit, "reason": why}, by)


@transaction.atomic
def propose(
    *,
    issue: int,
    answer: Answer,
    actor: Actor,
    at: datetime,
    files: Sequence[Handed] = (),
) -> None:
    """Propose what is done: by the unit that it was assigned to, or the credit office.

    `files` prove it. A proposal that nobody decided yet can be replaced, its files with
    it.

    Raises:
        NotAllowedError: neither of the two.
        UncorrectableError: NOT_OPEN.
        AnswerError: it doesn't fit the issue.
        ReasonError: the evidence can't be kept.
        EvidenceError: a file can't be kept.
    """
    row = _lock(issue)
    correction = _live(issue) or Correction(issue=row)
    is_asked = correction.unit_id and actor.may_submit_for(correction.unit_id)
    if not (actor.may_decide or is_asked):
        raise NotAllowedError("propose a correction")
    if found := corrections.faults(answer, case_of(row), on=timezone.localdate(at)):
        raise AnswerError(found)
    correction.stage = Stage.PROPOSED
    correction.flag, correction.subject = answer.flag.value, answer.subject.value
    correction.new_code = answer.new_code if answer.flag is Flag.NEW_CODE else ""
    correction.effective_on = answer.effective_on
    correction.evidence = reasons.require(answer.evidence)
    correction.evidence_sha256 = answer.evidence_sha256
    correction.proposed_by, correction.proposed_at = actor.account_id, at
    correction.save()
    digests = _keep(files, correction, actor=actor, at=at)
    body = {**_told(correction), "evidence": correction.evidence, "files": digests}
    _tell("register.correction_proposed", row, body, By(actor, "", at))


@transaction.atomic
def decide(*, issue: int, by: By) -> None:
    """Decide as proposed: the register changes, and the issue is closed.

    Raises:
        NotAllowedError: not the credit office.
        UncorrectableError: NOT_OPEN, SAME_PERSON, or why the register refuses it.
        ReasonError: the reason can't be kept.
    """
    why = _require_office(by)
    changes.lock()
    row = _lock(issue)
    correction = _proposed(issue, by)
    try:
        effect = corrections_effects.apply(correction, row, at=by.at)
    except corrections_effects.EffectError as error:
        raise UncorrectableError(error.code) from None
    correction.stage, correction.reason = Stage.DECIDED, why
    correction.decided_by, correction.decided_at = by.actor.account_id, by.at
    correction.kept = effect.kept
    if effect.key is not None:
        left = corrections_states.of(effect.key)
        correction.left_sha256 = corrections_states.digest(left)
    correction.save()
    row.state, row.closed_at = CLOSED_AS[Flag(correction.flag)], by.at
    row.save(update_fields=["state", "closed_at"])
    also = corrections_pairs.close(correction, state=IssueState(row.state), at=by.at)
    _refresh(effect)
    body = {**_told(correction), "state": row.state, "reason": why, "also": also}
    seq = _tell("register.correction_decided", row, body, by)
    _announce(effect.codes, seq, at=by.at)


@transaction.atomic
def send_back(*, issue: int, by: By) -> None:
    """Refuse a proposal: whoever was asked answers again.

    Raises:
        NotAllowedError, UncorrectableError, ReasonError: as for `decide`.
    """
    why = _require_office(by)
    row = _lock(issue)
    correction = _proposed(issue, by)
    correction.stage, correction.reason = Stage.ASSIGNED, why
    correction.save(update_fields=["stage", "reason"])
    _tell("register.correction_sent_back", row, {"reason": why}, by)


@transaction.atomic
def undo(*, issue: int, by: By) -> None:
    """Take a decision back: register and issue are again what they were before it.

    Raises:
        NotAllowedError: not the credit office.
        UncorrectableError: NOT_OPEN where nothing was decided; CHANGED_SINCE or IN_USE
            where the register went on; FOUND_AGAIN where the issue is open once more.
        ReasonError: the reason can't be kept.
    """
    why = _require_office(by)
    changes.lock()
    row = RegisterIssue.objects.select_for_update().filter(id=issue).first()
    correction = _live(issue)
    if row is None or correction is None or correction.stage != Stage.DECIDED:
        raise UncorrectableError(NOT_OPEN)
    effect = _put_back(correction)
    rows = [row, *corrections_pairs.closed_with(correction)]
    if any(map(_is_found_again, rows)):
        raise UncorrectableError(FOUND_AGAIN)
    corrections_pairs.reopen(rows)
    correction.stage = Stage.UNDONE
    correction.undone_by, correction.undone_at = by.actor.account_id, by.at
    correction.save(update_fields=["stage", "undone_by", "undone_at"])
    _refresh(effect)
    body = {**_told(correction), "reason": why}
    seq = _tell("register.correction_undone", row, body, by)
    _announce(effect.codes, seq, at=by.at)


def case_of(row: RegisterIssue) -> Case:
    """Return what an answer to an issue has to fit."""
    holder = row.organization
    return Case(
        kind=IssueKind(row.kind),
        code=row.code,
        has_holder=holder is not None,
        is_claim=holder is not None and holder.name_key != row.name_key,
        registered_on=holder.registered_on if holder else None,
    )


def _keep(
    files: Sequence[Handed], correction: Correction, *, actor: Actor, at: datetime
) -> list[str]:
    """Keep the files of a proposal in place of those before; return their digests."""
    correction.files.all().delete()
    refs = [
        evidence.store(
            content=each.content, name=each.name, actor=actor.account_id, at=at
        )
        for each in files
    ]
    digests = list(dict.fromkeys(ref.digest for ref in refs))
    CorrectionFile.objects.bulk_create(
        CorrectionFile(correction=correction, file_id=digest) for digest in digests
    )
    return digests


def _is_found_again(row: RegisterIssue) -> bool:
    same = {"kind": row.kind, "code": row.code, "name_key": row.name_key}
    return RegisterIssue.objects.filter(**same, state=IssueState.OPEN).exists()


def _put_back(correction: Correction) -> Effect:
    if not correction.left_sha256:
        return Effect()
    key = corrections_states.key_of(correction.kept)
    left = corrections_states.digest(corrections_states.of(key))
    if left != correction.left_sha256:
        raise UncorrectableError(CHANGED_SINCE)
    try:
        corrections_states.put_back(correction.kept)
    except corrections_states.InUseError:
        raise UncorrectableError(IN_USE) from None
    codes = {correction.new_code, correction.issue.code} - {""}
    return Effect(key, correction.kept, tuple(sorted(codes)))


def _require_office(by: By) -> str:
    if not by.actor.may_decide:
        raise NotAllowedError("correct the register")
    return reasons.require(by.reason)


def _lock(issue: int) -> RegisterIssue:
    rows = RegisterIssue.objects.select_for_update(of=("self",))
    row = rows.select_related("organization").filter(id=issue).first()
    if row is None or row.state != IssueState.OPEN:
        raise UncorrectableError(NOT_OPEN)
    return row


def _live(issue: int) -> Correction | None:
    rows = Correction.objects.select_for_update().filter(issue=issue)
    return rows.exclude(stage=Stage.UNDONE).first()


def _proposed(issue: int, by: By) -> Correction:
    correction = _live(issue)
    if correction is None or correction.stage != Stage.PROPOSED:
        raise UncorrectableError(NOT_OPEN)
    if not corrections.may_decide(
        by.actor.account_id,
        assigned_by=correction.assigned_by,
        proposed_by=correction.proposed_by,
    ):
        raise UncorrectableError(SAME_PERSON)
    return correction


def _told(correction: Correction) -> dict[str, object]:
    return {
        "flag": correction.flag,
        "subject": Subject(correction.subject).value,
        "new_code": correction.new_code,
        "effective_on": str(correction.effective_on),
        "evidence_sha256": correction.evidence_sha256,
    }


def _refresh(effect: Effect) -> None:
    if effect.key is not None:
        search_index.refresh(pl.Series([effect.key], dtype=pl.Int64))


def _tell(kind: str, row: RegisterIssue, body: dict[str, object], by: By) -> int:
    appended = ledger.append(
        kind=kind,
        subject=f"register_issue:{row.id}",
        actor=by.actor.account_id,
        body=body,
        at=by.at,
    )
    return appended.seq


def _announce(codes: tuple[str, ...], seq: int, *, at: datetime) -> None:
    if codes:
        payload = {"codes": list(codes), "correction": seq}
        outbox.queue(
            topic=TOPIC, subject=SUBJECT, payload=payload, ledger_seq=seq, at=at
        )
