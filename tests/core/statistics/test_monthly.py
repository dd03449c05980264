"""The monthly table: computed totals, and what a unit without records did."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.catalog.datasets import Category, SourceUnit
from xinheng.core.statistics import footing, monthly
from xinheng.core.statistics.monthly import State


def unit(position):
    return SourceUnit(f"u{position}", position, f"单位{position}", f"Unit {position}")


def categories(count):
    return tuple(
        Category(f"c{i}", i, f"列{i}", f"Column {i}") for i in range(1, count + 1)
    )


@st.composite
def tables(draw):
    width = draw(st.integers(1, 6))
    row = st.lists(st.integers(0, 2000), min_size=width, max_size=width)
    cells = draw(st.lists(row, max_size=8))
    return monthly.MonthlyTable(
        period="2019-05",
        ledger_size=1,
        columns=categories(width),
        units=tuple(
            monthly.UnitRow(unit(i), tuple(each)) for i, each in enumerate(cells, 1)
        ),
    )


class TestMonthlyTable:
    @given(tables())
    def test_prints_nothing_that_does_not_add_up(self, table):
        printed = monthly.as_printed(table, row="合计", column="数据总量")

        verdict = footing.crossfoot(printed)

        assert verdict.is_ok
        assert verdict.silent_units == tuple(r.unit.name for r in table.zero_units)

    @given(tables())
    def test_totals_across_and_downwards_agree(self, table):
        assert sum(table.totals) == table.grand_total

    def test_refuses_a_ragged_row(self):
        with pytest.raises(monthly.RaggedTableError):
            monthly.MonthlyTable(
                "2019-05", 1, categories(2), (monthly.UnitRow(unit(1), (1,)),)
            )

    def test_is_untouched_until_a_unit_does_something(self):
        silent = monthly.UnitRow(unit(1), (0,))
        nil = monthly.UnitRow(unit(2), (0,), nil_returns=("permit",))

        def table(*rows):
            return monthly.MonthlyTable("2019-05", 1, categories(1), rows)

        assert table(silent).is_untouched
        assert not table(silent, nil).is_untouched


class TestUnitRow:
    @pytest.mark.parametrize(
        ("cells", "submitted", "nil_returns", "state"),
        [
            ((1, 2), False, (), State.REPORTED),
            ((0, 0), True, (), State.REPORTED),
            ((0, 0), True, ("permit",), State.REPORTED),
            ((0, 0), False, ("permit",), State.NIL),
            ((1, 0), False, ("penalty",), State.REPORTED),
            ((0, 0), False, (), State.SILENT),
        ],
    )
    def test_has_reported_stated_nothing_or_kept_silent(
        self, cells, submitted, nil_returns, state
    ):
        row = monthly.UnitRow(unit(1), cells, submitted, nil_returns)

        assert row.state is state
        assert row.silent is (state is State.SILENT)


class TestTabulate:
    def test_puts_each_count_in_its_cell(self):
        rows = monthly.tabulate(
            units=[unit(1), unit(2)],
            columns=categories(2),
            counts={("u2", "c1"): 7, ("u9", "c1"): 1},
            returns=monthly.Returns(submitted={"u2"}, nil_returns={"u1": ("permit",)}),
        )

        assert [row.cells for row in rows] == [(0, 0), (7, 0)]
        assert [row.state for row in rows] == [State.NIL, State.REPORTED]
