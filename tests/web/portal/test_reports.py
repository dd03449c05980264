"""Credit reports at the portal and the desk, and the page that verifies them."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories.city import an_organization
from xinheng.apps.ledger import queries
from xinheng.apps.organizations.models import Organization
from xinheng.apps.reports.models import Report

pytestmark = pytest.mark.usefixtures("city")
CODE = an_organization().code
PAGE = f"/organizations/{CODE}/credit-report"


def issued_code(answer) -> str:
    name = answer["Content-Disposition"]
    return name.partition(f"{CODE}-")[2].partition(".pdf")[0]


class TestPublic:
    def test_is_made_when_asked_for_and_not_by_looking(self, client):
        before = queries.size()
        page = client.get(PAGE)
        assert (page.status_code, queries.size()) == (200, before)

        answer = client.post(PAGE)

        assert answer.content.startswith(b"%PDF")
        assert "no-store" in answer["Cache-Control"]
        assert Report.objects.get().asker == "public"

    def test_leads_to_a_page_that_says_whether_it_still_holds(self, client):
        code = issued_code(client.post(PAGE))

        fresh = client.get(f"/verify/{code}").content.decode()
        Organization.objects.filter(uscc=CODE).update(authority="示例登记机关二")
        stale = client.get(f"/verify/{code}").content.decode()

        assert "与本报告一致" in fresh
        assert "本报告已被取代" in stale
        assert Report.objects.get().document_sha256 in fresh

    def test_is_as_known_then_where_the_address_says_so(self, client):
        size = queries.size()
        asked = f"{PAGE}?known_at={size}&on=2019-06-20"

        page = client.get(asked).content.decode()
        code = issued_code(client.post(asked))

        assert "2019年6月20日的情况" in page
        assert f'action="{PAGE}?known_at={size}&amp;on=2019-06-20"' in page
        assert "2019年6月20日" in client.get(f"/verify/{code}").content.decode()
        assert Report.objects.get().then_size == size
        wrong = client.post(f"{PAGE}?known_at=gestern")
        assert (wrong.status_code, Report.objects.count()) == (400, 1)

    def test_is_of_organizations_that_are_there(self, client):
        for method in (client.get, client.post):
            assert method("/organizations/none/credit-report").status_code == 404

    def test_names_the_sign_that_the_font_lacks(self, client):
        Organization.objects.filter(uscc=CODE).update(name="示例😀公司")

        answer = client.post(PAGE)

        assert answer.status_code == 422
        assert "U+1F600" in answer.content.decode()

    def test_is_safe_from_forged_requests(self):
        assert Client(enforce_csrf_checks=True).post(PAGE).status_code == 403


class TestDesk:
    def test_gives_a_report_for_a_matter_and_lists_it(self, clerk):
        told = {"code": CODE.lower(), "purpose": "示例采购〔2026〕1号"}

        answer = clerk.post("/desk/credit-reports/", told)

        assert answer.content.startswith(b"%PDF")
        assert told["purpose"] in clerk.get("/desk/credit-reports/").content.decode()
        row = Report.objects.get()
        assert (row.kind, row.unit_id) == ("ADMINISTRATIVE", "U02")

    def test_gives_one_as_known_then(self, clerk):
        told = {"code": CODE, "purpose": "示例", "on": "2019-06-20"}

        assert clerk.post("/desk/credit-reports/", told).content.startswith(b"%PDF")
        row = Report.objects.get()
        assert (str(row.then_on), row.then_size) == ("2019-06-20", queries.size() - 1)
        unknown = clerk.post("/desk/credit-reports/", told | {"known_at": "0"})
        assert "当时登记册中没有" in unknown.content.decode()

    @pytest.mark.parametrize(
        "told",
        [
            {"code": CODE},
            {"code": "9121", "purpose": "x"},
            {"purpose": "x"},
            {"code": CODE, "purpose": "x", "known_at": "gestern"},
            {"code": CODE, "purpose": "x", "on": "20.6.2019"},
            {"code": CODE, "purpose": "x", "known_at": "2999-01-01"},
        ],
    )
    def test_says_what_is_missing(self, clerk, told):
        page = clerk.post("/desk/credit-reports/", told).content.decode()

        assert "error-summary" in page
        assert not Report.objects.exists()
