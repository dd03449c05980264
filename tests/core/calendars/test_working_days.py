"""Working days, counted from the day after."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.calendars.working_days import (
    DueDate,
    WorkCalendar,
    add_working_days,
    earliest_due_on,
    working_days_between,
)

# Spring Festival 2026 as the notice has it: off from the 15th to the 23rd.
SPRING_2026 = WorkCalendar(
    off_days=frozenset(date(2026, 2, day) for day in range(15, 24)),
    makeup_days=frozenset({date(2026, 2, 14), date(2026, 2, 28)}),
    years=frozenset({2026}),
)
days = st.dates(date(2025, 6, 1), date(2027, 6, 30))


class TestIsWorkingDay:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            (date(2026, 2, 13), True),  # Friday
            (date(2026, 2, 14), True),  # Saturday to work on
            (date(2026, 2, 16), False),  # Monday, holiday
            (date(2026, 3, 7), False),  # Saturday
        ],
    )
    def test_follows_the_notice_and_the_week(self, day, expected):
        assert SPRING_2026.is_working_day(day) is expected


class TestAddWorkingDays:
    def test_does_not_count_the_first_day(self):
        due = add_working_days(date(2026, 3, 2), 1, SPRING_2026)

        assert due == DueDate(date(2026, 3, 3), provisional=False)

    def test_works_through_holidays_and_make_up_days(self):
        due = add_working_days(date(2026, 2, 10), 7, SPRING_2026)

        assert due == DueDate(date(2026, 2, 26), provisional=False)

    def test_no_days_end_where_they_begin(self):
        due = add_working_days(date(2027, 1, 2), 0, SPRING_2026)

        assert due == DueDate(date(2027, 1, 2), provisional=False)

    @pytest.mark.parametrize(
        ("start", "due_on", "provisional"),
        [
            (date(2026, 12, 16), date(2026, 12, 25), False),
            (date(2026, 12, 18), date(2026, 12, 29), True),  # the bridge to 1 January
            (date(2026, 12, 28), date(2027, 1, 6), True),
            (date(2027, 5, 3), date(2027, 5, 12), True),
            (date(2025, 12, 30), date(2026, 1, 8), True),
        ],
    )
    def test_is_provisional_where_a_day_rests_on_an_unknown_notice(
        self, start, due_on, provisional
    ):
        assert add_working_days(start, 7, SPRING_2026) == DueDate(due_on, provisional)

    def test_refuses_a_negative_period(self):
        with pytest.raises(ValueError, match="period"):
            add_working_days(date(2026, 3, 2), -1, SPRING_2026)

    @given(days, st.integers(1, 60))
    def test_ends_on_a_working_day_and_is_the_inverse_of_counting(self, start, length):
        due = add_working_days(start, length, SPRING_2026)

        assert SPRING_2026.is_working_day(due.on)
        assert working_days_between(start, due.on, SPRING_2026) == length

    @given(days, st.integers(0, 30), st.integers(0, 30))
    def test_adds_up(self, start, first, second):
        halfway = add_working_days(start, first, SPRING_2026)

        at_once = add_working_days(start, first + second, SPRING_2026)

        assert add_working_days(halfway.on, second, SPRING_2026).on == at_once.on


class TestWorkingDaysBetween:
    def test_counts_the_last_day_and_not_the_first(self):
        assert (
            working_days_between(date(2026, 3, 2), date(2026, 3, 4), SPRING_2026) == 2
        )

    @pytest.mark.parametrize("end", [date(2026, 3, 2), date(2026, 2, 2)])
    def test_is_zero_where_the_end_is_not_after_the_start(self, end):
        assert working_days_between(date(2026, 3, 2), end, SPRING_2026) == 0

    @given(days, st.integers(0, 40), st.integers(0, 40))
    def test_adds_up_over_adjacent_periods(self, start, first, second):
        halfway = start + timedelta(days=first)
        end = halfway + timedelta(days=second)

        parts = working_days_between(start, halfway, SPRING_2026)
        parts += working_days_between(halfway, end, SPRING_2026)

        assert working_days_between(start, end, SPRING_2026) == parts


class TestEarliestDueOn:
    def test_is_the_due_day_where_every_notice_is_known(self):
        assert earliest_due_on(date(2026, 2, 10), 7, SPRING_2026) == date(2026, 2, 26)

    def test_takes_unsettled_days_for_working_days(self):
        # From the 28th of December on the next notice may say otherwise: 24, 25, and
        # then day by day from the 28th, a Monday, over New Year and the weekend.
        assert earliest_due_on(date(2026, 12, 23), 7, SPRING_2026) == date(2027, 1, 1)

    def test_refuses_a_period_shorter_than_no_day(self):
        with pytest.raises(ValueError, match="shorter"):
            earliest_due_on(date(2026, 2, 10), -1, SPRING_2026)

    @given(days, st.integers(0, 30))
    def test_is_never_later_than_the_due_day(self, start, count):
        due = add_working_days(start, count, SPRING_2026)
        earliest_on = earliest_due_on(start, count, SPRING_2026)

        assert earliest_on <= due.on
        if not due.provisional:
            assert earliest_on == due.on
