"""Terms of keys: what a signature at a ledger size is worth."""

from __future__ import annotations

import pytest

from xinheng.core.merkle import key_history
from xinheng.core.merkle.key_history import Reason, Standing
from xinheng.core.merkle.public_keys import PublicKey

FIRST, SECOND, THIRD = (PublicKey("example.com/log", bytes([n]) * 32) for n in range(3))


def standings(events, size):
    terms = key_history.terms(events, present=THIRD)
    return {term.key: term.standing(size) for term in terms}


ROTATED = [
    key_history.retired(FIRST, to_size=10, reason=Reason.ROTATED),
    key_history.introduced(SECOND, from_size=10),
]


class TestTerms:
    def test_the_only_key_signs_every_size(self):
        (term,) = key_history.terms([], present=FIRST)

        assert (term.key, term.from_size, term.to_size) == (FIRST, 0, None)
        assert term.standing(10**9) is Standing.GOOD

    @pytest.mark.parametrize(
        ("size", "first", "second"),
        [
            (0, Standing.GOOD, Standing.OUT_OF_TERM),
            (9, Standing.GOOD, Standing.OUT_OF_TERM),
            (10, Standing.GOOD, Standing.GOOD),
            (11, Standing.OUT_OF_TERM, Standing.GOOD),
        ],
    )
    def test_both_keys_sign_the_handover(self, size, first, second):
        assert standings(ROTATED, size) == {FIRST: first, SECOND: second}

    @pytest.mark.parametrize(
        ("size", "standing"),
        [
            (9, Standing.OUT_OF_TERM),
            (10, Standing.TAINTED),
            (15, Standing.TAINTED),
            (16, Standing.REVOKED),
            (20, Standing.REVOKED),
            (21, Standing.OUT_OF_TERM),
        ],
    )
    def test_a_revoked_key_counts_up_to_the_size_that_is_named(self, size, standing):
        events = [
            *ROTATED,
            key_history.revoked(SECOND, to_size=20, trusted_to=15),
            key_history.introduced(THIRD, from_size=22),
        ]

        assert standings(events, size)[SECOND] is standing

    def test_a_former_key_can_be_revoked_later(self):
        events = [*ROTATED, key_history.revoked(FIRST, to_size=10, trusted_to=4)]

        assert standings(events, 4)[FIRST] is Standing.TAINTED
        assert standings(events, 5)[FIRST] is Standing.REVOKED
        assert standings(events, 50)[SECOND] is Standing.GOOD
