"""Calendar months, clamped to the end of the month."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.disclosures.months import add_months

NEAR = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))


class TestAddMonths:
    @pytest.mark.parametrize(
        ("day", "months", "later"),
        [
            (date(2025, 11, 30), 3, date(2026, 2, 28)),
            (date(2027, 11, 30), 3, date(2028, 2, 29)),
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
            (date(2026, 4, 1), 36, date(2029, 4, 1)),
            (date(2026, 1, 31), -2, date(2025, 11, 30)),
        ],
    )
    def test_ends_on_the_day_of_the_same_number_or_the_last(self, day, months, later):
        assert add_months(day, months) == later

    @given(NEAR, st.integers(0, 60))
    def test_lands_in_the_month_so_many_months_later(self, day, months):
        later = add_months(day, months)

        elapsed = (later.year - day.year) * 12 + later.month - day.month
        assert (elapsed, later.day <= day.day) == (months, True)

    @given(NEAR, NEAR, st.integers(0, 60))
    def test_keeps_the_order_of_days(self, first, second, months):
        earlier, later = sorted((first, second))

        assert add_months(earlier, months) <= add_months(later, months)

    def test_refuses_what_no_calendar_has(self):
        with pytest.raises(ValueError, match="no date"):
            add_months(date.max, 1)
