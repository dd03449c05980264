"""The monthly table: bars, shades, silent units in words, downloads."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from tests.factories import city as cities
from tests.factories import files
from xinheng.apps.intake import nil_returns

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def month(city: None) -> None:
    """12 permits of U02; U06 filed a nil return."""
    cities.hand_in(files.permit_rows(12))
    nil_returns.file_nil_return(
        actor=cities.clerk_of("U06"),
        unit="U06",
        dataset="permit",
        period="2019-05",
        at=cities.AT,
    )


def show(client, period="2019-05", **query):
    return client.get(reverse("portal:table-month", args=[period]), query)


@pytest.mark.usefixtures("month")
class TestMonth:
    def test_shows_every_unit_and_column(self, client):
        page = show(client).content.decode()

        assert page.count('<th scope="row"') == 48 + 1
        assert page.count('<th scope="col"') == 18 + 2

    def test_says_in_words_who_was_silent_and_who_had_nothing(self, client):
        page = show(client).content.decode()

        assert page.count('<span class="tag warn">未报送</span>') == 46
        assert page.count('<span class="tag accent">零报告</span>') == 1

    def test_names_the_size_of_the_ledger(self, client):
        answer = show(client)

        table = answer.context["table"]
        assert f"账本规模为 {table.ledger_size} 条" in answer.content.decode()
        assert table.grand_total == 12

    def test_shows_an_earlier_state_by_its_size(self, client):
        size = show(client).context["table"].ledger_size
        cities.hand_in(files.permit_rows(20), name="more.csv")

        now, then = show(client), show(client, size=size)

        assert now.context["table"].grand_total == 20
        assert then.context["table"].grand_total == 12

    @pytest.mark.parametrize("size", ["99999", "9" * 30])
    def test_knows_no_size_that_never_was(self, client, size):
        assert show(client, size=size).status_code == 404

    def test_stands_a_month_without_anything(self, client):
        page = show(client, "2020-02").content.decode()

        assert page.count('<span class="tag warn">未报送</span>') == 48

    @pytest.mark.parametrize("period", ["2019-13", "2019-5", "1899-01", "x"])
    def test_knows_no_other_month(self, client, period):
        assert client.get(f"/table/{period}").status_code == 404


@pytest.mark.usefixtures("month")
class TestDownload:
    def test_json_has_the_published_shape(self, client):
        answer = client.get("/table/2019-05.json")

        table = json.loads(answer.content)
        assert table["totals"][0] == 12
        assert {"period", "ledger_size", "columns", "units"} <= set(table)

    def test_csv_opens_in_a_spreadsheet(self, client):
        answer = client.get("/table/2019-05.csv")

        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert "attachment" in answer["Content-Disposition"]

    def test_knows_no_other_format(self, client):
        assert client.get("/table/2019-05.exe").status_code == 404


class TestLatest:
    def test_leads_to_the_last_month_with_records(self, client, month):
        assert client.get("/table/")["Location"] == "/table/2019-05"

    def test_leads_to_last_month_before_anything_is_there(self, client):
        assert client.get("/table/").status_code == 302


class TestQueries:
    def test_do_not_grow_with_what_is_stored(
        self, client, month, django_assert_max_num_queries
    ):
        cities.hand_in(files.permit_rows(200), name="many.csv")

        with django_assert_max_num_queries(12):
            show(client)


def test_knows_no_month_that_has_not_begun(client):
    assert client.get("/table/2098-01").status_code == 404
    assert client.get("/table/2098-01.csv").status_code == 404
