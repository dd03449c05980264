"""A task of an executing unit, from the decision to its end.

| state | means | leads to |
|---|---|---|
| OPEN | sent | ACKNOWLEDGED, EXECUTED, NOT_APPLICABLE, DECLINED, RECALL_OPEN |
| ACKNOWLEDGED | the unit knows | EXECUTED, NOT_APPLICABLE, DECLINED, RECALL_OPEN |
| DECLINED | it says why not; the office looks | NOT_APPLICABLE, OPEN, RECALL_OPEN |
| EXECUTED | done | RECALL_OPEN |
| NOT_APPLICABLE | nothing to do | RECALLED |
| RECALL_OPEN | must be undone, and the unit has not said so yet | RECALLED |
| RECALLED | over | - |

A decline is no end: the credit office upholds it, or sends the task back. Whatever was
in place is recalled when its cause ends, and the recall stays open until the unit has
acknowledged it; where nothing was applicable, nothing has to be undone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a task stands."""

    OPEN = "OPEN"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    DECLINED = "DECLINED"
    EXECUTED = "EXECUTED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    RECALL_OPEN = "RECALL_OPEN"
    RECALLED = "RECALLED"


class Act(StrEnum):
    """What may happen to a task."""

    ACKNOWLEDGE = "acknowledge"  # the unit has seen it
    EXECUTE = "execute"  # the unit did it
    FIND_NOT_APPLICABLE = "find_not_applicable"  # there was nothing to do it to
    DECLINE = "decline"  # the unit will not, and says why
    UPHOLD = "uphold"  # the office agrees with the decline
    SEND_BACK = "send_back"  # the office does not
    RECALL = "recall"  # the cause has ended
    ACKNOWLEDGE_RECALL = "acknowledge_recall"  # the unit has undone it


_REPORTS = {
    Act.EXECUTE: State.EXECUTED,
    Act.FIND_NOT_APPLICABLE: State.NOT_APPLICABLE,
    Act.DECLINE: State.DECLINED,
    Act.RECALL: State.RECALL_OPEN,
}
TRANSITIONS: Mapping[State, Mapping[Act, State]] = MappingProxyType(
    {
        State.OPEN: {Act.ACKNOWLEDGE: State.ACKNOWLEDGED, **_REPORTS},
        State.ACKNOWLEDGED: _REPORTS,
        State.DECLINED: {
            Act.UPHOLD: State.NOT_APPLICABLE,
            Act.SEND_BACK: State.OPEN,
            Act.RECALL: State.RECALL_OPEN,
        },
        State.EXECUTED: {Act.RECALL: State.RECALL_OPEN},
        State.NOT_APPLICABLE: {Act.RECALL: State.RECALLED},
        State.RECALL_OPEN: {Act.ACKNOWLEDGE_RECALL: State.RECALLED},
        State.RECALLED: {},
    }
)
# What a unit still has to answer.
AWAITED = frozenset({State.OPEN, State.ACKNOWLEDGED})
ENDED = frozenset({State.EXECUTED, State.NOT_APPLICABLE, State.RECALLED})
# What stands as long as its cause does.
LIVE = frozenset(State) - {State.RECALL_OPEN, State.RECALLED}


@dataclass(frozen=True, slots=True)
class Refused:
    """The act does not fit the state in which the task is."""

    act: Act
    state: State


def after(state: State, act: Act) -> State | Refused:
    """Return the state that an act leads to, or that it is refused."""
    return TRANSITIONS[state].get(act) or Refused(act, state)


def may(state: State, act: Act) -> bool:
    """Tell whether an act fits a state."""
    return act in TRANSITIONS[state]


@dataclass(frozen=True, slots=True)
class Clocks:
    """How long a unit has, in working days after the day on which it begins to count.

    `escalate_after` counts from a last day that has passed.
    """

    acknowledge_within: int
    report_within: int
    undo_within: int
    escalate_after: int
