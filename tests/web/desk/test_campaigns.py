"""Campaigns and activities at the desk and in public, as their readers use them."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import accounts
from tests.factories import city as cities
from xinheng.apps.campaigns.models import Activity, Campaign, Target

OPENED = {
    "topic": "wage_arrears",
    "title": "",
    "basis": "示治〔2019〕1号",
    "lead": "U02",
    "opened_on": "2019-05-02",
    "ends_on": "",
}
ACTIVITY = {
    "unit": "U02",
    "kind": "integrity_campaign",
    "number": "示诚行〔2019〕1号",
    "title": "诚信宣传",
    "text": "在广场宣传。",
    "held_on": "2019-05-20",
}


@pytest.fixture
def other(city):
    """A browser of another person of the credit office."""
    account = accounts.credit_office("second")
    client = Client()
    accounts.sign_in_verified(client, account, "second")
    return client


class TestCampaign:
    def test_goes_from_opening_to_its_end_by_two_persons(self, clerk, office, other):
        uscc = cities.an_organization().code
        office.post("/desk/campaigns/open", OPENED)
        page = f"/desk/campaigns/{Campaign.objects.get().id}"
        told = {"uscc": uscc, "unit": "U02", "note": "拖欠工资", "document_no": "1号"}
        office.post(f"{page}/targets/new", told)
        about = f"/desk/campaigns/targets/{Target.objects.get().id}"

        without_day = clerk.post(about, {"choice": "REMINDER", "document_no": "2号"})
        reminder = {"choice": "REMINDER", "document_no": "2号", "held_on": "2019-05-20"}
        clerk.post(about, reminder)
        clerk.post(about, {"choice": "settle", "document_no": "示结1号"})
        early = office.post(page, {"document_no": "示总1号"}).content.decode()
        office.post(about, {"choice": "confirm"})
        office.post(page, {"document_no": "示总1号"})
        own = office.post(page, {"confirm": "1"}).content.decode()
        other.post(page, {"confirm": "1"})

        assert "请填写日期" in without_day.content.decode()
        assert "还有治理对象未办结" in early
        assert "须由他人确认" in own
        assert Campaign.objects.get().state == "CLOSED"
        public = Client().get("/campaigns/").content.decode()
        assert "拖欠工资专项治理" in public
        assert uscc not in public
        assert cities.an_organization().name not in public

    def test_links_an_error_to_its_field(self, office):
        page = office.post("/desk/campaigns/open", {**OPENED, "basis": ""})

        assert 'href="#id_basis"' in page.content.decode()


class TestActivity:
    def test_is_public_and_counts_once_another_person_approved_it(self, clerk, office):
        clerk.post("/desk/activities/new", ACTIVITY)
        number = Activity.objects.get().id
        twice = clerk.post("/desk/activities/new", ACTIVITY).content.decode()
        before = Client().get("/campaigns/").content.decode()
        office.post(f"/desk/activities/{number}", {"choice": "approve", "reason": ""})

        assert "已用此编号报送过" in twice
        assert "诚信宣传" not in before
        assert "诚信宣传" in Client().get("/campaigns/").content.decode()
        cell = Client().get("/table/2019-05/U02/integrity_campaign").content.decode()
        assert "逐项登记" in cell

    def test_is_sent_back_and_handed_in_again(self, clerk, office):
        clerk.post("/desk/activities/new", ACTIVITY)
        page = f"/desk/activities/{Activity.objects.get().id}"
        office.post(page, {"choice": "send-back", "reason": "请写明地点"})

        assert "请写明地点" in clerk.get(page).content.decode()
        clerk.post(f"{page}/edit", {**ACTIVITY, "text": "在人民广场宣传。"})
        assert Activity.objects.get().state == "SUBMITTED"
