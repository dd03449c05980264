from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.catalog.datasets import Verification
from xinheng.core.objections import filing
from xinheng.core.objections.filing import KINDS, Fault, Filing, Kind, Target, Window
from xinheng.rulebook import redress

DAY = date(2019, 6, 3)
FINE = Filing(Kind.CONTENT, Target.RECORD, "金额有误", 1, DAY, None, ())


def faults(raised: Filing, window: Window | None = None, *, on: date = DAY):
    known = window or redress.windows()[raised.kind]
    return filing.find_faults(raised, known, on=on)


class TestFindFaults:
    def test_takes_what_says_what_is_wrong(self):
        assert faults(FINE) == ()

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            ({"open_kinds": (Kind.CONTENT,)}, Fault.OPEN),
            ({"ground": "  "}, Fault.GROUND),
            ({"ground": "误" * 2001}, Fault.TOO_LONG),
            ({"ground": "联系人 210899199001010012"}, Fault.PERSONAL_ID),
            ({"asks": 0}, Fault.NOTHING_ASKED),
            ({"target": Target.LISTING}, Fault.KIND),
            ({"shown_until": DAY}, Fault.WINDOW),
        ],
    )
    def test_names_the_rule(self, change, fault):
        assert faults(replace(FINE, **change)) == (fault,)

    def test_lets_another_kind_stand_beside_one_that_is_open(self):
        assert faults(replace(FINE, kind=Kind.PERIOD, open_kinds=(Kind.CONTENT,))) == ()

    def test_takes_it_on_the_last_day_and_not_after(self):
        read = Window(Kind.CONTENT, Verification.VERIFIED, "test", days=7)

        assert faults(FINE, read, on=DAY + timedelta(7)) == ()
        assert faults(FINE, read, on=DAY + timedelta(8)) == (Fault.WINDOW,)
        assert filing.last_day(FINE, read) == DAY + timedelta(7)

    @pytest.mark.parametrize(
        "verification", set(Verification) - {Verification.VERIFIED}
    )
    def test_holds_a_term_that_nobody_read_against_nobody(self, verification):
        heard_of = Window(Kind.CONTENT, verification, "test", days=7)

        assert faults(FINE, heard_of, on=DAY + timedelta(700)) == ()

    @given(st.sampled_from(Kind), st.sampled_from(Target))
    def test_a_kind_is_for_one_target(self, kind, target):
        found = faults(replace(FINE, kind=kind, target=target))

        assert (Fault.KIND in found) == (kind not in KINDS[target])
