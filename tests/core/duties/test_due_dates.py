"""Last days, with the known vectors of holidays."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.calendars.working_days import DueDate, WorkCalendar
from xinheng.core.catalog.datasets import Frequency
from xinheng.core.duties import due_dates
from xinheng.core.duties.due_dates import Terms

SEVEN_DAYS = Terms(Frequency.WORKING_DAYS, within=7)
BY_THE_TENTH = Terms(Frequency.MONTHLY, due_day=10)


def days(*texts):
    return frozenset(date.fromisoformat(text) for text in texts)


def run(first, last):
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return frozenset(
        date.fromordinal(n) for n in range(start.toordinal(), end.toordinal() + 1)
    )


# The notices for 2019 and 2026, as far as the vectors need them.
NOTICES = WorkCalendar(
    off_days=run("2019-05-01", "2019-05-04")
    | run("2019-10-01", "2019-10-07")
    | run("2026-02-15", "2026-02-23")
    | run("2026-10-01", "2026-10-07"),
    makeup_days=days(
        "2019-04-28", "2019-05-05", "2019-09-29", "2019-10-12", "2026-02-14",
        "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
    ),
    years=frozenset({2019, 2026}),
)  # fmt: skip


class TestTerms:
    @pytest.mark.parametrize(
        "terms",
        [
            (Frequency.WORKING_DAYS, None, 10),
            (Frequency.WORKING_DAYS, -1, None),
            (Frequency.MONTHLY, 7, None),
            (Frequency.YEARLY, None, 29),
            (Frequency.QUARTERLY, None, 0),
        ],
    )
    def test_refuse_what_could_never_fall_due(self, terms):
        with pytest.raises(ValueError, match="day"):
            Terms(*terms)


class TestDueOfRecord:
    @pytest.mark.parametrize(
        ("decided_on", "due_on"),
        [
            ("2019-04-26", "2019-05-08"),
            ("2019-09-27", "2019-10-12"),
            ("2026-02-10", "2026-02-26"),
            ("2026-09-28", "2026-10-13"),
        ],
    )
    def test_counts_through_holidays_and_make_up_days(self, decided_on, due_on):
        day = date.fromisoformat(decided_on)

        due = due_dates.due_of_record(day, decided_on[:7], SEVEN_DAYS, NOTICES)

        assert due == DueDate(date.fromisoformat(due_on), provisional=False)

    def test_is_provisional_where_the_notice_is_not_known_yet(self):
        due = due_dates.due_of_record(
            date(2026, 12, 28), "2026-12", SEVEN_DAYS, NOTICES
        )

        assert due == DueDate(date(2027, 1, 6), provisional=True)

    def test_of_an_undated_record_is_that_of_the_span(self):
        undated = due_dates.due_of_record(None, "2019-05", SEVEN_DAYS, NOTICES)

        assert undated == due_dates.due_of_span("2019-05", SEVEN_DAYS, NOTICES)

    def test_of_a_monthly_record_does_not_ask_when_it_was_decided(self):
        due = due_dates.due_of_record(
            date(2019, 5, 2), "2019-05", BY_THE_TENTH, NOTICES
        )

        assert due.on == date(2019, 6, 10)


class TestDueOfSpan:
    def test_of_working_days_waits_for_a_decision_of_the_last_day(self):
        due = due_dates.due_of_span("2019-04", SEVEN_DAYS, NOTICES)

        assert (
            due.on
            == due_dates.due_of_record(
                date(2019, 4, 30), "2019-04", SEVEN_DAYS, NOTICES
            ).on
        )

    @pytest.mark.parametrize(
        ("frequency", "period", "due_on"),
        [
            (Frequency.MONTHLY, "2019-12", date(2020, 1, 10)),
            (Frequency.QUARTERLY, "2019-04", date(2019, 7, 10)),
            (Frequency.QUARTERLY, "2019-06", date(2019, 7, 10)),
            (Frequency.YEARLY, "2019-02", date(2020, 1, 10)),
        ],
    )
    def test_is_a_day_of_the_month_after(self, frequency, period, due_on):
        terms = Terms(frequency, due_day=10)

        assert due_dates.due_of_span(period, terms, NOTICES).on == due_on


class TestSpan:
    @given(
        st.dates(date(2001, 1, 1), date(2098, 12, 31)), st.sampled_from(list(Frequency))
    )
    def test_holds_its_months_and_is_the_same_for_each(self, day, frequency):
        period = f"{day:%Y-%m}"

        span = due_dates.span(period, frequency)

        assert period in span
        assert len(span) == due_dates.MONTHS[frequency]
        assert {due_dates.span(month, frequency) for month in span} == {span}

    def test_of_a_quarter_is_that_of_the_calendar(self):
        assert due_dates.span("2019-05", Frequency.QUARTERLY) == (
            "2019-04",
            "2019-05",
            "2019-06",
        )


class TestLastDay:
    @pytest.mark.parametrize(
        ("period", "day"),
        [("2020-02", date(2020, 2, 29)), ("2019-12", date(2019, 12, 31))],
    )
    def test_knows_leap_years_and_the_turn(self, period, day):
        assert due_dates.last_day(period) == day
