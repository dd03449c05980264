from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.procedures import figures
from xinheng.core.procedures.figures import Ending

DAY = date(2019, 6, 3)


def ending(days: int | None, *, unit="U02", outcome="upheld", overdue=False) -> Ending:
    decided_on = None if days is None else DAY + timedelta(days)
    return Ending(unit, DAY, decided_on, outcome if days is not None else "", overdue)


class TestCount:
    def test_gives_days_of_what_was_decided_and_the_denominator(self):
        cases = [ending(2), ending(4), ending(12, outcome="rejected"), ending(None)]

        found = figures.count(cases)

        assert (found.received, found.decided) == (4, 3)
        assert (found.mean_days, found.median_days) == (Fraction(6), Fraction(4))
        assert found.outcomes == {"upheld": 2, "rejected": 1}

    def test_knows_no_days_where_nothing_was_decided(self):
        found = figures.count([ending(None, overdue=True)])

        assert (found.mean_days, found.median_days, found.overdue) == (None, None, 1)

    @given(
        st.lists(
            st.builds(
                ending, st.none() | st.integers(0, 90), unit=st.sampled_from("AB")
            )
        )
    )
    def test_units_add_up_to_the_whole(self, cases):
        whole, parts = figures.count(cases), figures.by_unit(cases).values()

        assert whole.received == sum(part.received for part in parts)
        assert whole.decided == sum(part.decided for part in parts)
        assert whole.decided == sum(whole.outcomes.values())
        assert whole.decided <= whole.received
