"""Reports told apart by the working days that have passed."""

from __future__ import annotations

from datetime import date

import pytest

from tests.pipeline.conftest import findings
from xinheng.core.calendars.working_days import WorkCalendar

# The notice for 2027 is not out: from 28 December on nothing is settled.
UNTIL_2026 = WorkCalendar(frozenset(), frozenset(), frozenset(range(2010, 2027)))


class TestPunctuality:
    @pytest.mark.parametrize(
        ("on", "rules"),
        [
            (date(2026, 12, 29), []),
            (date(2027, 1, 4), []),
            (date(2027, 1, 5), ["CALENDAR_UNKNOWN"]),
            (date(2027, 1, 6), ["CALENDAR_UNKNOWN"]),
            (date(2027, 1, 7), ["LATE_PROVISIONAL"]),
        ],
    )
    def test_says_that_a_year_without_a_calendar_leaves_it_open(
        self, check, rows, title, on, rules
    ):
        rows[0][title("decided_on")] = "2026-12-28"
        rows[0][title("valid_from")] = "2026-12-28"
        rows[0][title("valid_to")] = "2099-12-31"

        report = check(rows[:1], on=on, calendar=UNTIL_2026)

        assert findings(report) == [(1, "decided_on", rule) for rule in rules]
        assert report.accepted == 1
