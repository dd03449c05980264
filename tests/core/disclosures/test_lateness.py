"""Permits and penalties: public within seven working days of the decision."""

from datetime import date

import pytest

from xinheng.core.calendars.working_days import WorkCalendar
from xinheng.core.disclosures.lateness import lateness

# May 2019: 1 to 4 May off, Sunday 28 April and Sunday 5 May made working days.
CALENDAR = WorkCalendar(
    off_days=frozenset(date(2019, 5, day) for day in (1, 2, 3, 4)),
    makeup_days=frozenset({date(2019, 4, 28), date(2019, 5, 5)}),
    years=frozenset({2018, 2019, 2020}),
)


class TestLateness:
    @pytest.mark.parametrize(
        ("public_on", "days_late"),
        [
            (date(2019, 4, 26), 0),
            (date(2019, 5, 8), 0),
            (date(2019, 5, 9), 1),
            (date(2019, 5, 12), 2),
            (date(2019, 5, 13), 3),
        ],
    )
    def test_counts_working_days_after_the_seventh(self, public_on, days_late):
        late = lateness(
            decided_on=date(2019, 4, 26),
            public_on=public_on,
            within=7,
            calendar=CALENDAR,
        )

        assert (late.due_on, late.days_late) == (date(2019, 5, 8), days_late)
        assert late.is_late == (days_late > 0)

    def test_is_provisional_in_a_year_without_a_calendar(self):
        late = lateness(
            decided_on=date(2020, 12, 29),
            public_on=date(2021, 1, 20),
            within=7,
            calendar=CALENDAR,
        )

        assert late.is_provisional
