"""Doubts about a unit's row of the table."""

from __future__ import annotations

from xinheng.core.catalog.datasets import Category, SourceUnit
from xinheng.core.statistics import doubts
from xinheng.core.statistics.monthly import MonthlyTable, UnitRow
from xinheng.rulebook import plausibility

COLUMNS = tuple(Category(str(n), n, f"栏目{n}", f"column {n}") for n in range(5))


def look(*cells, history=()):
    rows = (UnitRow(SourceUnit("u", 1, "某局", "office"), cells),)
    table = MonthlyTable("2019-05", 7, COLUMNS, rows)
    return doubts.look(table, {"u": history}, plausibility.doubts())


class TestLook:
    def test_asks_about_the_same_number_in_many_columns(self):
        (note,) = look(16, 16, 16, 16, 3)

        assert (note.code, note.count) == ("EQUAL_COUNTS", 16)
        assert note.columns == ("栏目0", "栏目1", "栏目2", "栏目3")

    def test_asks_about_a_month_that_is_far_from_the_others(self):
        (many,) = look(500, 0, 0, 0, 0, history=(40, 50, 60))
        (few,) = look(1, 0, 0, 0, 0, history=(40, 50, 60))

        assert (many.code, many.usual) == ("COUNT_EXPLODED", 50)
        assert (few.code, few.count) == ("COUNT_COLLAPSED", 1)

    def test_knows_nothing_usual_from_too_few_months(self):
        assert look(500, 0, 0, 0, 0, history=(40, 50)) == ()

    def test_finds_nothing_in_an_ordinary_row(self):
        assert look(4, 3, 2, 1, 0, history=(10, 9, 11)) == ()
