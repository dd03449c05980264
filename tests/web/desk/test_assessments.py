"""An assessment at the desk, by those who take part in it."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tests.factories import accounts
from xinheng.apps.assessments.models import Round, SchemeVersion

MAY = "2019-05"
ITEM = "U02/items/publicity_articles"


@pytest.fixture
def second(city):
    account = accounts.credit_office("second")
    client = Client()
    accounts.sign_in_verified(client, account, "second")
    return client


@pytest.fixture
def opened(office, second):
    """A round for May, proposed by one person and adopted by the other."""
    scheme = office.post("/desk/assessments/propose/department_110")["Location"]
    second.post(f"{scheme}/adopt")
    months = {"scheme": scheme.rpartition("/")[2], "first": MAY, "last": MAY}
    return office.post("/desk/assessments/open", months)["Location"]


def text(answer):
    return answer.content.decode()


class TestSchemes:
    def test_are_tried_before_they_are_adopted_by_a_second_person(self, office):
        page = office.post("/desk/assessments/propose/department_110")["Location"]
        tried = text(office.get(f"{page}?first=2019-05&last=2019-05"))
        early = text(office.get(f"{page}?first=2019-05&last=2099-07"))
        refused = text(office.post(f"{page}/adopt"))

        assert "行政审批局" in tried
        assert "月份顺序有误" in early
        assert "须由第二人办理" in refused

    def test_of_the_same_name_and_edition_stay_as_they_are(self, office):
        office.post("/desk/assessments/propose/department_110")
        SchemeVersion.objects.update(sha256="0" * 64)  # as if of another text

        answer = office.post("/desk/assessments/propose/department_110")

        assert answer["Location"] == "/desk/assessments/"


class TestRound:
    def test_goes_from_claim_to_notice(self, opened, office, second, clerk):
        claimed = clerk.post(f"{opened}/{ITEM}", {"number": "4", "text": "稿件四篇"})
        listed = text(second.get(opened))
        office.post(f"{opened}/{ITEM}", {"number": "3", "text": "一篇重复"})
        same = text(office.post(f"{opened}/act/publish"))
        second.post(f"{opened}/act/publish")
        clerk.post(f"{opened}/{ITEM}", {"text": "四篇均不重复"})
        second.post(f"{opened}/{ITEM}", {"number": "2", "text": "核实无误"})
        Round.objects.update(appeal_until=date(2019, 7, 8))  # the window is over
        second.post(f"{opened}/act/close")
        sheet = text(second.get(f"{opened}/U02/"))
        second.post(f"{opened}/U02/issue")
        notice = clerk.get(f"{opened}/U02/notice.pdf")

        assert claimed.status_code == 302
        assert "U02 · publicity_articles" in listed
        assert "须由第二人办理" in same
        assert "2 / 6" in sheet
        assert notice.content.startswith(b"%PDF")

    def test_says_at_its_field_what_is_wrong(self, opened, clerk):
        half = text(clerk.post(f"{opened}/{ITEM}", {"number": "1.5", "text": "稿件"}))
        personal = text(
            clerk.post(
                f"{opened}/{ITEM}", {"number": "1", "text": "210899199001010012"}
            )
        )

        assert "该项不能填写这个数" in half
        assert "210899199001010012" not in personal

    def test_hides_the_sheets_of_others(self, opened, clerk):
        assert clerk.get(f"{opened}/U01/").status_code == 404
        assert clerk.get(opened).status_code == 200
