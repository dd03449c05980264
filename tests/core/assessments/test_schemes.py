"""A scheme whose points do not add up is refused, with the sum."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.assessments import schemes
from xinheng.core.assessments.schemes import (
    Block,
    FaultCode,
    Input,
    Item,
    Kind,
    Scheme,
)
from xinheng.core.catalog.datasets import Verification


def item(name="volume", points=10, **changes):
    said = {"kind": Kind.RATIO, "input": Input.REPORTED} | changes
    return Item(
        name, "项", "item", Decimal(points), verification=Verification.PRACTICE,
        source="test", **said,
    )  # fmt: skip


def scheme(*blocks, points=None, bonus=0, **changes):
    blocks = blocks or (Block("data", "数据", "Data", Decimal(10), (item(),)),)
    base = sum(each.points for each in blocks if not each.is_bonus)
    return replace(
        Scheme(
            name="test",
            edition="1",
            title="测试",
            title_en="Test",
            points=Decimal(base if points is None else points),
            bonus=Decimal(bonus),
            appeal_working_days=5,
            commend_from=Decimal("0.9"),
            criticize_below=Decimal("0.6"),
            verification=Verification.PRACTICE,
            source="test",
            blocks=blocks,
        ),
        **changes,
    )


def codes(wrong):
    return {each.code for each in schemes.faults(wrong)}


class TestFaults:
    def test_finds_none_where_everything_adds_up(self):
        bonus = Block("bonus", "加", "Bonus", Decimal(3), (item("b", 3),), True)
        data = Block("data", "数据", "Data", Decimal(10), (item(),))

        assert schemes.faults(scheme(data, bonus, bonus=3)) == ()

    def test_tells_both_sums_of_a_block(self):
        block = Block("data", "数据", "Data", Decimal(12), (item(),))

        [fault] = schemes.faults(scheme(block))

        assert (fault.code, fault.where) == (FaultCode.BLOCK_SUM, "data")
        assert (fault.stated, fault.computed) == (12, 10)

    @given(st.lists(st.integers(1, 50), min_size=1, max_size=6), st.integers(-5, 5))
    def test_tells_a_scheme_that_does_not_add_up_and_no_other(self, points, off):
        blocks = [
            Block(f"b{n}", "块", "Block", Decimal(each), (item(f"i{n}", each),))
            for n, each in enumerate(points)
        ]

        found = codes(scheme(*blocks, points=sum(points) + off))

        assert (FaultCode.SUM in found) == (off != 0)

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"full_at": Decimal(0)}, FaultCode.ZERO_SHARE),
            ({"full_at": Decimal("1.1")}, FaultCode.ZERO_SHARE),
            ({"each": Decimal(1)}, FaultCode.EACH),
            ({"kind": Kind.PER_UNIT, "input": Input.CASES}, FaultCode.EACH),
            ({"input": Input.CASES}, FaultCode.INPUT_KIND),
            ({"kind": Kind.MANUAL}, FaultCode.INPUT_KIND),
        ],
    )
    def test_refuses_a_rule_that_can_not_be_counted(self, wrong, code):
        block = Block("data", "数据", "Data", Decimal(10), (item(**wrong),))

        assert code in codes(scheme(block))

    def test_refuses_names_twice_no_blocks_and_bounds_that_cross(self):
        twice = Block("data", "数据", "Data", Decimal(20), (item(), item()))

        assert FaultCode.NAME_TWICE in codes(scheme(twice))
        assert FaultCode.EMPTY in codes(replace(scheme(), blocks=()))
        assert FaultCode.APPEAL in codes(scheme(appeal_working_days=0))
        assert FaultCode.BOUNDS in codes(scheme(criticize_below=Decimal("0.9")))
