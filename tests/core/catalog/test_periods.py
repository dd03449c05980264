"""Months as they are written and counted."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.catalog import periods

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


class TestParse:
    @given(days)
    def test_reads_what_of_writes(self, day):
        assert periods.parse(periods.of(day)) == periods.of(day)

    @pytest.mark.parametrize(
        "text",
        ["", "2019", "2019-13", "2019-5", "1999-12", "２０１９-05", "2019-05-01"],
    )
    def test_refuses_anything_else(self, text):
        with pytest.raises(periods.InvalidPeriodError):
            periods.parse(text)


class TestBefore:
    @given(st.dates(date(2000, 2, 1), date(2099, 12, 31)))
    def test_is_the_month_that_ends_the_day_before(self, day):
        before = periods.before(periods.of(day))

        first = periods.first_day(periods.of(day))
        assert periods.of(date.fromordinal(first.toordinal() - 1)) == before
