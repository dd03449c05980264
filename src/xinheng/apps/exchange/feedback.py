"""Feedback by file: rows that were sent are settled, everything else is kept.

    SENT      accepted, refused   settled as the file says
    ACCEPTED  refused             refused after all: back to the unit
    REFUSED   accepted            kept: it may be an older answer; ask the target
    none      whatever it says    kept: it was never sent

The same file may be handed in again: it changes nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.exchange import settling
from xinheng.apps.exchange.carriers.carrier import Carrier
from xinheng.apps.exchange.models import Obligation, Oddity, TargetState
from xinheng.apps.exchange.targets import Target
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.outbox import operations as outbox
from xinheng.core.exchange import answers
from xinheng.core.exchange import feedback as rules
from xinheng.core.exchange.answers import RowState
from xinheng.core.exchange.encoding import UnreadablePackageError
from xinheng.core.exchange.feedback import Kept, Line, UnreadableFeedbackError, Why
from xinheng.core.exchange.states import State
from xinheng.pipeline import exchange_workbook

TAKEN = "exchange.feedback_taken"
LOOKED_AT = "exchange.oddity_closed"
_AT_ONCE = 500
_LEFT = (State.SENT, State.ACCEPTED, State.REFUSED)
_WORKBOOK = b"PK\x03\x04"
_SETTLES = {
    (State.SENT, RowState.ACCEPTED): State.ACCEPTED,
    (State.SENT, RowState.REFUSED): State.REFUSED,
    (State.ACCEPTED, RowState.REFUSED): State.REFUSED,
}


class UnknownOddityError(LookupError):
    """Nothing is kept for inspection under that number."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file came to; `kept` are the lines that were not followed."""

    source: str
    digest: str
    lines: int
    accepted: int
    refused: int
    unchanged: int
    kept: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class _File:
    source: str
    digest: str


@dataclass
class _Sorted:
    accepted: list[Obligation] = field(default_factory=list)
    refused: list[Obligation] = field(default_factory=list)
    unchanged: int = 0
    kept: list[Kept] = field(default_factory=list)


def take(
    target: Target, data: bytes, *, source: str, actor: str, at: datetime
) -> Taken:
    """Settle what a file of feedback says, and keep what can't be.

    Raises:
        UnreadableFeedbackError: it is none; what it may be is kept by its digest.
    """
    digest = sha256(data).hexdigest()
    try:
        lines, kept = rules.read(_table(data), target.base)
    except UnreadableFeedbackError as wrong:
        note(target.name, source, digest, [_whole(f"FEEDBACK_{wrong.code}")], at=at)
        raise
    file = _File(answers.clean(source)[:200], digest)
    return _take(target.name, lines, kept, file, actor, at)


def collect(target: Target, carrier: Carrier, *, actor: str, at: datetime) -> int:
    """Take the files of feedback that wait at a target; return how many those are."""
    count = 0
    for name, data in carrier.feedback():
        if data is None:
            digest = sha256(name.encode()).hexdigest()
            note(target.name, name, digest, [_whole(Why.CHECKSUM)], at=at)
            continue
        try:
            take(target, data, source=name, actor=actor, at=at)
        except UnreadableFeedbackError:
            continue  # noted
        carrier.feedback_taken(name)
        count += 1
    return count


@transaction.atomic
def close(*, actor: Actor, oddity: int, at: datetime) -> str:
    """Let go what was kept for inspection; return whose it was.

    Raises:
        NotAllowedError: the actor neither decides nor administers.
        UnknownOddityError: there is none (any more).
    """
    if not (actor.may_decide or actor.may_administer):
        raise NotAllowedError("close what was kept for inspection")
    row = Oddity.objects.select_for_update().filter(pk=oddity).first()
    if row is None:
        raise UnknownOddityError
    body = {"digest": row.digest, "line": row.line, "why": row.why}
    subject = f"target:{row.target_id}"
    ledger.append(
        kind=LOOKED_AT, subject=subject, actor=actor.account_id, body=body, at=at
    )
    row.delete()
    return str(row.target_id)


def note(
    target: str, source: str, digest: str, kept: Iterable[Kept], *, at: datetime
) -> None:
    """Keep lines for inspection; what is kept already stays as it is."""
    rows = [
        Oddity(
            target_id=target,
            source=answers.clean(source)[:200],
            digest=digest,
            line=each.number,
            why=str(each.why),
            dataset=each.dataset,
            key=each.key,
            code=each.code,
            message=each.message,
            found_at=at,
        )
        for each in kept
    ]
    Oddity.objects.bulk_create(rows, batch_size=_AT_ONCE, ignore_conflicts=True)


def _whole(why: str) -> Kept:
    return Kept(0, why)  # type: ignore[arg-type]  # of the file, not of a line


def _table(data: bytes) -> rules.Table:
    if not data.startswith(_WORKBOOK):
        return rules.table(data)
    if len(data) > rules.MOST_BYTES:
        raise UnreadableFeedbackError("TOO_LARGE")
    try:
        book = exchange_workbook.read(data)
    except UnreadablePackageError:
        raise UnreadableFeedbackError("FORM") from None
    return [book.titles, *book.cells]


@transaction.atomic
def _take(
    target: str,
    lines: Sequence[Line],
    kept: Sequence[Kept],
    file: _File,
    actor: str,
    at: datetime,
) -> Taken:
    TargetState.objects.select_for_update().get(name=target)
    done = _Sorted(kept=list(kept))
    for begin in range(0, len(lines), _AT_ONCE):
        _sort(target, lines[begin : begin + _AT_ONCE], done, at)
    note(target, file.source, file.digest, done.kept, at=at)
    if done.accepted or done.refused:
        settling.save_settled([*done.accepted, *done.refused], target=target)
        body = {
            "file": file.digest,
            "accepted": len(done.accepted),
            "refused": len(done.refused),
            "kept": len(done.kept),
        }
        subject = f"target:{target}"
        appended = ledger.append(
            kind=TAKEN, subject=subject, actor=actor, body=body, at=at
        )
        messages = [settling.refusal(target, row) for row in done.refused]
        outbox.queue_many(messages=messages, ledger_seq=appended.seq, at=at)
    return Taken(
        file.source,
        file.digest,
        len(lines) + len(kept),
        len(done.accepted),
        len(done.refused),
        done.unchanged,
        tuple(done.kept),
    )


def _sort(target: str, lines: Sequence[Line], done: _Sorted, at: datetime) -> None:
    rows = Obligation.objects.select_for_update().filter(
        target=target, state__in=_LEFT, sent_key__in=[line.key for line in lines]
    )
    # The last thing that was told under a key is what is answered.
    latest = {(row.dataset, row.sent_key): row for row in rows.order_by("id")}
    for line in {(line.dataset, line.key): line for line in lines}.values():
        _sort_line(line, latest.get((line.dataset, line.key)), done, at)


def _sort_line(line: Line, row: Obligation | None, done: _Sorted, at: datetime) -> None:
    if row is None:
        done.kept.append(rules.keep(line, Why.NEVER_SENT))
    elif line.said.package and line.said.package not in row.sent_in:
        done.kept.append(rules.keep(line, Why.OTHER_PACKAGE))
    elif row.state == State.REFUSED and line.said.state is RowState.ACCEPTED:
        done.kept.append(rules.keep(line, Why.CONTRADICTS))
    elif (after := _SETTLES.get((State(row.state), line.said.state))) is None:
        done.unchanged += 1
    else:
        settling.enter(row, after, line.said, at)
        (done.accepted if after is State.ACCEPTED else done.refused).append(row)
