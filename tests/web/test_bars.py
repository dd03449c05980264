"""Bars and shades say what the numbers say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.catalog.datasets import Category, SourceUnit
from xinheng.core.statistics.monthly import MonthlyTable, UnitRow
from xinheng.web import bars

COLUMNS = tuple(Category(f"c{n}", n, f"类别{n}", f"Category {n}") for n in (1, 2, 3))


def table(*cells):
    units = tuple(
        UnitRow(unit=SourceUnit(f"U{n}", n, f"单位{n}", f"Unit {n}"), cells=row)
        for n, row in enumerate(cells, start=1)
    )
    return MonthlyTable(period="2019-05", ledger_size=7, columns=COLUMNS, units=units)


class TestInOrder:
    def test_keeps_the_order_of_the_table(self):
        rows = bars.in_order(table((1, 0, 0), (0, 9, 0)))

        assert [row.unit.code for row in rows] == ["U1", "U2"]

    def test_shades_by_size(self):
        [row] = bars.in_order(table((0, 9, 1477)))

        assert [cell.level for cell in row.cells] == [0, 1, 4]

    def test_stands_an_empty_table(self):
        [row] = bars.in_order(table((0, 0, 0)))

        assert (row.width, row.parts, row.state) == (0, (), "silent")


class TestByTotal:
    def test_puts_the_longest_first_and_leaves_out_the_empty(self):
        rows = bars.by_total(bars.in_order(table((1, 0, 0), (0, 0, 0), (0, 9, 0))))

        assert [row.unit.code for row in rows] == ["U3", "U1"]
        assert rows[0].width == bars.WIDTH

    def test_lists_the_largest_category_first(self):
        [row] = bars.by_total(bars.in_order(table((2, 0, 7))))

        assert [(cell.category.name, cell.records) for cell in row.parts] == [
            ("c3", 7),
            ("c1", 2),
        ]


class TestWidth:
    @given(st.integers(1, 10**6), st.integers(1, 10**6))
    def test_shows_whatever_is_not_zero_and_never_overflows(self, amount, more):
        assert 0 < bars.width(amount, amount + more) <= bars.WIDTH

    def test_shows_nothing_for_zero(self):
        assert bars.width(0, 5) == 0
