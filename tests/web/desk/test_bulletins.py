"""Briefs and issues at the desk, as clerk and credit office use them."""

from __future__ import annotations

import random

import pytest
from django.test import Client

from tests.factories import accounts, files, people
from tests.factories.waiting import submit
from xinheng.apps.statistics import issuing
from xinheng.apps.statistics.models import Brief

TOLD = {
    "writer": "U02",
    "section": "BRIEF",
    "period": "2019-05",
    "title": "窗口公示",
    "text": "本单位公示了许可。",
}


@pytest.fixture
def other(city):
    """A browser of another person of the credit office."""
    account = accounts.credit_office("second")
    client = Client()
    accounts.sign_in_verified(client, account, "second")
    return client


class TestBriefs:
    def test_go_from_the_unit_through_the_office_into_the_issue(
        self, clerk, office, other
    ):
        submit(files.permit_rows(2), unit="U02")
        clerk.post("/desk/bulletin/briefs/new", TOLD)
        brief = Brief.objects.get().id
        page = f"/desk/bulletin/briefs/{brief}"

        office.post(f"{page}/edit", {"title": "窗口公示许可", "text": "正文。"})
        own = office.get(page).content.decode()
        other.post(page, {"choice": "approve", "reason": ""})
        issued = office.post(
            "/desk/bulletin/2019-05/issue", {"contact": "信用办", "distribution": ""}
        )

        assert "由您撰写或修改的简讯须由他人审核" in own
        assert issued.headers["Location"].startswith("/bulletin/")
        shown = Client().get(issued.headers["Location"]).content.decode()
        assert "窗口公示许可（市场监督管理局）" in shown
        assert "信用办" in shown
        late = clerk.post("/desk/bulletin/briefs/new", TOLD)
        assert "该月简报已经发布" in late.content.decode()

    def test_are_sent_back_with_a_reason(self, clerk, office):
        clerk.post("/desk/bulletin/briefs/new", TOLD)
        page = f"/desk/bulletin/briefs/{Brief.objects.get().id}"

        without = office.post(page, {"choice": "send-back", "reason": ""})
        office.post(page, {"choice": "send-back", "reason": "请写明日期"})

        assert without.status_code == 200
        assert "请写明日期" in clerk.get(page).content.decode()

    def test_with_a_personal_number_are_refused_without_repeating_it(self, clerk):
        number = people.number_18(random.Random(8))

        page = clerk.post(
            "/desk/bulletin/briefs/new", {**TOLD, "text": f"经办人 {number}"}
        )

        assert "请删去个人身份证号码" in page.content.decode()
        assert not Brief.objects.exists()

    def test_of_the_offices_sections_are_not_the_units(self, clerk):
        page = clerk.post("/desk/bulletin/briefs/new", {**TOLD, "section": "PROGRESS"})

        assert "该栏目只由信用办撰写" in page.content.decode()

    def test_of_another_unit_are_not_found(self, office, clerk, city):
        office.post("/desk/bulletin/briefs/new", {**TOLD, "writer": "office"})

        page = f"/desk/bulletin/briefs/{Brief.objects.get().id}"
        assert clerk.get(page).status_code == 404


class TestIssue:
    def test_refuses_a_month_without_data_in_so_many_words(self, office):
        page = office.post("/desk/bulletin/2019-04/issue", {})

        assert "该月没有任何单位报送" in page.content.decode()
        assert issuing.list_issues() == ()

    def test_refuses_a_personal_number_in_a_line(self, office):
        submit(files.permit_rows(2), unit="U02")
        number = people.number_18(random.Random(8))

        page = office.post("/desk/bulletin/2019-05/issue", {"contact": number})

        assert "请删去个人身份证号码" in page.content.decode()

    def test_offers_the_months_with_records(self, office):
        submit(files.permit_rows(2), unit="U02")

        page = office.get("/desk/bulletin/")

        assert [each.period for each in page.context["months"]] == ["2019-05"]
