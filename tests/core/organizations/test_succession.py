"""What may merge or split; `test_corrections.py` has what a listing does."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.organizations.status import Status, is_active
from xinheng.core.organizations.succession import Fault, Kind, Party, Plan, faults

ON = date(2019, 6, 5)
GIVER = Party("A", Status.REGISTERED, date(2010, 1, 1))
HEIR = Party("B", Status.REGISTERED)


def plan(kind=Kind.MERGE, *datasets, day=ON):
    return Plan(kind, datasets, day)


class TestFaults:
    def test_are_none_of_a_merger_without_records(self):
        assert faults(plan(), GIVER, HEIR, on=ON) == ()

    def test_are_one_of_a_split_without_records(self):
        assert faults(plan(Kind.SPLIT), GIVER, HEIR, on=ON) == (Fault.NOTHING_CHOSEN,)
        assert faults(plan(Kind.SPLIT, "permit"), GIVER, HEIR, on=ON) == ()

    def test_refuse_an_organization_as_its_own_heir(self):
        assert faults(plan(), GIVER, GIVER, on=ON) == (Fault.SAME_ORGANIZATION,)

    @pytest.mark.parametrize("day", [date(2019, 6, 6), date(2009, 12, 31)])
    def test_refuse_a_day_to_come_or_before_the_giver_was(self, day):
        assert faults(plan(day=day), GIVER, HEIR, on=ON) == (Fault.DAY_WRONG,)

    @given(
        st.sampled_from(Kind),
        st.sampled_from(Status),
        st.sampled_from(Status),
    )
    def test_need_an_heir_that_exists_and_a_giver_that_ended_in_nothing_else(
        self, kind, giver, heir
    ):
        one, other = Party("A", giver), Party("B", heir)

        found = faults(plan(kind, "permit"), one, other, on=ON)

        assert (Fault.HEIR_ENDED in found) == (not is_active(heir))
        may_give = kind is Kind.SPLIT or is_active(giver) or giver is Status.MERGED
        assert (Fault.GIVER_ENDED in found) == (not may_give)
