"""Who is named in a bulletin: by the rule, and never by unknown rates."""

from __future__ import annotations

from fractions import Fraction

from xinheng.core.catalog.datasets import Category, SourceUnit
from xinheng.core.duties.rates import Counts
from xinheng.core.statistics import naming
from xinheng.core.statistics.monthly import MonthlyTable, UnitRow
from xinheng.core.statistics.naming import Leading

RULE = Leading(Fraction(1), Fraction(9, 10), at_most=2)
GOOD = Counts(reported=5, received=10)
BAD = Counts(reported=5, received=10, rejected=2)
LATE = Counts(reported=5, late=1, received=5)


def row(name, count, **told):
    return UnitRow(SourceUnit(name, 1, name, name), (count,), **told)


def table(*rows):
    columns = (Category("permit", 1, "行政许可", "Permits"),)
    return MonthlyTable("2019-05", 7, columns, rows)


def leading(counts, *rows):
    found = naming.name(table(*rows), counts, leading=RULE).leading
    return [unit for unit, _ in found]


class TestName:
    def test_tells_silence_from_a_nil_return_and_from_a_fruitless_file(self):
        named = naming.name(
            table(
                row("silent", 0),
                row("nil", 0, nil_returns=("permit",)),
                row("fruitless", 0, submitted=True),
                row("good", 1),
            ),
            {},
            leading=RULE,
        )

        assert named.silent == ("silent",)
        assert named.nil == ("nil",)
        assert named.fruitless == ("fruitless",)

    def test_names_the_late_with_their_number(self):
        named = naming.name(
            table(row("a", 5), row("b", 5)), {"a": LATE, "b": GOOD}, leading=RULE
        )

        assert named.late == (("a", 1),)

    def test_leads_by_rates_at_or_above_the_thresholds(self):
        counts = {"good": GOOD, "bad": BAD, "late": LATE}

        assert leading(counts, *(row(name, 5) for name in counts)) == ["good"]

    def test_never_leads_by_rates_that_are_not_known(self):
        assert leading({}, row("a", 5)) == []
        assert leading({"a": Counts()}, row("a", 5)) == []

    def test_orders_by_records_and_stops_at_the_length(self):
        counts = dict.fromkeys("abc", GOOD)

        assert leading(counts, row("a", 1), row("b", 3), row("c", 2)) == ["b", "c"]

    def test_names_none_of_those_that_share_the_last_place(self):
        counts = dict.fromkeys("abc", GOOD)

        assert leading(counts, row("a", 3), row("b", 1), row("c", 1)) == ["a"]
