from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import people
from xinheng.core.objections import corrections
from xinheng.core.objections.corrections import Change, Fault
from xinheng.rulebook import catalog, redress

PENALTY = catalog.dataset("penalty")
BODY = {
    "decision_no": "示罚决字〔2019〕第1号",
    "penalty_content": "罚款2000元",
    "fine_amount": "0.2",
    "decided_on": "2019-05-06",
}
LISTS = {"penalty_type": ("罚款", "警告")}


def faults(*changes: Change):
    found = corrections.find_faults(changes, PENALTY, BODY, code_lists=LISTS)
    return [(each.field, each.fault) for each in found]


class TestFindFaults:
    def test_takes_a_value_that_the_catalog_allows(self):
        assert faults(Change("fine_amount", "0.2", "0.1")) == []

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            (Change("decision_no", BODY["decision_no"], "第2号"), Fault.KEY),
            (Change("nonsense", "", "1"), Fault.FIELD),
            (Change("legal_rep_name", "", "示例甲"), Fault.FIELD),
            (Change("tax_reg_no", "", "1"), Fault.FIELD),  # never shown
            (Change("fine_amount", "0.3", "0.1"), Fault.STALE),
            (Change("fine_amount", "0.2", "0.2"), Fault.SAME),
            (Change("penalty_content", "罚款2000元", ""), Fault.REQUIRED),
            (Change("fine_amount", "0.2", "两千元"), Fault.VALUE),
            (Change("fine_amount", "0.2", "NaN"), Fault.VALUE),
            (Change("fine_amount", "0.2", "-1"), Fault.VALUE),
            (Change("decided_on", "2019-05-06", "2019年5月"), Fault.VALUE),
            (Change("decided_on", "2019-05-06", "20190507"), Fault.VALUE),
            (
                Change(
                    "penalty_content", "罚款2000元", people.number_18(random.Random(1))
                ),
                Fault.PERSONAL_ID,
            ),
        ],
    )
    def test_names_the_rule(self, change, fault):
        assert faults(change) == [(change.field, fault)]

    def test_every_fault_has_its_texts(self):
        assert {each.value for each in Fault} <= set(redress.refusals())


class TestCorrected:
    def test_changes_the_named_values_alone(self):
        after = corrections.corrected(BODY, [Change("fine_amount", "0.2", "0.1")])

        assert after == {**BODY, "fine_amount": "0.1"}

    def test_leaves_out_what_has_no_value_any_more(self):
        after = corrections.corrected(BODY, [Change("fine_amount", "0.2", "")])

        assert "fine_amount" not in after

    @given(st.sampled_from(sorted(BODY)), st.text(min_size=1))
    def test_a_change_back_restores_the_body(self, field, text):
        there = corrections.corrected(BODY, [Change(field, BODY[field], text)])
        back = corrections.corrected(there, [Change(field, text, BODY[field])])

        assert back == BODY
