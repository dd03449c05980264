"""What everyone may see of the units' reporting, and how late records became public."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import city as cities
from tests.factories import files
from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.duties import operations
from xinheng.apps.duties.operations import Production
from xinheng.apps.records.models import Record

MAY = {"period": "2019-05"}


@pytest.fixture
def owing(city):
    """Three permits of U02, one of them a month late, and a return that says two."""
    for dataset in ("permit", "penalty"):
        operations.assign(
            actor=OPERATOR,
            unit="U02",
            dataset=dataset,
            effective_on=date(2019, 5, 1),
            at=cities.AT,
        )
    rows = files.permit_rows(3)
    for row, day in zip(rows, ("2019-05-02", "2019-05-30", "2019-05-31"), strict=True):
        row["许可决定日期"] = day
    cities.hand_in(rows)
    operations.declare_production(
        actor=cities.clerk_of("U02"),
        unit="U02",
        dataset="permit",
        period="2019-05",
        production=Production(5, 4, "系统升级", 2),
        at=cities.AT,
    )


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


class TestUnits:
    def test_shows_the_month_of_each_unit_with_its_lateness(self, client, owing):
        answer = client.get("/units/", MAY)

        (row,) = answer.context["rows"]
        assert (row.counts.counts.reported, row.counts.counts.late) == (3, 1)
        assert not row.heard.is_nil
        page = text_of(answer)
        assert "66.6 %" in page
        assert "60.0 %" in page
        assert 'href="/units/U02/?period=2019-05"' in page

    def test_is_there_where_nobody_owes_anything(self, client, city):
        assert "没有单位负有报送义务" in text_of(client.get("/units/", MAY))

    @pytest.mark.parametrize("period", ["", "x", "2999-01"])
    def test_falls_back_to_a_month_that_has_begun(self, client, city, period):
        assert client.get("/units/", {"period": period}).status_code == 200


class TestUnit:
    def test_shows_what_it_owes_and_sets_its_return_against_what_arrived(
        self, client, owing
    ):
        page = text_of(client.get("/units/U02/", MAY))

        assert "系统升级" in page
        assert "不一致" in page  # says two, three arrived
        assert "逾期未申报" in page  # of penalties nothing was declared
        assert "逾期未报" in page

    def test_tells_a_nil_return_from_silence(self, client, owing):
        before = text_of(client.get("/units/U02/", MAY))
        from xinheng.apps.intake import nil_returns

        nil_returns.file_nil_return(
            actor=cities.clerk_of("U02"),
            unit="U02",
            dataset="penalty",
            period="2019-05",
            at=cities.AT,
        )
        after = text_of(client.get("/units/U02/", MAY))

        assert "零报告" not in before
        assert "零报告" in after

    @pytest.mark.parametrize("code", ["U99", "none"])
    def test_is_not_there_for_an_unknown_unit(self, client, city, code):
        assert client.get(f"/units/{code}/").status_code == 404


class TestLatenessOfARecord:
    def test_counts_working_days_and_is_not_renewed_by_a_correction(self, client, city):
        rows = files.permit_rows(1)
        rows[0]["许可决定日期"] = "2019-05-21"
        cities.hand_in(rows)
        rows[0]["备注"] = "更正"
        cities.hand_in(rows, at=datetime(2019, 7, 1, 2, 0, tzinfo=UTC))
        uscc = rows[0]["行政相对人代码_1(统一社会信用代码)"]

        answer = client.get(f"/organizations/{uscc}")
        told = client.get(f"/api/v1/organizations/{uscc}").json()["records"][0]

        assert Record.objects.count() == 2
        # Seven working days after 21 May are over on the 30th; it came on 3 June.
        assert "逾期 2 个工作日" in text_of(answer)
        assert (told["due_on"], told["working_days_late"]) == ("2019-05-30", 2)

    def test_says_that_the_day_was_kept(self, client, city):
        rows = files.permit_rows(1)
        rows[0]["许可决定日期"] = "2019-05-31"
        cities.hand_in(rows)
        uscc = rows[0]["行政相对人代码_1(统一社会信用代码)"]

        page = text_of(client.get(f"/organizations/{uscc}"))

        assert "按期" in page


class TestWhatAPageAsksOfTheDatabase:
    def test_the_adoption_is_read_once_on_an_organizations_page(self, client, city):
        cities.hand_in(files.permit_rows(1))
        uscc = files.permit_rows(1)[0]["行政相对人代码_1(统一社会信用代码)"]

        with CaptureQueriesContext(connection) as seen:
            client.get(f"/organizations/{uscc}")

        asked = [each for each in seen if "law_adoption" in each["sql"]]
        assert len(asked) == 1

    def test_the_first_page_counts_the_register_once_for_a_state_of_the_ledger(
        self, client, city
    ):
        client.get("/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/")
        cities.hand_in(files.permit_rows(2))
        after = client.get("/")

        counting = [each["sql"] for each in seen if "COUNT(*)" in each["sql"]]
        assert not [sql for sql in counting if "records_record" in sql]
        assert after.context["permits"] == 2
