"""Changes of a target's profile: put forward, replayed, adopted by a second person.

    propose -> replay on the simulator (as often as wanted) -> adopt | drop
                       '-> replay for real, on a person's word, by the worker

What was learned works for the target at once, on trial. What is adopted stays when the
rest is taken back, and is what the next change is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.exchange import batches, learned, rehearsing
from xinheng.apps.exchange.models import ProfileChange, Proposal, TargetState
from xinheng.apps.exchange.rehearsing import Rehearsal
from xinheng.apps.ledger import operations as ledger
from xinheng.core.exchange import learning, proposing
from xinheng.core.exchange.profiles import Problem, Profile
from xinheng.core.exchange.proposing import Fault, Wish
from xinheng.core.submissions import reasons
from xinheng.rulebook import exchange_profiles

PROPOSED = "exchange.profile_proposed"
ADOPTED = "exchange.profile_adopted"
DROPPED = "exchange.profile_dropped"
ASKED = "exchange.replay_asked"
LONGEST_REASON = 200


class ProposalRefusedError(ValueError):
    """A proposal can't be made or decided; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


class ImpossibleError(ValueError):
    """The form that is asked for is impossible, at `problem.key`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.key)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay on the simulator came to.

    `before` is under the profile that is adopted, `after` under the one proposed; both
    on a platform that wants what the proposal says.
    """

    before: Rehearsal
    after: Rehearsal


def current(target: str) -> Profile:
    """Return a target's profile as it is sent by: to begin a proposal with.

    Raises:
        TargetState.DoesNotExist: there is no such target.
    """
    state = TargetState.objects.get(name=target)
    return learning.applied(_adopted(state), learned.read(state.learned))


@transaction.atomic
def propose(*, actor: Actor, target: str, wish: Wish, reason: str, at: datetime) -> int:
    """Put a change of a target's profile forward; return its number.

    An open proposal for the same target is dropped for it.

    Raises:
        ImpossibleError: a limit or a format that can't be.
        NotAllowedError: the actor does not decide for the credit office.
        ProposalRefusedError: it changes nothing.
        ReasonError: the reason is missing, too long, or holds a person's number.
    """
    _require(actor)
    text = reasons.require(reason)
    if len(text) > LONGEST_REASON:
        raise reasons.ReasonError(reasons.Fault.TOO_LONG)
    state = TargetState.objects.select_for_update().get(name=target)
    base, adopted = _base(state), _adopted(state)
    now = learning.applied(adopted, learned.read(state.learned))
    wanted = proposing.wished(base, now, wish)
    for problem in proposing.problems(wanted):
        raise ImpossibleError(problem)
    lines = [
        [each.key, each.before, each.after]
        for each in learning.changes(adopted, wanted, "")
    ]
    if not lines:
        raise ProposalRefusedError(Fault.NO_CHANGE)
    for former in Proposal.objects.filter(target=state, state=Proposal.State.OPEN):
        _decide(former, Proposal.State.DROPPED, actor, at)
    made = Proposal.objects.create(
        target=state,
        based_on=state.version,
        wanted=asdict(proposing.overlay(base, wanted)),
        lines=lines,
        reason=text,
        proposed_at=at,
        proposed_by=actor.account_id,
    )
    _append(PROPOSED, made, actor, at)
    return made.pk


def replay(
    *, actor: Actor, proposal: int, most: int, on: date, at: datetime
) -> Outcome:
    """Try the last batches on the simulator, and note what it came to.

    Raises:
        NotAllowedError: see `propose`.
        Proposal.DoesNotExist, ProposalRefusedError: it is not open.
    """
    _require(actor)
    row = Proposal.objects.select_related("target").get(pk=proposal)
    if row.state != Proposal.State.OPEN:
        raise ProposalRefusedError(Fault.DECIDED)
    wanted = wanted_of(row)
    before, after = (
        rehearsing.rehearse_batches(
            profile,
            rehearsing.platform_of(wanted),
            target=row.target_id,
            batches=most,
            on=on,
        )
        for profile in (_adopted(row.target), wanted)
    )
    done = Outcome(before, after)
    Proposal.objects.filter(pk=proposal, state=Proposal.State.OPEN).update(
        replayed_at=at, replayed={"before": _told(before), "after": _told(after)}
    )
    return done


@transaction.atomic
def ask_for_real(*, actor: Actor, proposal: int, most: int, at: datetime) -> None:
    """Have the worker send the last batches to the platform under the proposal.

    Raises:
        NotAllowedError: see `propose`.
        Proposal.DoesNotExist: there is none.
        ProposalRefusedError: it is not open, or was not tried on the simulator.
    """
    _require(actor)
    row = _lock(proposal)
    if row.state != Proposal.State.OPEN:
        raise ProposalRefusedError(Fault.DECIDED)
    if row.replayed_at is None:
        raise ProposalRefusedError(Fault.NOT_REPLAYED)
    row.asked_at, row.asked_by, row.sent = at, actor.account_id, {}
    row.asked_batches = min(most, batches.MOST)
    row.save(update_fields=["asked_at", "asked_by", "asked_batches", "sent"])
    _append(ASKED, row, actor, at)


@transaction.atomic
def adopt(*, actor: Actor, proposal: int, at: datetime) -> None:
    """Make a proposal the target's profile.

    Raises:
        NotAllowedError: see `propose`.
        Proposal.DoesNotExist: there is none.
        ProposalRefusedError: see `proposing.find_fault`.
    """
    _require(actor)
    row = _lock(proposal)
    state = TargetState.objects.select_for_update().get(name=row.target_id)
    fault = proposing.find_fault(
        proposed_by=row.proposed_by,
        decided_by=actor.account_id,
        is_open=row.state == Proposal.State.OPEN,
        is_replayed=row.replayed_at is not None,
        based_on=row.based_on,
        version=state.version,
    )
    if fault is not None:
        raise ProposalRefusedError(fault)
    _decide(row, Proposal.State.ADOPTED, actor, at)
    on_trial = ProfileChange.objects.filter(target=state, undone_at=None)
    on_trial.filter(adopted_at=None).update(adopted_at=at)
    state.adopted, state.learned = row.wanted, {}
    state.version += 1
    state.save(update_fields=["adopted", "learned", "version"])
    _append(ADOPTED, row, actor, at)


@transaction.atomic
def drop(*, actor: Actor, proposal: int, at: datetime) -> None:
    """Leave a proposal; one's own may be left, too.

    Raises:
        NotAllowedError: see `propose`.
        Proposal.DoesNotExist: there is none.
        ProposalRefusedError: it is not open.
    """
    _require(actor)
    row = _lock(proposal)
    if row.state != Proposal.State.OPEN:
        raise ProposalRefusedError(Fault.DECIDED)
    _decide(row, Proposal.State.DROPPED, actor, at)
    _append(DROPPED, row, actor, at)


def find_asked(target: str) -> tuple[int, Profile, int] | None:
    """Return what is to be replayed for real: number, profile, batches; null for none.

    Taken from the list by that: a replay that breaks off is asked for again.
    """
    waiting = Proposal.objects.filter(
        target=target, state=Proposal.State.OPEN, asked_at__isnull=False, sent={}
    )
    row = waiting.select_related("target").first()
    if row is None:
        return None
    return row.pk, wanted_of(row), row.asked_batches or 1


def note_sent(proposal: int, counts: Mapping[str, object]) -> None:
    """Note what a replay for real came to."""
    Proposal.objects.filter(pk=proposal).update(sent=dict(counts))


def wanted_of(row: Proposal) -> Profile:
    """Return the profile that a proposal asks for."""
    return learning.applied(_base(row.target), learned.read(row.wanted))


def _told(done: Rehearsal) -> dict[str, int]:
    """Return a rehearsal's counts; what the rows say is not kept."""
    return {
        "batches": len(done.batches),
        "rows": done.rows,
        "accepted": done.accepted,
        "refused": len(done.refusals),
        "open": done.open,
        "packages": done.packages,
        "changes": len(done.changes),
    }


def _base(state: TargetState) -> Profile:
    return exchange_profiles.profiles()[state.profile]


def _adopted(state: TargetState) -> Profile:
    return learned.adopted_of(_base(state), state)


def _require(actor: Actor) -> None:
    if not actor.may_decide:
        raise NotAllowedError("change the profile of a target")


def _lock(proposal: int) -> Proposal:
    return Proposal.objects.select_for_update().get(pk=proposal)


def _decide(row: Proposal, state: str, actor: Actor, at: datetime) -> None:
    row.state, row.decided_at, row.decided_by = state, at, actor.account_id
    row.save(update_fields=["state", "decided_at", "decided_by"])


def _append(kind: str, row: Proposal, actor: Actor, at: datetime) -> None:
    body = {
        "proposal": row.pk,
        "based_on": row.based_on,
        "lines": row.lines,
        "reason": row.reason,
    }
    subject = f"target:{row.target_id}"
    ledger.append(kind=kind, subject=subject, actor=actor.account_id, body=body, at=at)
