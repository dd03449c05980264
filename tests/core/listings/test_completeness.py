"""What an imported listing lacks keeps it questionable."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from xinheng.core.listings.completeness import Claim, Demand, Lack, lacks

ON = date(2019, 6, 20)
WHOLE = Claim(
    basis="《某法》第一条",
    facts="事实",
    notice_served_on=date(2019, 5, 6),
    notice_proof="送达回证 1 号",
    window_closes_on=date(2019, 5, 13),
    decision_no="示〔2019〕1号",
    decided_on=date(2019, 5, 14),
    expires_on=date(2021, 5, 14),
)
DEMAND = Demand(
    term_months=24,
    bases=frozenset({"《某法》第一条"}),
    window_closes_on=date(2019, 5, 13),
)


class TestLacks:
    def test_is_nothing_where_all_is_there(self):
        assert lacks(WHOLE, DEMAND, on=ON) == ()

    @pytest.mark.parametrize(
        ("change", "lack"),
        [
            ({"basis": ""}, Lack.BASIS),
            ({"basis": "《别的法》第一条"}, Lack.BASIS_OUTSIDE_SCHEME),
            ({"facts": ""}, Lack.FACTS),
            ({"notice_served_on": None}, Lack.NOTICE),
            ({"notice_proof": ""}, Lack.PROOF),
            ({"window_closes_on": None}, Lack.WINDOW),
            ({"window_closes_on": date(2019, 5, 10)}, Lack.WINDOW_SHORT),
            ({"decided_on": date(2019, 5, 13)}, Lack.WINDOW_OPEN),
            ({"decision_no": ""}, Lack.DECISION),
            ({"decided_on": None}, Lack.DECISION),
            ({"expires_on": None}, Lack.TERM),
            ({"expires_on": date(2021, 5, 15)}, Lack.TERM_TOO_LONG),
            ({"notice_served_on": date(2019, 5, 14)}, Lack.DATE_ORDER),
            ({"expires_on": date(2019, 5, 14)}, Lack.DATE_ORDER),
        ],
    )
    def test_names_what_is_missing_or_wrong(self, change, lack):
        assert lack in lacks(dataclasses.replace(WHOLE, **change), DEMAND, on=ON)

    def test_refuses_a_decision_of_tomorrow(self):
        ahead = dataclasses.replace(WHOLE, decided_on=date(2019, 6, 21))

        assert Lack.DAY_AHEAD in lacks(ahead, DEMAND, on=ON)

    def test_lets_any_text_be_named_for_lists_decided_elsewhere(self):
        elsewhere = dataclasses.replace(DEMAND, bases=frozenset())
        named = dataclasses.replace(WHOLE, basis="《别的法》第一条")

        assert lacks(named, elsewhere, on=ON) == ()
