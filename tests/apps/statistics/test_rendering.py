"""A publication in six formats, each the same bytes for the same content."""

import csv
import io
import json
import zipfile
from datetime import date
from html.parser import HTMLParser

import docx
import fastexcel
import pytest

from xinheng.apps.ledger import queries as ledger
from xinheng.apps.statistics import html, publication, queries, rendering
from xinheng.core.catalog.datasets import Category, SourceUnit
from xinheng.core.statistics import footing, monthly
from xinheng.core.statistics.document import Chart
from xinheng.pipeline import printed_table
from xinheng.rulebook import catalog

FIRST, SECOND, THIRD = (unit.code for unit in catalog.units()[:3])
ON = date(2019, 6, 15)


class Page(HTMLParser):
    """The texts of a page, and what it would load."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.loaded: list[str] = []
        self.feed(content.decode())

    def handle_starttag(self, tag, attrs):
        self.loaded += [value for name, value in attrs if name in {"src", "href"}]

    def handle_data(self, data):
        self.texts.append(data.strip())


@pytest.fixture
def table(report, state_nothing):
    report(FIRST, "permit", 3)
    report(SECOND, "credit_information", 2)
    state_nothing(THIRD, "permit")
    return queries.table(period="2019-05")


@pytest.fixture
def draft(table):
    return publication.draft(table, as_of=ON)


def small(*names):
    """A table of one column with a record for each of these names."""
    return monthly.MonthlyTable(
        period="2019-05",
        ledger_size=0,
        columns=(Category("permit", 1, "行政许可", "Permits"),),
        units=tuple(
            monthly.UnitRow(SourceUnit(f"u{i}", i, name, name), (1,))
            for i, name in enumerate(names, 1)
        ),
    )


def page(told):
    return Page(rendering.RENDER["html"](told))


class TestAsJson:
    def test_has_the_promised_shape(self, draft):
        answer = json.loads(rendering.as_json(draft.data))

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


class TestAsCsv:
    def test_crossfoots_when_read_back(self, table, draft, settings, tmp_path):
        path = tmp_path / "bulletin.csv"
        path.write_bytes(rendering.as_csv(draft.data))

        printed = printed_table.read(path)

        assert footing.crossfoot(printed).is_ok
        assert printed.totals == table.totals
        assert len(printed.rows) == 48

    @pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
    def test_lets_no_cell_be_a_formula(self, name, founded):
        draft = publication.draft(small(name), as_of=ON)

        content = rendering.as_csv(draft.data).decode("utf-8-sig")

        row = list(csv.reader(io.StringIO(content)))[2]
        assert row[1] == f"'{name}"


class TestAsHtml:
    def test_shows_a_row_for_each_unit_and_loads_nothing(self, draft):
        shown = page(draft)

        texts = " ".join(shown.texts)
        assert shown.loaded == []
        assert all(unit.name in texts for unit in catalog.units())
        assert "2019年5月公共信用信息报送情况" in texts

    def test_names_units_by_what_they_did(self, draft):
        texts = page(draft).texts

        silent = texts[texts.index("未报送（45 个）") + 1 :]
        nil = texts[texts.index("零报告（1 个）") + 1 :]
        assert catalog.units()[3].name in "".join(silent[:3])
        assert catalog.units()[2].name in "".join(nil[:3])

    def test_asks_about_a_count_that_stands_in_many_columns(self, report):
        for dataset in ("permit", "penalty", "credit_information", "benefit_use"):
            report(FIRST, dataset, 16)

        told = publication.draft(queries.table(period="2019-05"), as_of=ON)

        assert "4个栏目的记录数都是16" in " ".join(page(told).texts)

    def test_is_marked_in_the_demo_only(self, table, draft, settings):
        settings.DEMO = True
        marked = publication.draft(table, as_of=ON)

        note = publication.DEMO_NOTE
        assert all(
            note in rendering.RENDER[name](marked).decode("utf-8-sig")
            for name in ("html", "csv")
        )
        assert note not in " ".join(page(draft).texts)

    def test_escapes_a_name(self, founded):
        told = publication.draft(small("<script>局"), as_of=ON)

        content = rendering.RENDER["html"](told)

        assert b"<script>" not in content
        assert "&lt;script&gt;局".encode() in content

    def test_leads_from_a_number_to_its_records(self, draft):
        body = html.body(draft.document, lambda drill: f"/records/{drill}")

        links = Page(body.encode()).loaded
        assert links == [
            f"/records/{FIRST}/permit",
            f"/records/{SECOND}/credit_information",
        ]

    def test_draws_bars_as_long_as_their_share_of_the_longest(self):
        bars = html.bars(Chart("units", "", (("a", 3), ("b", 2))))

        assert [bar.share for bar in bars] == ["100.00", "66.67"]


class TestAsDocx:
    def test_has_real_headings_and_the_whole_table(self, table, draft):
        content = rendering.RENDER["docx"](draft)

        made = docx.Document(io.BytesIO(content))
        headings = [p.text for p in made.paragraphs if p.style.name == "Heading 1"]
        assert headings == [
            *(section.title for section in draft.document.sections),
            "说明",
        ]
        grid = made.tables[-1]
        assert len(grid.rows) == 1 + 48 + 1
        assert [cell.text for cell in grid.rows[-1].cells][-2] == "5"
        assert grid.rows[0]._tr.xpath("w:trPr/w:tblHeader")

    def test_carries_no_moment_of_its_making(self, draft):
        content = rendering.RENDER["docx"](draft)

        with zipfile.ZipFile(io.BytesIO(content)) as package:
            dates = {part.date_time for part in package.infolist()}
            about = package.read("docProps/core.xml").decode()
        assert dates == {(2000, 1, 1, 0, 0, 0)}
        assert "python-docx" not in about


class TestAsXlsx:
    def test_has_numbers_as_numbers(self, draft):
        content = rendering.RENDER["xlsx"](draft)

        book = fastexcel.read_excel(content)
        assert "报送情况表" in book.sheet_names
        sheet = book.load_sheet("报送情况表", header_row=3).to_polars()
        assert sheet["行政许可"].to_list()[0] == 3
        assert sheet["数据总量"].to_list()[-1] == 5


class TestEveryFormat:
    def test_is_the_same_bytes_from_kept_content(self, draft):
        again = publication.of_content(draft.content)

        for name, render in rendering.RENDER.items():
            assert render(again) == render(draft), name
        assert rendering.RENDER["pdf"](draft).startswith(b"%PDF")
