"""The work calendar against the vectors and two other compilations of the notices."""

import csv
from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest

from xinheng.core.calendars.working_days import DueDate, add_working_days
from xinheng.rulebook import calendars

HOLIDAYS = Path(__file__).parents[3] / "shared" / "data" / "cn_holidays_2007_2026.csv"


def every_day(first_year, last_year):
    span = (date(last_year, 12, 31) - date(first_year, 1, 1)).days + 1
    return (date(first_year, 1, 1) + timedelta(days=n) for n in range(span))


class TestLoad:
    @pytest.mark.parametrize(
        ("start", "due_on"),
        [
            (date(2019, 4, 26), date(2019, 5, 8)),
            (date(2019, 9, 27), date(2019, 10, 12)),
            (date(2026, 2, 10), date(2026, 2, 26)),
            (date(2026, 2, 12), date(2026, 2, 28)),
            (date(2026, 9, 28), date(2026, 10, 13)),
        ],
    )
    def test_gives_the_due_dates_of_the_vectors(self, start, due_on):
        due = add_working_days(start, 7, calendars.load())

        assert due == DueDate(due_on, provisional=False)

    def test_has_the_make_up_days_of_2019(self):
        made_up = {day for day in calendars.load().makeup_days if day.year == 2019}

        listed = [(2, 2), (2, 3), (4, 28), (5, 5), (9, 29), (10, 12)]
        assert made_up == {date(2019, month, day) for month, day in listed}

    def test_makes_a_due_date_beyond_the_last_notice_provisional(self):
        calendar = calendars.load()
        beyond = date(max(calendar.years) + 1, 3, 1)

        assert add_working_days(beyond, 7, calendar).provisional

    def test_knows_no_year_between_years_without_a_notice(self):
        years = calendars.load().years

        assert years == set(range(min(years), max(years) + 1))
        assert {2019, 2026} <= years

    def test_agrees_with_another_library_from_2019_to_2026(self):
        other = holidays.country_holidays("CN", years=range(2019, 2027))
        calendar = calendars.load()

        differing = [
            day
            for day in every_day(2019, 2026)
            if calendar.is_working_day(day) != other.is_working_day(day)
        ]

        assert differing == []

    @pytest.mark.shared_data
    def test_agrees_with_the_compiled_notices_from_2007_to_2026(self):
        if not HOLIDAYS.exists():
            pytest.skip("../shared/data is absent")
        with HOLIDAYS.open(encoding="utf-8-sig", newline="") as file:
            is_off = {
                date.fromisoformat(row["date"]): row["is_off_day"] == "1"
                for row in csv.DictReader(file)
            }
        calendar = calendars.load()

        differing = [
            day
            for day in every_day(2007, 2026)
            if calendar.is_working_day(day) == is_off.get(day, day.weekday() > 4)
        ]

        assert differing == []
