"""Platforms with rules that the sender has not seen; the seeds are an argument."""

from __future__ import annotations

import pytest

from tests.proofs import exchange, share

ROWS = 200
FIRST_SEED = 1


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + share(50)))
def test_a_platform_with_hidden_rules_gets_everything_once(seed):
    done = exchange.run(seed, ROWS)

    assert exchange.faults(done, ROWS) == []
