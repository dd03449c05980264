"""Whether a procedure leaves nobody waiting: every path of its table, walked.

no silent end       every open state leads to an end, and its clock is known
every mark lifted   nothing is marked as disputed once a case has ended
no silent expiry    a term of an authority that runs out ends nothing
no missing effect   what a result promises is done by a step on every path to an end
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from xinheng.core.procedures.tables import (
    AUTHORITIES,
    Effect,
    Need,
    Party,
    Procedure,
    State,
    Step,
    follow,
)


def find_faults(
    procedure: Procedure,
    *,
    clocks: Collection[str],
    promised: Mapping[str, Collection[Effect]],
) -> tuple[str, ...]:
    """Return what is wrong with the table, one sentence each; nothing if it is sound.

    `clocks` are the terms that are known, `promised` the effects by outcome.
    """
    return (
        *_faults_of_names(procedure),
        *_faults_of_states(procedure, clocks),
        *_faults_of_steps(procedure),
        *_faults_of_paths(procedure, promised),
    )


def _faults_of_names(procedure: Procedure) -> Iterator[str]:
    states = [state.name for state in procedure.states]
    acts = [(step.act, source) for step in procedure.steps for source in step.sources]
    for kind, names in (("state", states), ("step", acts)):
        yield from (f"{kind} {each} stands twice" for each in _twice(names))
    for step in procedure.steps:
        for name in {*step.sources, step.target} - set(states):
            yield f"step {step.act} names no state: {name}"
        known = {outcome.name for outcome in procedure.outcomes}
        for name in set(step.outcomes) - known:
            yield f"step {step.act} names no outcome: {name}"


def _twice(names: Collection[object]) -> list[object]:
    return [each for each, count in Counter(names).items() if count > 1]


def _faults_of_states(procedure: Procedure, clocks: Collection[str]) -> Iterator[str]:
    reached = _reachable(procedure, procedure.initial.name)
    for state in procedure.states:
        if state.name not in reached:
            yield f"state {state.name} is never reached"
        if state.has_ended and state.marked:
            yield f"state {state.name} has ended and is still marked"
        if state.has_ended:
            continue
        if not any(procedure.state(s).has_ended for s in _ends(procedure, state)):
            yield f"state {state.name} never ends"
        yield from _faults_of_waiting(procedure, state, clocks)


def _ends(procedure: Procedure, state: State) -> set[str]:
    known = {each.name for each in procedure.states}
    return _reachable(procedure, state.name) & known


def _faults_of_waiting(
    procedure: Procedure, state: State, clocks: Collection[str]
) -> Iterator[str]:
    party = state.waits_for
    if party is None or not procedure.steps_from(state.name, party):
        yield f"state {state.name} waits for {party}, who can do nothing"
    if party is Party.REGISTER:
        return
    if state is procedure.initial:
        return
    if state.clock not in clocks:
        yield f"state {state.name} has no clock that is known"
    lapses = bool(procedure.steps_from(state.name, Party.REGISTER))
    if lapses and party in AUTHORITIES:
        yield f"state {state.name} would end because an authority was late"
    if not lapses and party is Party.APPLICANT:
        yield f"state {state.name} would wait for the applicant for ever"


def _faults_of_steps(procedure: Procedure) -> Iterator[str]:
    adverse = {outcome.name for outcome in procedure.outcomes if outcome.adverse}
    others = {Need.ANOTHER_PERSON, Need.ANOTHER_PERSON_IF_ADVERSE}
    for step in _decisions(procedure):
        if not adverse & set(step.outcomes):
            continue
        if Need.REASON not in step.needs:
            yield f"step {step.act} may be adverse without a reason"
        if not others & set(step.needs):
            yield f"step {step.act} may be adverse by one person alone"


def _faults_of_paths(
    procedure: Procedure, promised: Mapping[str, Collection[Effect]]
) -> Iterator[str]:
    """Walk on from each decision: the register's steps must do what was promised."""
    for step in _decisions(procedure):
        for outcome in step.outcomes:
            done = _effects((step, *follow(procedure, step.target, outcome)))
            missing = set(promised.get(outcome, ())) - done
            for effect in sorted(missing):
                yield f"step {step.act} as {outcome} never does: {effect}"


def _decisions(procedure: Procedure) -> list[Step]:
    """Return the steps that settle a result; one that an authority confirms is none."""
    known = {state.name for state in procedure.states}
    return [
        step
        for step in procedure.steps
        if step.party in AUTHORITIES
        and step.target in known
        and procedure.settles(step)
    ]


def _effects(steps: Collection[Step]) -> set[Effect]:
    return {effect for step in steps for effect in step.effects}


def _reachable(procedure: Procedure, start: str) -> set[str]:
    found, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [s.target for s in procedure.steps if name in s.sources]
    return found
