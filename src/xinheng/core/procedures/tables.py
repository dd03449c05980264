"""A procedure as one table of states and steps.

    state   waits for a party, or for nobody once it has ended; a clock runs in it
    step    an act that leads from some states to one, open to one party

What waits for the register itself is passed in the transaction that reached it
(`follow`). The same table makes the machine, the forms, the page of documentation and
the proof that nothing ends in silence (`core.procedures.soundness`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Party(StrEnum):
    """Who acts."""

    APPLICANT = "applicant"  # the organization, through its agent
    UNIT = "unit"  # the source unit whose entry is concerned
    OFFICE = "office"  # the credit office
    REGISTER = (
        "register"  # the system, in the same transaction or when a clock runs out
    )


AUTHORITIES = frozenset({Party.UNIT, Party.OFFICE})


class Need(StrEnum):
    """What a step asks of whoever takes it."""

    REASON = "reason"
    ANOTHER_PERSON = "another_person"  # than everyone of unit and office before
    ANOTHER_PERSON_IF_ADVERSE = "another_person_if_adverse"


class Effect(StrEnum):
    """What a step does outside of its own case."""

    APPLY = "apply"  # what the kind of objection asks for
    END_PUBLICATION = "end_publication"
    RECALL_MEASURES = "recall_measures"
    TELL = "tell"  # the outbox: subscribers, the upward exchange, downstream copies


@dataclass(frozen=True, slots=True)
class State:
    """Where a case can stand.

    `waits_for` is null once the case has ended. `clock` names the term that runs in
    this state, empty for none. While it is `marked`, what is contested is shown as
    disputed everywhere.
    """

    name: str
    title: str
    title_en: str
    waits_for: Party | None = None
    clock: str = ""
    marked: bool = False

    @property
    def has_ended(self) -> bool:
        """Whether nobody has to do anything any more."""
        return self.waits_for is None


@dataclass(frozen=True, slots=True)
class Step:
    """An act from some states to one.

    `outcomes` are what has to be chosen from; of a step of the register they are those
    that it is for, and empty means all. `once` says that a case takes it one time only.
    """

    act: str
    title: str
    title_en: str
    party: Party
    sources: tuple[str, ...]
    target: str
    outcomes: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    effects: tuple[Effect, ...] = ()
    once: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result; an `adverse` one leaves the applicant with less than was asked for."""

    name: str
    title: str
    title_en: str
    adverse: bool


@dataclass(frozen=True, slots=True)
class Procedure:
    """The table; a case begins in the first of its `states`."""

    name: str
    title: str
    title_en: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def initial(self) -> State:
        """The state in which a case begins."""
        return self.states[0]

    def state(self, name: str) -> State:
        """Return the state of that name.

        Raises:
            KeyError: where there is none.
        """
        return {state.name: state for state in self.states}[name]

    def outcome(self, name: str) -> Outcome:
        """Return the outcome of that name.

        Raises:
            KeyError: where there is none.
        """
        return {outcome.name: outcome for outcome in self.outcomes}[name]

    def find_step(self, act: str, state: str) -> Step | None:
        """Return the step that this act is in this state, null where it is none."""
        fitting = (s for s in self.steps if s.act == act and state in s.sources)
        return next(fitting, None)

    def steps_from(self, state: str, party: Party) -> tuple[Step, ...]:
        """Return what a party may do in a state, in the order of the table."""
        return tuple(s for s in self.steps if s.party is party and state in s.sources)

    def settles(self, step: Step) -> bool:
        """Tell whether a result of the step holds; one yet to be confirmed doesn't."""
        waits_for = self.state(step.target).waits_for
        return bool(step.outcomes) and waits_for not in AUTHORITIES

    def open_states(self) -> tuple[str, ...]:
        """Return the names of the states in which a case has not ended."""
        return tuple(state.name for state in self.states if not state.has_ended)


def follow(procedure: Procedure, state: str, outcome: str) -> tuple[Step, ...]:
    """Return the steps that the register takes at once in a state, in their order.

    There is none where the state waits for a person. `outcome` is empty before one.
    """
    taken: list[Step] = []
    while procedure.state(state).waits_for is Party.REGISTER:
        step = _own_step(procedure, state, outcome)
        if step is None or step in taken:
            break
        taken.append(step)
        state = step.target
    return tuple(taken)


def _own_step(procedure: Procedure, state: str, outcome: str) -> Step | None:
    own = procedure.steps_from(state, Party.REGISTER)
    fitting = (s for s in own if not s.outcomes or outcome in s.outcomes)
    return next(fitting, None)
