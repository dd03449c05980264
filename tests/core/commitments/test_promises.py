from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from xinheng.core.commitments import promises
from xinheng.core.commitments.promises import (
    Breach,
    Fault,
    Fulfilment,
    Promise,
    Type,
)
from xinheng.rulebook import redress

DAY = date(2019, 6, 3)
FINE = Promise(Type.PROACTIVE, "诚信经营", "我单位承诺依法经营。", DAY, None)


class TestFindFaults:
    def test_takes_a_promise(self):
        assert promises.find_faults(FINE, on=DAY) == ()

    @pytest.mark.parametrize("rule", redress.commitment_types().values())
    def test_takes_every_template_as_it_stands(self, rule):
        promise = replace(FINE, type=rule.type, text=rule.template)

        assert promises.find_faults(promise, on=DAY) == ()

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            ({"matter": " "}, Fault.MATTER),
            ({"text": ""}, Fault.TEXT),
            ({"text": "诺" * 4001}, Fault.TOO_LONG),
            ({"matter": "诺" * 201}, Fault.TOO_LONG),
            ({"valid_to": DAY - timedelta(1)}, Fault.PERIOD),
            ({"made_on": DAY + timedelta(1)}, Fault.PERIOD),
            ({"text": "承诺人 210899199001010012"}, Fault.PERSONAL_ID),
        ],
    )
    def test_names_the_rule(self, change, fault):
        assert promises.find_faults(replace(FINE, **change), on=DAY) == (fault,)


class TestFindBreachFault:
    def test_records_a_breach_by_a_decision_of_two(self):
        breach = Breach("示诺决〔2019〕1号", "clerk", "office")

        assert promises.find_breach_fault(breach, now=Fulfilment.PENDING) is None

    @pytest.mark.parametrize(
        ("breach", "now", "fault"),
        [
            (Breach("", "clerk", "office"), Fulfilment.PENDING, Fault.NO_DECISION),
            (Breach("1号", "one", "one"), Fulfilment.PENDING, Fault.SAME_PERSON),
            (Breach("1号", "clerk", "office"), Fulfilment.KEPT, Fault.JUDGED),
            (Breach("1号", "clerk", "office"), Fulfilment.BROKEN, Fault.JUDGED),
        ],
    )
    def test_names_the_rule(self, breach, now, fault):
        assert promises.find_breach_fault(breach, now=now) is fault

    def test_every_fault_has_its_texts(self):
        assert {each.value for each in Fault} <= set(redress.refusals())


class TestCount:
    def test_names_every_state(self):
        assert promises.count([Fulfilment.KEPT]) == {
            Fulfilment.PENDING: 0,
            Fulfilment.KEPT: 1,
            Fulfilment.BROKEN: 0,
        }
