from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.catalog.datasets import Verification
from xinheng.core.repairs import conditions
from xinheng.core.repairs.conditions import Bar, Facts, Fault, Lack
from xinheng.rulebook import redress

DAY = date(2026, 6, 1)
READY = Facts(
    earliest_on=DAY,
    conduct_corrected=True,
    duties_done=True,
    has_commitment=True,
    subjects=("penalty",),
    is_shown=True,
)
SET = conditions.in_force(redress.rule_sets(), on=DAY)


def lacks(facts: Facts, *, on: date = DAY, rule_set=SET):
    return conditions.find_lacks(rule_set, facts, on=on)


class TestInForce:
    @pytest.mark.parametrize(
        ("on", "name"),
        [
            (date(2019, 6, 30), None),
            (date(2019, 7, 1), "A"),
            (date(2023, 4, 30), "A"),
            (date(2023, 5, 1), "B"),
            (date(2026, 3, 31), "B"),
            (date(2026, 4, 1), "C"),
        ],
    )
    def test_is_the_set_of_the_day(self, on, name):
        found = conditions.in_force(redress.rule_sets(), on=on)

        assert (found.name if found else None) == name


class TestFindLacks:
    def test_finds_nothing_where_all_is_there(self):
        assert lacks(READY) == ()

    def test_says_from_when_it_may_be_asked_for(self):
        early = lacks(READY, on=DAY - timedelta(1))

        assert early == (Lack(Fault.MINIMUM_TERM, DAY, SET.citation),)

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            ({"conduct_corrected": False}, Fault.CONDUCT_CORRECTED),
            ({"duties_done": False}, Fault.DUTIES_DONE),
            ({"has_commitment": False}, Fault.COMMITMENT),
            ({"is_shown": False}, Fault.NOTHING_SHOWN),
            ({"is_open": True}, Fault.OPEN),
        ],
    )
    def test_names_the_condition(self, change, fault):
        assert [each.fault for each in lacks(replace(READY, **change))] == [fault]

    def test_refuses_what_a_text_excludes_with_its_words(self):
        bar = Bar("penalty", "某法第一条", Verification.VERIFIED, "test")

        found = lacks(READY, rule_set=replace(SET, bars=(bar,)))

        assert found == (Lack(Fault.BARRED, citation="某法第一条"),)

    @pytest.mark.parametrize(
        "verification", set(Verification) - {Verification.VERIFIED}
    )
    def test_holds_a_bar_that_nobody_read_against_nobody(self, verification):
        bar = Bar("penalty", "传闻", verification, "test")

        assert lacks(READY, rule_set=replace(SET, bars=(bar,))) == ()

    def test_knows_only_the_right_itself_before_any_rule_set(self):
        bare = replace(READY, conduct_corrected=False, has_commitment=False)

        assert lacks(bare, rule_set=None) == ()

    @given(
        st.builds(
            replace,
            st.just(READY),
            conduct_corrected=st.booleans(),
            duties_done=st.booleans(),
            has_commitment=st.booleans(),
            is_open=st.booleans(),
        ),
        st.integers(-400, 400),
    )
    def test_time_alone_never_takes_the_right_away(self, facts, days):
        today, later = DAY + timedelta(days), DAY + timedelta(days + 1)

        assert {lack.fault for lack in lacks(facts, on=later)} <= {
            lack.fault for lack in lacks(facts, on=today)
        }

    def test_every_fault_has_its_texts(self):
        assert {each.value for each in Fault} <= set(redress.refusals())
