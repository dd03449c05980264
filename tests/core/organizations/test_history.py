"""A value as known on K about day D, and the periods that changes make."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.organizations.history import Change, Period, periods, value_on

FIRST_DAY = date(2019, 1, 1)
FIRST_MOMENT = datetime(2019, 1, 1, tzinfo=UTC)
FOREVER = datetime(2099, 1, 1, tzinfo=UTC)


def change(order: int, before: str, after: str, day: int, known: int) -> Change:
    return Change(
        order,
        before,
        after,
        FIRST_DAY + timedelta(days=day),
        FIRST_MOMENT + timedelta(days=known),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    days = draw(st.lists(st.integers(0, 20), max_size=6))
    made = []
    before = "A"
    for order, day in enumerate(days):
        after = draw(st.sampled_from("ABCD"))
        made.append(change(order, before, after, day, day + draw(st.integers(0, 9))))
        before = after
    return made


class TestValueOn:
    def test_is_todays_where_nothing_changed(self) -> None:
        assert value_on("A", [], on=FIRST_DAY, known_at=FOREVER) == "A"

    def test_is_the_first_before_any_change(self) -> None:
        made = [change(0, "A", "B", 10, 10)]

        assert value_on("B", made, on=FIRST_DAY, known_at=FOREVER) == "A"

    def test_does_not_know_what_was_recorded_later(self) -> None:
        made = [change(0, "A", "B", 10, 30)]
        day = FIRST_DAY + timedelta(days=15)
        before = FIRST_MOMENT + timedelta(days=20)

        assert value_on("B", made, on=day, known_at=before) == "A"
        assert value_on("B", made, on=day, known_at=FOREVER) == "B"

    def test_counts_the_day_and_not_the_order_of_arrival(self) -> None:
        made = [change(0, "A", "C", 20, 20), change(1, "C", "B", 10, 30)]

        assert value_on("C", made, on=date(2019, 1, 15), known_at=FOREVER) == "B"
        assert value_on("C", made, on=date(2019, 2, 15), known_at=FOREVER) == "C"

    @given(made=histories(), day=st.integers(-1, 25))
    def test_agrees_with_the_periods(self, made: list[Change], day: int) -> None:
        on = FIRST_DAY + timedelta(days=day)
        found = periods("A", None, made)

        [value] = [
            each.value
            for each in found
            if (each.effective_on or date.min) <= on < (each.expires_on or date.max)
        ]

        assert value == value_on("A", made, on=on, known_at=FOREVER)


class TestPeriods:
    def test_gives_a_value_that_comes_back_two(self) -> None:
        made = [change(0, "A", "B", 10, 10), change(1, "B", "A", 20, 20)]

        found = periods("A", FIRST_DAY, made)

        assert found == [
            Period("A", FIRST_DAY, date(2019, 1, 11), None),
            Period("B", date(2019, 1, 11), date(2019, 1, 21), 0),
            Period("A", date(2019, 1, 21), None, 1),
        ]

    def test_drops_a_beginning_that_lies_behind_the_end(self) -> None:
        found = periods("A", date(2031, 1, 1), [change(0, "A", "B", 10, 10)])

        assert found[0] == Period("A", None, date(2019, 1, 11), None)

    @given(made=histories())
    def test_touch_and_run_forward(self, made: list[Change]) -> None:
        found = periods("A", None, made)

        for before, after in pairwise(found):
            assert before.expires_on == after.effective_on
            assert before.value != after.value
        assert found[-1].expires_on is None
