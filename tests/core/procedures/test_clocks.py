from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.catalog.datasets import Verification
from xinheng.core.procedures import clocks
from xinheng.core.procedures.clocks import Anchor, Clock, Counting, Standing
from xinheng.rulebook import calendars, redress

CALENDAR = calendars.load()


def clock(amount: int | None, counting: Counting, anchor: Anchor = Anchor.STATE):
    return Clock(
        "term", "期限", "term", counting, anchor, Verification.PRACTICE, "test", amount
    )


def due(term: Clock, begun_on: date, applied_on: date | None = None):
    return clocks.due(
        term, begun_on=begun_on, applied_on=applied_on or begun_on, calendar=CALENDAR
    )


class TestDue:
    def test_counts_working_days_over_the_holidays_of_may(self):
        # 1 to 4 May 2019 were off, 28 April and 5 May Sundays on which people worked.
        found = due(clock(7, Counting.WORKING_DAYS), date(2019, 4, 26))

        assert (found.on, found.provisional) == (date(2019, 5, 8), False)

    @pytest.mark.parametrize(
        ("begun_on", "ends_on"),
        [
            (date(2019, 4, 11), date(2019, 5, 5)),  # 1 May, and off until the 4th
            (date(2019, 5, 18), date(2019, 6, 10)),  # 7 June is the festival, a Friday
            (date(2019, 5, 5), date(2019, 5, 27)),  # Saturday the 25th
            (date(2019, 5, 13), date(2019, 6, 3)),  # Sunday the 2nd
        ],
    )
    def test_moves_the_end_of_calendar_days_to_the_next_working_day(
        self, begun_on, ends_on
    ):
        assert due(clock(20, Counting.DAYS), begun_on).on == ends_on

    def test_runs_from_the_application_where_the_rule_says_so(self):
        term = clock(10, Counting.WORKING_DAYS, Anchor.APPLICATION)

        found = due(term, date(2019, 6, 14), applied_on=date(2019, 6, 3))

        assert found.on == date(2019, 6, 18)  # 7 June was a holiday

    def test_is_not_known_where_no_text_gives_a_length(self):
        assert due(clock(None, Counting.DAYS), date(2019, 6, 3)) is None

    @pytest.mark.parametrize("counting", list(Counting))
    def test_is_provisional_where_the_year_was_not_announced(self, counting):
        unknown = date(max(CALENDAR.years) + 2, 1, 3)

        assert due(clock(3, counting), unknown).provisional

    @given(
        st.dates(date(2019, 1, 1), date(2025, 11, 30)),
        st.integers(1, 60),
        st.sampled_from(Counting),
    )
    def test_ends_on_a_working_day(self, begun_on, amount, counting):
        found = due(clock(amount, counting), begun_on)

        assert CALENDAR.is_working_day(found.on)
        assert found.on > begun_on


class TestStanding:
    def test_counts_the_last_day_as_in_time(self):
        last = date(2019, 6, 5)

        assert clocks.standing(last, on=last) is Standing.RUNNING
        assert clocks.standing(last, on=last + timedelta(1)) is Standing.OVERDUE
        assert clocks.standing(None, on=last) is Standing.NONE


class TestRulebook:
    def test_a_repair_is_accepted_in_three_and_decided_in_ten_working_days(self):
        terms = redress.repair().clocks

        assert (terms["accept"].amount, terms["result"].amount) == (3, 10)
        assert {terms["accept"].verification, terms["result"].verification} == {
            Verification.VERIFIED
        }
        assert terms["result"].anchor is Anchor.APPLICATION

    def test_the_second_instance_has_a_clock_of_its_own(self):
        regulated = redress.objection()

        assert regulated.clock_of("appealed").name == "second_instance"
        assert regulated.clock_of("closed") is None

    def test_knows_no_length_of_an_extension(self):
        assert redress.objection().clocks["extension"].amount is None
        assert redress.repair().clocks["extension"].amount is None
