"""Waits between attempts."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from xinheng.apps.outbox import retries


class TestWait:
    def test_is_four_times_as_long_each_time(self):
        waits = [retries.wait(number) for number in range(1, retries.MOST_ATTEMPTS)]

        assert waits[0] == timedelta(seconds=30)
        assert all(later == 4 * sooner for sooner, later in pairwise(waits))

    def test_adds_up_to_about_two_days(self):
        assert 44 <= sum(retries.RETRY_AFTER_SECONDS) / 3600 <= 48


class TestIsExhausted:
    def test_after_the_last_wait(self):
        assert not retries.is_exhausted(retries.MOST_ATTEMPTS - 1)
        assert retries.is_exhausted(retries.MOST_ATTEMPTS)
