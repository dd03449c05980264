"""A pack contradicts itself nowhere, and what is unknown is no zero."""

from __future__ import annotations

from decimal import Decimal

from xinheng.core.catalog.datasets import Verification
from xinheng.core.indicators import packs
from xinheng.core.indicators.packs import Group, Indicator, Pack, Part


def indicator(name, points, *, group="base", inputs=()):
    return Indicator(
        name, "项", "item", Verification.VERIFIED, "test", group,
        None if points is None else Decimal(points), (Part("款", "part", inputs),),
    )  # fmt: skip


def pack(*indicators, points=10, group_points=10):
    group = Group("base", "组", "group", group_points and Decimal(group_points))
    return Pack(
        "test", "2020", "测试", "Test", Decimal(points), "monthly",
        Verification.VERIFIED, "test", (group,), indicators,
    )  # fmt: skip


def faults(wrong):
    return packs.faults(wrong, frozenset({"known"}))


class TestFaults:
    def test_finds_none_where_the_sums_are_right(self):
        assert faults(pack(indicator("a", 4), indicator("b", 6))) == ()

    def test_tells_sums_that_differ(self):
        [fault] = faults(pack(indicator("a", 4), indicator("b", 5)))

        assert fault == "base: indicators add up to 9, stated 10"
        assert faults(pack(indicator("a", 10), points=11))

    def test_compares_no_sum_over_the_unknown(self):
        assert faults(pack(indicator("a", 4), indicator("b", None))) == ()
        assert faults(pack(indicator("a", None), points=140, group_points=None)) == ()

    def test_tells_strangers_and_doubles(self):
        assert faults(pack(indicator("a", 10, inputs=("odd",)))) == ("a: no input odd",)
        assert "a: no group x" in faults(pack(indicator("a", 10, group="x")))
        assert "a stands twice" in faults(pack(indicator("a", 5), indicator("a", 5)))
