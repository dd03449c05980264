"""The shipped scheme is the real one, and a broken one says what is wrong."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.assessments import schemes
from xinheng.core.assessments.schemes import FaultCode
from xinheng.core.catalog.datasets import Verification
from xinheng.rulebook import assessments


class TestSchemes:
    def test_ships_the_real_scheme_of_100_and_10(self):
        [shipped] = assessments.schemes()

        assert (shipped.points, shipped.bonus) == (100, 10)
        assert [int(block.points) for block in shipped.blocks] == [40, 30, 30, 10]

    def test_claims_no_more_than_practice(self):
        [shipped] = assessments.schemes()

        known = {item.verification for item in shipped.items}
        assert known <= {Verification.PRACTICE, Verification.UNVERIFIED}


class TestText:
    @given(st.decimals("0.01", "99.99", places=2), st.decimals("0.01", "1", places=2))
    def test_reads_back_what_it_wrote(self, points, full_at):
        [shipped] = assessments.schemes()
        block = shipped.blocks[1]
        item = replace(block.items[5], points=points, full_at=full_at)
        changed = replace(shipped, blocks=(replace(block, items=(item,)),))

        assert assessments.from_text(assessments.as_text(changed)) == changed


class TestTold:
    def test_names_the_place_and_both_sums(self):
        [shipped] = assessments.schemes()
        [fault] = schemes.faults(replace(shipped, points=Decimal(99)))

        zh, en = assessments.told(fault)

        assert fault.code is FaultCode.SUM
        assert "99" in zh
        assert en.endswith("(stated 99, added up 100).")

    def test_has_words_for_every_fault(self):
        assert set(assessments.words()) == set(FaultCode)
