"""Reminders: once before, once after, never about what is done."""

from datetime import date

import pytest

from tests.core.duties.test_due_dates import NOTICES
from tests.core.duties.test_standing import MAY, find
from xinheng.core.duties import reminding
from xinheng.core.duties.reminding import Kind
from xinheng.core.duties.standing import Known


def remind(on, known=None):
    return reminding.find_reminder(
        find(known, on=on),
        on=on,
        before_working_days=3,
        after_at_most_days=31,
        calendar=NOTICES,
    )


class TestFindReminder:
    @pytest.mark.parametrize(
        ("on", "kind"),
        [
            (date(2019, 6, 4), None),  # four working days before Monday the 10th
            (date(2019, 6, 5), Kind.BEFORE),
            (date(2019, 6, 10), Kind.BEFORE),
            (date(2019, 6, 11), Kind.AFTER),
            (date(2019, 7, 11), Kind.AFTER),
            (date(2019, 7, 12), None),
        ],
    )
    def test_follows_the_last_day(self, on, kind):
        assert remind(on) is kind

    @pytest.mark.parametrize("on", [date(2019, 6, 7), date(2019, 6, 20)])
    def test_leaves_whoever_has_answered_alone(self, on):
        assert remind(on, Known(nil_filed_on={MAY: date(2019, 6, 3)})) is None
