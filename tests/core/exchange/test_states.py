"""Obligations: which steps there are, and that the counts balance."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.exchange import states
from xinheng.core.exchange.states import ImpossibleStepError, State


class TestStep:
    def test_overtakes_nothing_that_was_sent(self):
        with pytest.raises(ImpossibleStepError):
            states.step(State.SENT, State.WITHDRAWN)

    @given(st.lists(st.lists(st.sampled_from(list(State)), max_size=12), max_size=20))
    def test_keeps_the_balance_whatever_happens(self, walks):
        standing = [State.DUE for _ in walks]
        for number, walk in enumerate(walks):
            for wanted in walk:
                try:
                    standing[number] = states.step(standing[number], wanted)
                except ImpossibleStepError:
                    continue
                counted = states.balance(Counter(standing))
                assert counted.due == counted.accepted + counted.refused + counted.open
                assert counted.due + counted.withdrawn == len(walks)
