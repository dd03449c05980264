"""Campaigns and activities: what is refused, and who may confirm."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.campaigns import activities, campaigns
from xinheng.core.campaigns.activities import Kind, Told
from xinheng.core.campaigns.campaigns import ActKind, Done, Fault, Plan, State

DAY = date(2019, 5, 20)
PLAN = Plan("拖欠工资专项治理", "示治〔2019〕1号", DAY, None)
DONE = Done(ActKind.REMINDER, DAY, "示提示〔2019〕1号", "")
TOLD = Told(Kind.PUBLICITY, "示诚行〔2019〕1号", "诚信宣传", "在广场宣传。", DAY)
PERSON = "210899199001010012"


def target(**changes):
    told = {
        "uscc": "91210899000000000X",
        "is_sole_proprietor": False,
        "government": False,
        "matter": "拖欠工程款",
        "basis": "示督〔2019〕1号",
    }
    return campaigns.find_target_fault(**(told | changes))


class TestPlan:
    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({}, None),
            ({"title": " "}, Fault.TITLE),
            ({"basis": ""}, Fault.BASIS),
            ({"basis": f"示{PERSON}"}, Fault.PERSONAL_ID),
            ({"opened_on": DAY + timedelta(1)}, Fault.DAY),
            ({"ends_on": DAY - timedelta(1)}, Fault.DAY),
            ({"ends_on": DAY}, None),
        ],
    )
    def test_is_refused_by_the_first_rule_that_it_breaks(self, changes, fault):
        assert campaigns.find_plan_fault(replace(PLAN, **changes), on=DAY) is fault


class TestTarget:
    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({}, None),
            ({"is_sole_proprietor": True}, Fault.SOLE_PROPRIETOR),
            ({"government": True}, Fault.NOT_GOVERNMENT),
            ({"government": True, "uscc": "11210899000000000X"}, None),
            ({"matter": "字" * 501}, Fault.NOTE),
            ({"basis": ""}, Fault.DOCUMENT),
            ({"matter": f"法人 {PERSON}"}, Fault.PERSONAL_ID),
        ],
    )
    def test_is_an_organization_with_a_document(self, changes, fault):
        assert target(**changes) is fault


class TestAct:
    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({}, None),
            ({"document_no": ""}, Fault.DOCUMENT),
            ({"kind": ActKind.PROGRESS, "document_no": ""}, Fault.NOTE),
            ({"kind": ActKind.PROGRESS, "document_no": "", "note": "已付一半"}, None),
            ({"held_on": DAY - timedelta(1)}, Fault.DAY),
            ({"held_on": DAY + timedelta(1)}, Fault.DAY),
            ({"note": PERSON}, Fault.PERSONAL_ID),
        ],
    )
    def test_of_notice_has_a_number_and_a_day_within(self, changes, fault):
        found = campaigns.find_act_fault(
            replace(DONE, **changes), opened_on=DAY, on=DAY
        )

        assert found is fault


class TestClosing:
    @given(st.lists(st.sampled_from(list(State))))
    def test_waits_for_every_target(self, states):
        fault = campaigns.find_closing_fault("示结〔2019〕1号", states)

        assert (fault is Fault.OPEN_TARGETS) == (State.OPEN in states)

    @given(st.text(max_size=4), st.text(min_size=1, max_size=4))
    def test_is_confirmed_by_another_person_than_proposed(self, first, second):
        fault = campaigns.find_confirming_fault(proposed_by=first, confirmed_by=second)

        assert (fault is None) == (first not in ("", second))


class TestActivity:
    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({}, None),
            ({"title": ""}, activities.Fault.TITLE),
            ({"text": " "}, activities.Fault.TEXT),
            ({"number": ""}, activities.Fault.NUMBER),
            ({"held_on": DAY + timedelta(1)}, activities.Fault.DAY),
            ({"text": f"联系人 {PERSON}"}, activities.Fault.PERSONAL_ID),
        ],
    )
    def test_is_refused_by_the_first_rule_that_it_breaks(self, changes, fault):
        assert activities.find_fault(replace(TOLD, **changes), on=DAY) is fault

    def test_is_decided_by_who_did_not_write_it(self):
        find, waits = activities.find_decision_fault, activities.State.SUBMITTED

        assert find(state=waits, by="a", writers={"a", ""}) is (
            activities.Fault.SAME_PERSON
        )
        assert find(state=waits, by="b", writers={"a", ""}) is None
        assert find(state=activities.State.APPROVED, by="b", writers=set()) is (
            activities.Fault.DECIDED
        )
