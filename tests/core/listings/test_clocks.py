"""When a notice counts as served, until when it may be answered, when a term ends."""

from __future__ import annotations

from datetime import date

import pytest

from xinheng.core.catalog.datasets import Verification
from xinheng.core.listings.clocks import ServiceRule, Way, end_of_term, window
from xinheng.rulebook import calendars

CALENDAR = calendars.load()


def rule(days):
    return ServiceRule(
        *(Way.PUBLIC_NOTICE, "", "", "", ""), days, Verification.UNVERIFIED, ""
    )


def opened(acted_on, *, deemed_after=0, days=5, hearing_days=3):
    return window(
        acted_on,
        rule(deemed_after),
        days=days,
        hearing_days=hearing_days,
        calendar=CALENDAR,
    )


class TestWindow:
    def test_counts_working_days_from_the_day_after_service(self):
        found = opened(date(2019, 6, 5))  # 7 June is a holiday (端午)

        assert found.served_on == date(2019, 6, 5)
        assert found.hearing_until == date(2019, 6, 11)
        assert found.closes_on == date(2019, 6, 13)

    def test_begins_only_when_a_public_notice_counts_as_served(self):
        found = opened(date(2019, 4, 1), deemed_after=60)

        assert found.served_on == date(2019, 5, 31)
        assert found.closes_on == date(2019, 6, 10)

    def test_is_provisional_where_no_holiday_notice_is_out(self):
        assert not opened(date(2019, 6, 5)).is_provisional
        assert opened(date(2031, 6, 5)).is_provisional


class TestEndOfTerm:
    @pytest.mark.parametrize(
        ("start", "months", "end"),
        [
            (date(2019, 6, 21), 24, date(2021, 6, 21)),
            (date(2019, 11, 30), 3, date(2020, 2, 29)),
            (date(2018, 11, 30), 3, date(2019, 2, 28)),
            (date(2019, 12, 31), 12, date(2020, 12, 31)),
            (date(2020, 2, 29), 12, date(2021, 2, 28)),
        ],
    )
    def test_is_the_same_day_or_the_last_of_a_shorter_month(self, start, months, end):
        assert end_of_term(start, months) == end
