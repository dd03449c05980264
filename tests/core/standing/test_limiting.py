"""A bucket lets a burst pass, then as much as flows in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.standing.limiting import Bucket


class TestTake:
    def test_lets_a_burst_pass_and_then_the_rate(self):
        bucket = Bucket(rate=10, burst=2, left=2, filled_at=0)

        assert [bucket.take(1, now=0) for _ in range(3)] == [True, True, False]
        assert bucket.take(1, now=0.1)
        assert not bucket.take(1, now=0.15)

    def test_lets_what_is_larger_than_the_burst_pass_when_it_is_full(self):
        bucket = Bucket(rate=1, burst=2, left=2, filled_at=0)

        assert bucket.take(100, now=0)
        assert not bucket.take(100, now=1)
        assert bucket.take(100, now=2)

    @given(st.lists(st.floats(0, 10), max_size=50).map(sorted))
    def test_never_lets_more_pass_than_burst_and_flow(self, moments):
        bucket = Bucket(rate=3, burst=5, left=5, filled_at=0)

        passed = sum(bucket.take(1, now=moment) for moment in moments)

        assert passed <= 5 + 3 * max(moments, default=0) + 1e-6
