"""Every path of a task, walked: where it ends, and that a recall can't be passed by."""

from __future__ import annotations

import pytest

from xinheng.core.measures import tasks
from xinheng.core.measures.tasks import AWAITED, ENDED, LIVE, Act, Refused, State


def reachable(start, acts=frozenset(Act)):
    """Return every state that these acts lead to from `start`, itself included."""
    seen, waiting = {start}, [start]
    while waiting:
        state = waiting.pop()
        following = {
            target for act, target in tasks.TRANSITIONS[state].items() if act in acts
        }
        waiting += following - seen
        seen |= following
    return seen


class TestAfter:
    def test_every_state_is_reached_from_the_first(self):
        assert reachable(State.OPEN) == set(State)

    @pytest.mark.parametrize("state", State)
    def test_every_state_leads_to_the_end(self, state):
        assert State.RECALLED in reachable(state)

    def test_nothing_leads_out_of_the_end(self):
        assert reachable(State.RECALLED) == {State.RECALLED}

    @pytest.mark.parametrize("state", sorted(LIVE))
    def test_whatever_stands_can_be_recalled(self, state):
        recalled = tasks.after(state, Act.RECALL)

        assert recalled in {State.RECALL_OPEN, State.RECALLED}
        assert (recalled is State.RECALLED) == (state is State.NOT_APPLICABLE)

    def test_only_the_unit_closes_a_recall(self):
        assert reachable(State.RECALL_OPEN, set(Act) - {Act.ACKNOWLEDGE_RECALL}) == {
            State.RECALL_OPEN
        }

    def test_a_decline_is_no_end(self):
        assert State.DECLINED not in ENDED
        assert tasks.after(State.DECLINED, Act.UPHOLD) is State.NOT_APPLICABLE
        assert tasks.after(State.DECLINED, Act.SEND_BACK) is State.OPEN

    def test_a_unit_that_answered_is_awaited_no_more(self):
        answers = {Act.EXECUTE, Act.FIND_NOT_APPLICABLE, Act.DECLINE}

        for state in AWAITED:
            assert not {tasks.after(state, act) for act in answers} & AWAITED

    @pytest.mark.parametrize("act", Act)
    @pytest.mark.parametrize("state", State)
    def test_refuses_every_act_that_the_table_does_not_name(self, state, act):
        outcome = tasks.after(state, act)

        assert tasks.may(state, act) == (outcome != Refused(act, state))
