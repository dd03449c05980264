"""Printed tables: a right one is left alone, a wrong total is found and explained."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xinheng.core.statistics import footing

counts = st.integers(0, 2000)


def table(cells, *, totals=None, row_totals=None, grand=None):
    """A table of units 甲, 乙, ... with the right totals where none are given."""
    width = len(cells[0])
    right = [sum(row[i] for row in cells) for i in range(width)]
    sums = [sum(row) for row in cells]
    return footing.PrintedTable(
        columns=tuple(f"列{i}" for i in range(width)),
        rows=tuple(
            footing.Row(f"单位{i}", tuple(row), total)
            for i, (row, total) in enumerate(
                zip(cells, row_totals or sums, strict=True)
            )
        ),
        total_row="合计",
        totals=tuple(right if totals is None else totals),
        total_column="总量",
        grand_total=sum(sums) if grand is None else grand,
    )


@st.composite
def grids(draw, least=0):
    width = draw(st.integers(1, 6))
    row = st.lists(st.integers(least, 2000), min_size=width, max_size=width)
    return draw(st.lists(row, min_size=1, max_size=12))


class TestCrossfoot:
    @given(grids())
    def test_finds_nothing_in_a_right_table(self, cells):
        verdict = footing.crossfoot(table(cells))

        assert verdict.is_ok
        assert verdict.explained_by == ()
        assert verdict.suspect_cells == ()

    @given(grids(), st.data(), counts)
    def test_finds_a_damaged_column_total(self, cells, data, printed):
        right = [sum(column) for column in zip(*cells, strict=True)]
        index = data.draw(st.integers(0, len(right) - 1))
        assume(right[index] != printed)
        totals = [*right[:index], printed, *right[index + 1 :]]

        verdict = footing.crossfoot(table(cells, totals=totals))

        assert verdict.wrong_cells == (
            footing.WrongCell("合计", f"列{index}", printed, right[index]),
        )

    @given(grids(), st.data(), counts)
    def test_finds_a_damaged_row_total(self, cells, data, printed):
        sums = [sum(row) for row in cells]
        index = data.draw(st.integers(0, len(sums) - 1))
        assume(sums[index] != printed)
        row_totals = [*sums[:index], printed, *sums[index + 1 :]]

        verdict = footing.crossfoot(table(cells, row_totals=row_totals))

        assert verdict.wrong_cells == (
            footing.WrongCell(f"单位{index}", "总量", printed, sums[index]),
        )

    @given(grids(), counts)
    def test_finds_a_damaged_grand_total(self, cells, printed):
        right = sum(map(sum, cells))
        assume(right != printed)

        verdict = footing.crossfoot(table(cells, grand=printed))

        assert verdict.wrong_cells == (
            footing.WrongCell("合计", "总量", printed, right),
        )

    @given(grids(), st.data(), counts)
    def test_names_the_damaged_cell_of_a_unit(self, cells, data, printed):
        row = data.draw(st.integers(0, len(cells) - 1))
        column = data.draw(st.integers(0, len(cells[0]) - 1))
        right = cells[row][column]
        assume(right != printed)
        totals = [sum(each) for each in zip(*cells, strict=True)]
        sums = [sum(each) for each in cells]
        damaged = [list(each) for each in cells]
        damaged[row][column] = printed

        verdict = footing.crossfoot(
            table(damaged, totals=totals, row_totals=sums, grand=sum(sums))
        )

        assert verdict.suspect_cells == (
            footing.SuspectCell(f"单位{row}", f"列{column}", printed, right),
        )
        assert {(cell.row, cell.column) for cell in verdict.wrong_cells} == {
            (f"单位{row}", "总量"),
            ("合计", f"列{column}"),
            ("合计", "总量"),
        }

    @given(grids(), st.data())
    def test_names_the_unit_that_the_totals_row_left_out(self, cells, data):
        index = data.draw(st.integers(0, len(cells) - 1))
        assume(sum(cells[index]))
        kept = [row for i, row in enumerate(cells) if i != index]
        totals = [sum(row[i] for row in kept) for i in range(len(cells[0]))]

        verdict = footing.crossfoot(
            table(cells, totals=totals, grand=sum(map(sum, kept)))
        )

        assert f"单位{index}" in {omission.unit for omission in verdict.explained_by}

    def test_names_a_pair_where_no_single_unit_fits(self):
        verdict = footing.crossfoot(
            table([[100], [7], [30], [1]], totals=[101], grand=138)
        )

        assert verdict.explained_by == (
            footing.Omission("单位1", 7),
            footing.Omission("单位2", 30),
        )

    def test_does_not_take_one_of_several_pairs_for_an_explanation(self):
        verdict = footing.crossfoot(table([[1], [3], [2], [2]], totals=[4], grand=4))

        assert not verdict.is_ok
        assert verdict.explained_by == ()

    def test_names_every_single_unit_that_fits(self):
        verdict = footing.crossfoot(table([[5], [5], [9]], totals=[14], grand=14))

        assert [omission.unit for omission in verdict.explained_by] == [
            "单位0",
            "单位1",
        ]

    def test_tells_units_apart_by_the_other_wrong_totals(self):
        verdict = footing.crossfoot(
            table([[5, 2], [5, 3], [9, 9]], totals=[14, 11], grand=25)
        )

        assert verdict.explained_by == (footing.Omission("单位1", 8),)

    def test_explains_each_total_alone_where_no_unit_explains_all(self):
        verdict = footing.crossfoot(
            table([[5, 2], [6, 30], [9, 9]], totals=[15, 11], grand=61)
        )

        assert verdict.explained_by == (
            footing.Omission("单位0", 5),
            footing.Omission("单位1", 30),
        )

    def test_gives_no_explanation_of_a_total_that_is_too_high(self):
        verdict = footing.crossfoot(table([[5], [6]], totals=[16], grand=11))

        assert not verdict.is_ok
        assert verdict.explained_by == ()

    @given(grids())
    def test_lists_the_units_with_a_printed_zero(self, cells):
        verdict = footing.crossfoot(table(cells))

        assert verdict.silent_units == tuple(
            f"单位{i}" for i, row in enumerate(cells) if not any(row)
        )

    def test_takes_the_printed_total_for_whether_a_unit_is_silent(self):
        verdict = footing.crossfoot(table([[3], [4]], row_totals=[0, 4]))

        assert verdict.silent_units == ("单位0",)

    def test_notes_a_count_that_stands_in_four_columns_of_a_unit(self):
        verdict = footing.crossfoot(table([[16, 7, 16, 16, 16], [1, 1, 1, 2, 0]]))

        assert verdict.repeated_counts == (
            footing.RepeatedCount("单位0", 16, ("列0", "列2", "列3", "列4")),
        )

    @given(grids())
    def test_checks_downwards_where_no_row_totals_are_printed(self, cells):
        right = [sum(column) for column in zip(*cells, strict=True)]
        printed = footing.PrintedTable(
            columns=tuple(f"列{i}" for i in range(len(right))),
            rows=tuple(footing.Row(f"单位{i}", tuple(r), None)
                       for i, r in enumerate(cells)),
            total_row="合计",
            totals=(right[0] + 1, *right[1:]),
            total_column=None,
            grand_total=None,
        )  # fmt: skip

        verdict = footing.crossfoot(printed)

        assert [cell.column for cell in verdict.wrong_cells] == ["列0"]

    def test_checks_across_where_no_totals_row_is_printed(self):
        printed = footing.PrintedTable(
            columns=("许可", "处罚"),
            rows=(footing.Row("甲", (1, 2), 3), footing.Row("乙", (4, 5), 8)),
            total_row=None,
            totals=None,
            total_column="总量",
            grand_total=None,
        )

        verdict = footing.crossfoot(printed)

        assert verdict.wrong_cells == (footing.WrongCell("乙", "总量", 8, 9),)

    def test_stays_quick_on_a_long_table(self):
        cells = [[i % 7 + 1] for i in range(20_000)]
        total = sum(row[0] for row in cells)

        verdict = footing.crossfoot(
            table(cells, totals=[total - 5000], grand=total - 5000)
        )

        assert verdict.explained_by == ()


class TestPrintedTable:
    def test_refuses_a_ragged_table(self):
        with pytest.raises(footing.TableShapeError):
            footing.PrintedTable(
                columns=("许可",),
                rows=(footing.Row("甲", (1, 2), 3),),
                total_row=None,
                totals=None,
                total_column="总量",
                grand_total=None,
            )


class TestUnnamed:
    def test_lists_silent_units_that_the_names_leave_out(self):
        assert footing.unnamed(("甲", "乙", "丙"), {"乙", "丁"}) == ("甲", "丙")
