"""Standing: what is known tells it, and nothing else."""

from datetime import date, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.core.duties.test_due_dates import BY_THE_TENTH, NOTICES, SEVEN_DAYS
from xinheng.core.catalog.datasets import Frequency
from xinheng.core.duties import standing
from xinheng.core.duties.due_dates import Terms
from xinheng.core.duties.standing import Known, Landed, State

MAY = "2019-05"
QUARTER = Terms(Frequency.QUARTERLY, due_day=10)


def find(known=None, *, on=date(2019, 6, 20), terms=BY_THE_TENTH, period=MAY):
    return standing.find_standing(
        period=period, terms=terms, known=known or Known(), on=on, calendar=NOTICES
    )


def landed(received_on, *, decided_on=None, count=1, period=MAY):
    return Landed(period, decided_on, received_on, count)


class TestFindStanding:
    def test_is_open_through_the_last_day(self):
        assert find(on=date(2019, 6, 10)).state is State.OPEN

    def test_is_overdue_and_silent_from_the_next_day_on(self):
        found = find(on=date(2019, 6, 11))

        assert (found.state, found.days_late, found.is_silent) == (
            State.OVERDUE,
            1,
            True,
        )

    def test_of_a_unit_whose_file_brought_nothing_is_overdue_and_not_silent(self):
        found = find(Known(handed_in=True))

        assert (found.state, found.is_silent) == (State.OVERDUE, False)

    def test_of_a_nil_return_is_never_silence(self):
        found = find(Known(nil_filed_on={MAY: date(2019, 6, 3)}))

        assert (found.state, found.days_late, found.is_silent) == (State.NIL, 0, False)

    def test_tells_a_late_nil_return_by_its_days(self):
        found = find(Known(nil_filed_on={MAY: date(2019, 6, 12)}))

        assert (found.state, found.days_late) == (State.NIL, 2)

    def test_prefers_records_to_a_nil_return(self):
        known = Known((landed(date(2019, 6, 3)),), {MAY: date(2019, 6, 2)})

        assert find(known).state is State.REPORTED

    def test_of_a_month_goes_by_the_first_landing(self):
        later = (landed(date(2019, 6, 8)), landed(date(2019, 6, 18)))

        assert find(Known(later)).state is State.REPORTED
        assert find(Known(later[1:])).days_late == 8

    def test_of_decisions_goes_by_the_worst_of_them(self):
        known = Known(
            (
                landed(date(2019, 5, 8), decided_on=date(2019, 5, 6)),
                landed(date(2019, 5, 20), decided_on=date(2019, 5, 6)),
            )
        )

        found = find(known, terms=SEVEN_DAYS)

        assert (found.state, found.days_late, found.records) == (State.LATE, 5, 2)

    def test_of_a_quarter_needs_a_nil_return_for_each_month(self):
        filed = {month: date(2019, 7, 2) for month in ("2019-04", "2019-05")}

        partly = find(Known((), filed), terms=QUARTER, on=date(2019, 7, 11))
        wholly = find(
            Known((), {**filed, "2019-06": date(2019, 7, 2)}),
            terms=QUARTER,
            on=date(2019, 7, 11),
        )

        assert (partly.state, wholly.state) == (State.OVERDUE, State.NIL)

    @pytest.mark.parametrize(
        "other",
        [landed(date(2019, 6, 1), period="2019-06"), landed(date(2019, 6, 1), count=0)],
    )
    def test_passes_over_what_is_not_of_the_span(self, other):
        assert find(Known((other,))).state is State.OVERDUE


class Month(RuleBasedStateMachine):
    """A month lived through in any order ends where its facts alone would put it."""

    @initialize(terms=st.sampled_from([BY_THE_TENTH, SEVEN_DAYS]))
    def begin(self, terms):
        self.terms = terms
        self.on = date(2019, 5, 1)
        self.landed, self.nil, self.files = [], [], 0

    @rule(days=st.integers(1, 9))
    def wait(self, days):
        self.on += timedelta(days=days)

    @rule(age=st.integers(0, 12), count=st.integers(1, 3))
    def land(self, age, count):
        decided_on = max(date(2019, 5, 1), self.on - timedelta(days=age))
        decided_on = min(decided_on, date(2019, 5, 31))
        self.landed.append(landed(self.on, decided_on=decided_on, count=count))

    @rule()
    def state_nothing(self):
        self.nil.append(self.on)

    @rule()
    def hand_in_in_vain(self):
        self.files += 1

    def known(self):
        return Known(
            tuple(self.landed),
            {MAY: self.nil[0]} if self.nil else {},
            handed_in=bool(self.files),
        )

    @invariant()
    def is_a_function_of_the_facts(self):
        if not hasattr(self, "on"):
            return
        known = self.known()
        shuffled = Known(known.landed[::-1], known.nil_filed_on, known.handed_in)

        found = find(known, on=self.on, terms=self.terms)

        assert found == find(shuffled, on=self.on, terms=self.terms)
        is_idle = not (self.landed or self.nil or self.files)
        assert found.is_silent == (is_idle and self.on > found.due.on)
        assert (found.state in {State.REPORTED, State.LATE}) == bool(known.landed)
        assert (found.state is State.NIL) == (
            not known.landed and bool(known.nil_filed_on)
        )
        assert found.days_late >= 0
        assert (found.state is State.OPEN) <= (found.days_late == 0)

    @invariant()
    def is_settled_by_what_was_done(self):
        if not hasattr(self, "on"):
            return
        known = self.known()
        found = find(known, on=self.on, terms=self.terms)
        if found.state in {State.REPORTED, State.LATE, State.NIL}:
            later = find(known, on=self.on + timedelta(days=400), terms=self.terms)
            assert later == found


TestMonth = Month.TestCase
