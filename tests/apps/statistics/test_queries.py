"""The monthly table as a query over the records."""

from datetime import UTC, date, datetime

import pytest

from xinheng.apps.ledger import queries as ledger
from xinheng.apps.statistics import queries
from xinheng.apps.units import operations as units
from xinheng.core.catalog.datasets import SourceUnit
from xinheng.core.catalog.periods import InvalidPeriodError
from xinheng.core.statistics.monthly import State
from xinheng.rulebook import catalog

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
FIRST, SECOND = (unit.code for unit in catalog.units()[:2])


def cell(table, unit, category):
    index = [column.name for column in table.columns].index(category)
    return next(row for row in table.units if row.unit.code == unit).cells[index]


class TestTable:
    def test_has_a_row_for_each_unit_and_a_column_for_each_category(self, founded):
        table = queries.table(period="2019-05")

        assert [row.unit for row in table.units] == list(catalog.units())
        assert table.columns == catalog.categories()
        assert table.is_untouched

    def test_counts_records_in_their_cell(self, report):
        report(FIRST, "permit", 3)
        report(SECOND, "penalty", 2)

        table = queries.table(period="2019-05")

        assert cell(table, FIRST, "permit") == 3
        assert cell(table, SECOND, "penalty") == 2
        assert table.grand_total == 5

    def test_counts_only_the_month_asked_for(self, report):
        report(FIRST, "permit", 3, period="2019-04")

        assert queries.table(period="2019-05").grand_total == 0

    def test_leaves_out_a_dataset_that_no_category_counts(self, report):
        uncounted = next(d.name for d in catalog.datasets() if d.category is None)
        report(FIRST, uncounted, 3)

        assert queries.table(period="2019-05").grand_total == 0

    def test_gives_the_table_as_a_smaller_ledger_knew_it(self, report):
        size = report(FIRST, "permit", 3)
        report(FIRST, "permit", 5)

        assert queries.table(period="2019-05", ledger_size=size).grand_total == 3
        assert queries.table(period="2019-05").grand_total == 5

    def test_counts_a_corrected_record_once_before_and_after(self, report):
        size = report(FIRST, "permit", 3)
        report(FIRST, "permit", 3, note="更正")

        assert queries.table(period="2019-05", ledger_size=size).grand_total == 3
        assert queries.table(period="2019-05").grand_total == 3

    def test_tells_a_nil_return_from_silence(self, founded, state_nothing):
        state_nothing(FIRST, "permit")
        size = ledger.size()

        table = queries.table(period="2019-05")
        before = queries.table(period="2019-05", ledger_size=size - 1)

        assert table.units[0].state is State.NIL
        assert table.units[0].nil_returns == ("permit",)
        assert table.units[1].state is State.SILENT
        assert before.units[0].state is State.SILENT

    def test_counts_a_district_with_the_unit_above_it(self, report):
        units.add_unit(
            unit=SourceUnit("u02-d1", 0, "市场监督管理局一区分局", "District 1"),
            parent=SECOND,
            effective_on=date(2019, 1, 1),
            actor="test",
            at=AT,
        )
        report(SECOND, "permit", 2)
        report("u02-d1", "permit", 3)

        table = queries.table(period="2019-05")

        assert cell(table, SECOND, "permit") == 5
        assert len(table.units) == len(catalog.units())

    def test_keeps_a_unit_that_closed_with_records_of_the_month(self, report):
        report(FIRST, "permit", 2)
        units.close_unit(code=FIRST, expires_on=date(2019, 5, 31), actor="test", at=AT)
        units.close_unit(code=SECOND, expires_on=date(2019, 5, 31), actor="test", at=AT)

        codes = [row.unit.code for row in queries.table(period="2019-05").units]

        assert codes[0] == FIRST
        assert SECOND not in codes

    def test_refuses_what_is_no_month(self, founded):
        with pytest.raises(InvalidPeriodError):
            queries.table(period="2019-13")

    def test_refuses_a_size_that_the_ledger_never_had(self, founded):
        with pytest.raises(queries.UnknownLedgerSizeError) as refused:
            queries.table(period="2019-05", ledger_size=ledger.size() + 1)

        assert refused.value.size == ledger.size()

    def test_needs_as_many_queries_for_many_records_as_for_one(
        self, report, django_assert_num_queries
    ):
        report(FIRST, "permit", 1)
        with django_assert_num_queries(8):
            queries.table(period="2019-05")
        report(SECOND, "permit", 50)
        with django_assert_num_queries(8):
            queries.table(period="2019-05")
