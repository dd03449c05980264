"""The states of what is owed to a target about one version of one record.

    DUE -> PACKED -> SENT -> ACCEPTED | REFUSED
     |        |        |
     |        +--------+--> DUE         it did not arrive, or has to be told anew
     +--> WITHDRAWN                     overtaken before it left: owed no more

What was sent is never overtaken: its answer is waited for, and what follows about the
same record waits behind it. At every moment due = accepted + refused + open, where
`due` counts all that is owed and `open` is DUE, PACKED and SENT.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where an obligation stands."""

    DUE = "DUE"
    PACKED = "PACKED"
    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


OPEN = frozenset({State.DUE, State.PACKED, State.SENT})
NEXT: Mapping[State, frozenset[State]] = {
    State.DUE: frozenset({State.PACKED, State.WITHDRAWN, State.REFUSED}),
    State.PACKED: frozenset({State.SENT, State.DUE, State.WITHDRAWN}),
    State.SENT: frozenset({State.ACCEPTED, State.REFUSED, State.DUE}),
    # A target may find out later that it did not take what it said it took, and why.
    State.ACCEPTED: frozenset({State.DUE, State.REFUSED}),
    State.REFUSED: frozenset({State.DUE, State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
}


class ImpossibleStepError(ValueError):
    """There is no such step."""

    def __init__(self, before: State, after: State) -> None:
        super().__init__(f"{before} -> {after}")
        self.before, self.after = before, after


def step(before: State, after: State) -> State:
    """Return the state after a step.

    Raises:
        ImpossibleStepError: where the table has no such step.
    """
    if after not in NEXT[before]:
        raise ImpossibleStepError(before, after)
    return after


@dataclass(frozen=True, slots=True)
class Balance:
    """The counts of a target; `withdrawn` stands beside what is due."""

    accepted: int
    refused: int
    open: int
    withdrawn: int

    @property
    def due(self) -> int:
        """All that is owed, settled or not."""
        return self.accepted + self.refused + self.open


def balance(counted: Mapping[str, int]) -> Balance:
    """Return the balance of counts by state."""
    return Balance(
        accepted=counted.get(State.ACCEPTED, 0),
        refused=counted.get(State.REFUSED, 0),
        open=sum(counted.get(state, 0) for state in OPEN),
        withdrawn=counted.get(State.WITHDRAWN, 0),
    )
