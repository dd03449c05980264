"""Issues of the bulletin in public, and the records behind their numbers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.factories import files
from tests.factories.waiting import submit
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.statistics import issuing
from xinheng.apps.statistics.models import Bulletin

OFFICE = Actor("office-1", sees_all_units=True, may_decide=True)
AT = datetime(2019, 6, 15, 2, 0, tzinfo=UTC)


@pytest.fixture
def issued(city):
    submit(files.permit_rows(3), unit="U02")
    return issuing.issue(period="2019-05", actor=OFFICE, at=AT)


class TestIssue:
    def test_is_listed_and_shown_with_links_to_records(self, issued):
        client = Client()

        listed = client.get("/bulletin/").content.decode()
        shown = client.get("/bulletin/2019/1").content.decode()

        assert "〔2019〕第1期" in listed
        link = f"/table/2019-05/U02/permit?size={issued.ledger_size}"
        assert link in shown
        assert issued.sha256 in shown
        assert "U02" not in client.get(link).headers.get("Location", "")

    def test_is_the_same_file_each_time(self, issued):
        first = Client().get("/bulletin/2019/1.csv")
        submit(files.permit_rows(5)[3:], unit="U01")

        again = Client().get("/bulletin/2019/1.csv")

        assert first.content == again.content
        assert "attachment" in first.headers["Content-Disposition"]

    def test_says_that_records_were_corrected_since(self, issued):
        submit(files.permit_rows(5)[3:], unit="U01")

        shown = Client().get("/bulletin/2019/1").content.decode()

        assert "发布后该月记录有更正" in shown

    def test_is_withheld_where_somebody_edited_it(self, issued):
        row = Bulletin.objects.get()
        Bulletin.objects.update(content=row.content.replace("2019年5月", "2019年6月"))

        for address in ("/bulletin/2019/1", "/bulletin/2019/1.html"):
            assert Client().get(address).status_code == 503

    @pytest.mark.parametrize("address", ["/bulletin/2019/9", "/bulletin/2019/1.exe"])
    def test_is_not_found_where_there_is_none(self, issued, address):
        assert Client().get(address).status_code == 404


class TestCounted:
    def test_lists_the_records_that_the_cell_counts(self, issued):
        address = f"/table/2019-05/U02/permit?size={issued.ledger_size}"

        page = Client().get(address)

        assert page.context["cell"].count == page.context["page"].total == 3
        assert page.content.decode().count("<tr>") == 1 + 3

    def test_keeps_to_the_ledger_size(self, issued):
        submit(files.permit_rows(5)[3:], unit="U02")
        address = f"/table/2019-05/U02/permit?size={issued.ledger_size}"

        assert Client().get(address).context["page"].total == 3
        assert Client().get("/table/2019-05/U02/permit").context["page"].total == 5

    @pytest.mark.parametrize(
        "address",
        [
            "/table/2019-05/U99/permit",
            "/table/2019-05/U02/none",
            "/table/2099-05/U02/permit",
            "/table/2019-05/U02/permit?size=999999",
        ],
    )
    def test_is_not_found_for_a_cell_that_is_none(self, issued, address):
        assert Client().get(address).status_code == 404
