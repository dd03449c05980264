"""A run to a target: what is owed is packed, sent, asked after, and settled.

What is about to leave is noted before it leaves: a process that dies in between leaves
rows that are SENT, and the next run asks the target what became of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from xinheng.apps.exchange import learned
from xinheng.apps.exchange.carriers.carrier import Carrier
from xinheng.apps.exchange.models import Obligation, TargetState, Trial
from xinheng.apps.exchange.settling import settle
from xinheng.apps.exchange.targets import Target
from xinheng.core.exchange import states
from xinheng.core.exchange.answers import Answer, RowAnswer
from xinheng.core.exchange.outcomes import Outcome
from xinheng.core.exchange.packaging import Package
from xinheng.core.exchange.profiles import Form, Profile
from xinheng.core.exchange.rows import Act, Row
from xinheng.core.exchange.sending import Purpose
from xinheng.core.exchange.session import Session
from xinheng.core.exchange.states import OPEN, State
from xinheng.pipeline import exchange_workbook

MOST_ROWS = 20_000
LEASE = timedelta(minutes=30)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
SOON = timedelta(minutes=10)  # until what waits for feedback is asked after again


class BusyError(RuntimeError):
    """Another process sends to the target right now."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The interface's clock, and its patience: `sleep` is never called for longer."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    patience_seconds: float = 65.0


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run did; `stopped` is empty where it came to its end."""

    target: str
    accepted: int
    refused: int
    waiting: int
    packages: int
    changes: int
    stopped: str
    oddities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replay:
    """A run of these obligations alone; under `profile`, unless it is null.

    What a run under another profile learns is not kept: nobody adopted that profile.
    """

    obligations: frozenset[int]
    profile: Profile | None = None


@dataclass
class _Channel:
    """Notes each sending before it leaves and after it was answered."""

    target: Target
    version: int
    carrier: Carrier
    clock: Clock
    rows: Mapping[str, Obligation]
    sent: int = 0
    _start: datetime | None = field(default=None)

    def send(self, package: Package, purpose: Purpose) -> Answer:
        """Send a package and return the answer."""
        trial = self._leave(package, purpose)
        answer = self.carrier.send(package)
        trial.answered_at, trial.kind = self.clock.now(), answer.kind
        trial.code, trial.message = answer.code[:64], answer.message[:500]
        trial.oddities = list(answer.oddities)
        trial.save()
        return answer

    def describe(self, dataset: str) -> tuple[str, ...] | None:
        """Return the header that the target wants."""
        return self.carrier.describe(dataset)

    def query(
        self, dataset: str, keys: Sequence[str]
    ) -> Mapping[str, RowAnswer] | None:
        """Return what the target holds of these keys."""
        return self.carrier.query(dataset, keys)

    def wait(self, seconds: float) -> bool:
        """Wait, unless it is longer than the run's patience."""
        if seconds > self.clock.patience_seconds:
            return False
        self.clock.sleep(seconds)
        return True

    def now(self) -> float:
        """Return the seconds since the epoch."""
        return self.clock.now().timestamp()

    @transaction.atomic
    def _leave(self, package: Package, purpose: Purpose) -> Trial:
        """Note that rows are about to leave."""
        at = self.clock.now()
        left = [self.rows[row.id] for row in package.rows]
        for row, key in zip(left, package.keys, strict=True):
            row.state, row.sent_at, row.sent_key = State.SENT, at, key
            row.sent_in = list(dict.fromkeys([*row.sent_in, package.id]))
        fields = ["state", "sent_at", "sent_key", "sent_in"]
        Obligation.objects.bulk_update(left, fields, batch_size=500)
        self.sent += 1
        return Trial.objects.create(
            target_id=self.target.name,
            dataset=package.dataset,
            package=package.id,
            sha256=package.sha256,
            profile_version=self.version,
            purpose=purpose,
            rows=len(package.rows),
            size_bytes=len(package.data),
            sent_at=at,
        )


def run(
    target: Target,
    carrier: Carrier,
    *,
    clock: Clock,
    worker: str,
    replay: Replay | None = None,
) -> Ran:
    """Send what is owed to a target, or a part of it, as far as that goes now.

    Raises:
        BusyError: another process does.
        CarrierError: the way to the target can't be used at all.
    """
    state = _lease(target, clock.now())
    total = Ran(target.name, 0, 0, 0, 0, 0, "")
    try:
        for sheet in learned.profile_of(target, state).sheets:
            part = _send(target, sheet.dataset, carrier, clock, worker, replay)
            total = _add(total, part)
            if total.stopped:
                break
    finally:
        _release(target, clock.now(), total)
    return total


def _send(
    target: Target,
    dataset: str,
    carrier: Carrier,
    clock: Clock,
    worker: str,
    replay: Replay | None,
) -> Ran:
    state = TargetState.objects.get(name=target.name)
    owed = _pack(target, dataset, replay)
    if not owed:
        return Ran(target.name, 0, 0, 0, 0, 0, "")
    other = replay.profile if replay else None
    profile = other or learned.profile_of(target, state)
    channel = _Channel(target, state.version, carrier, clock, owed)
    session = Session(
        profile, dataset, channel, writer_of(profile), fine=tuple(state.fine)
    )
    outcome = session.run([as_row(each) for each in owed.values()])
    settle(
        target.name,
        owed,
        outcome,
        actor=worker,
        at=clock.now(),
        keeps_profile=other is None,
    )
    return _ran(target, outcome, channel.sent)


def _ran(target: Target, outcome: Outcome, sent: int) -> Ran:
    return Ran(
        target.name,
        len(outcome.accepted),
        len(outcome.refused),
        len(outcome.waiting),
        sent,
        len(outcome.changes),
        outcome.stopped,
        tuple(why for _, why in outcome.oddities),
    )


def _add(one: Ran, other: Ran) -> Ran:
    return Ran(
        one.target,
        one.accepted + other.accepted,
        one.refused + other.refused,
        one.waiting + other.waiting,
        one.packages + other.packages,
        one.changes + other.changes,
        other.stopped,
        one.oddities + other.oddities,
    )


@transaction.atomic
def _pack(target: Target, dataset: str, replay: Replay | None) -> dict[str, Obligation]:
    """Take up what may leave: of each record the first that is open, oldest first."""
    is_open = Obligation.objects.filter(target_id=target.name, state__in=OPEN)
    ahead = is_open.filter(record=OuterRef("record"), id__lt=OuterRef("id"))
    chosen = is_open.filter(~Exists(ahead), dataset=dataset)
    if replay is not None:
        chosen = chosen.filter(id__in=replay.obligations)
    rows = list(chosen.select_for_update().order_by("id")[:MOST_ROWS])
    for row in rows:
        if row.state == State.DUE:
            row.state = states.step(State.DUE, State.PACKED)
    Obligation.objects.bulk_update(rows, ["state"], batch_size=500)
    return {str(row.pk): row for row in rows}


def as_row(row: Obligation) -> Row:
    """Return an obligation as core sends it; what left before is asked after first."""
    is_sent = row.state == State.SENT
    return Row(
        str(row.pk),
        row.version,
        Act(row.act),
        row.values,
        tuple(row.sent_in) if is_sent else (),
        row.sent_key if is_sent else "",
    )


def writer_of(profile: Profile) -> Callable[..., bytes] | None:
    """Return what writes a form that core doesn't."""
    return exchange_workbook.write if profile.form is Form.XLSX else None


@transaction.atomic
def _lease(target: Target, at: datetime) -> TargetState:
    state = TargetState.objects.select_for_update().get(name=target.name)
    if state.leased_until is not None and state.leased_until > at:
        raise BusyError
    state.leased_until = at + LEASE
    state.save(update_fields=["leased_until"])
    return state


@transaction.atomic
def _release(target: Target, at: datetime, ran: Ran) -> None:
    """End the lease, and say when to look again."""
    state = TargetState.objects.select_for_update().get(name=target.name)
    state.leased_until, state.last_run_at = None, at
    state.last_error = ran.stopped[:64]
    state.failures = state.failures + 1 if ran.stopped else 0
    if ran.accepted or ran.refused or ran.waiting:
        state.last_answer_at = at
    wait = FIRST_WAIT * 2 ** min(max(state.failures - 1, 0), 10)
    later = min(wait, LONGEST_WAIT) if ran.stopped else SOON
    state.retry_at = at + later if ran.stopped or ran.waiting else None
    state.save()


def ensure(targets: Iterable[Target]) -> None:
    """Enter the targets that are configured; what is known of one stays."""
    for target in targets:
        TargetState.objects.update_or_create(
            name=target.name, defaults={"profile": target.profile}
        )


@transaction.atomic
def note_failure(target: str, *, code: str, at: datetime) -> None:
    """Note that a target could not be used at all, and when to look again."""
    state = TargetState.objects.select_for_update().get(name=target)
    state.failures += 1
    wait = FIRST_WAIT * 2 ** min(state.failures - 1, 10)
    state.last_run_at, state.last_error = at, code[:64]
    state.retry_at = at + min(wait, LONGEST_WAIT)
    state.save()
