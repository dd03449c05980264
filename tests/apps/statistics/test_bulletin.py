"""The bulletin's table as JSON, CSV and a page."""

import csv
import io
import json
from html.parser import HTMLParser

import pytest

from xinheng.apps.ledger import queries as ledger
from xinheng.apps.statistics import bulletin, queries
from xinheng.core.catalog.datasets import Category, SourceUnit
from xinheng.core.statistics import footing, monthly
from xinheng.pipeline import printed_table
from xinheng.rulebook import catalog

FIRST, SECOND, THIRD = (unit.code for unit in catalog.units()[:3])


class Page(HTMLParser):
    """The texts of a page, and what it would load."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.loaded: list[str] = []
        self.rows = 0
        self.feed(content.decode())

    def handle_starttag(self, tag, attrs):
        self.rows += tag == "tr"
        self.loaded += [value for name, value in attrs if name in {"src", "href"}]

    def handle_data(self, data):
        self.texts.append(data.strip())


def issue(table, *, is_demo=False):
    return bulletin.Issue(table=table, ledger_root="ab" * 32, is_demo=is_demo)


@pytest.fixture
def table(report, state_nothing):
    report(FIRST, "permit", 3)
    report(SECOND, "credit_information", 2)
    state_nothing(THIRD, "permit")
    return queries.table(period="2019-05")


def small(*names):
    """A table of one column with a record for each of these names."""
    return monthly.MonthlyTable(
        period="2019-05",
        ledger_size=7,
        columns=(Category("permit", 1, "行政许可", "Permits"),),
        units=tuple(
            monthly.UnitRow(SourceUnit(f"u{i}", i, name, name), (1,))
            for i, name in enumerate(names, 1)
        ),
    )


class TestAsJson:
    def test_has_the_promised_shape(self, table):
        answer = json.loads(bulletin.as_json(issue(table)))

        assert answer["period"] == "2019-05"
        assert answer["ledger_size"] == ledger.size()
        assert len(answer["columns"]) == len(answer["totals"]) == 18
        first = answer["units"][0]
        assert first["unit"] == catalog.units()[0].name
        assert first["cells"][0] == first["total"] == 3
        assert sum(answer["totals"]) == answer["grand_total"] == 5
        assert answer["nil_units"] == [catalog.units()[2].name]
        assert len(answer["zero_units"]) == 46
        assert len(answer["silent_units"]) == 45

    def test_is_the_same_bytes_for_the_same_ledger_size(self, table, report):
        before = bulletin.as_json(issue(table))
        report(FIRST, "permit", 9)

        again = queries.table(period="2019-05", ledger_size=table.ledger_size)

        assert bulletin.as_json(issue(again)) == before


class TestAsCsv:
    def test_crossfoots_when_read_back(self, table, tmp_path):
        path = tmp_path / "bulletin.csv"
        path.write_bytes(bulletin.as_csv(issue(table, is_demo=True)))

        printed = printed_table.read(path)

        assert footing.crossfoot(printed).is_ok
        assert printed.totals == table.totals
        assert len(printed.rows) == 48

    def test_begins_with_a_byte_order_mark(self, table):
        assert bulletin.as_csv(issue(table)).startswith(b"\xef\xbb\xbf")

    @pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
    def test_lets_no_cell_be_a_formula(self, name):
        content = bulletin.as_csv(issue(small(name))).decode("utf-8-sig")

        row = list(csv.reader(io.StringIO(content)))[2]

        assert row[1] == f"'{name}"

    def test_is_marked_in_the_demo(self, table):
        assert "示例" in bulletin.as_csv(issue(table, is_demo=True)).decode("utf-8-sig")
        assert "虚构" not in bulletin.as_csv(issue(table)).decode("utf-8-sig")


class TestAsHtml:
    def test_shows_a_row_for_each_unit_and_loads_nothing(self, table):
        page = Page(bulletin.as_html(issue(table)))

        texts = " ".join(page.texts)
        assert page.loaded == []
        assert all(unit.name in texts for unit in catalog.units())
        assert "2019年5月公共信用信息报送情况" in texts
        # two bars twice, the header, 48 units and the totals
        assert page.rows == 4 + 1 + 48 + 1

    def test_names_units_by_what_they_did(self, table):
        texts = " ".join(Page(bulletin.as_html(issue(table))).texts)

        nil, silent = texts.split("零报告（1 个）：")[1].split("未报送（45 个）：")
        assert catalog.units()[2].name in nil
        assert catalog.units()[3].name in silent
        assert catalog.units()[2].name not in silent.split("报送情况表")[0]

    def test_asks_about_a_count_that_stands_in_many_columns(self, report):
        for dataset in ("permit", "penalty", "credit_information", "benefit_use"):
            report(FIRST, dataset, 16)

        texts = " ".join(
            Page(bulletin.as_html(issue(queries.table(period="2019-05")))).texts
        )

        assert "有 4 列同为 16" in texts

    def test_is_marked_in_the_demo_only(self, table):
        assert bulletin.DEMO_NOTE.encode() in bulletin.as_html(
            issue(table, is_demo=True)
        )
        assert bulletin.DEMO_NOTE.encode() not in bulletin.as_html(issue(table))

    def test_escapes_a_name(self):
        content = bulletin.as_html(issue(small("<script>局")))

        assert b"<script>" not in content
        assert "&lt;script&gt;局".encode() in content


class TestBars:
    def test_are_as_long_as_their_share_of_the_longest(self, table):
        bars = bulletin.unit_bars(table)

        assert [(bar.value, bar.share) for bar in bars] == [(3, "100.00"), (2, "66.67")]
