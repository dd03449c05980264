"""Statistics in public, the charts behind them, and the dashboard of the office."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import files
from tests.factories.waiting import submit


@pytest.fixture
def reported(city):
    submit(files.permit_rows(3), unit="U02")


class TestMonth:
    def test_has_a_table_behind_each_chart(self, reported):
        page = Client().get("/statistics/2019-05").content.decode()

        assert page.count('<img class="chart"') == page.count("<details>") == 4
        assert "双公示比" in page

    def test_is_led_to_from_the_last_month_with_records(self, reported):
        assert Client().get("/statistics/").headers["Location"].endswith("/2019-05")

    def test_is_not_found_before_it_has_begun(self, city):
        assert Client().get("/statistics/2099-01").status_code == 404


class TestChart:
    @pytest.mark.parametrize("name", ["records", "units", "publicity", "codes"])
    def test_is_a_picture_of_its_own_without_scripts(self, reported, name):
        answer = Client().get(f"/statistics/2019-05/{name}.svg")

        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert answer.content.startswith(b"<svg")
        assert b"<script" not in answer.content

    def test_speaks_the_readers_language(self, reported):
        english = Client(headers={"accept-language": "en"})

        assert b"permits" in english.get("/statistics/2019-05/publicity.svg").content

    def test_is_not_found_where_there_is_none(self, reported):
        assert Client().get("/statistics/2019-05/none.svg").status_code == 404


class TestDashboard:
    def test_shows_every_clock_beside_the_months(self, reported, office):
        page = office.get("/desk/dashboard/?period=2019-05")

        shown = page.content.decode()
        assert page.context["period"] == "2019-05"
        for clock in ("名单陈述申辩期限", "待解除的措施", "当月报送义务"):
            assert clock in shown
        assert shown.count('<img class="chart"') == 4

    def test_opens_on_the_last_month_with_records(self, reported, office):
        assert office.get("/desk/dashboard/").context["period"] == "2019-05"
