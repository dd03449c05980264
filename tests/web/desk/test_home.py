"""The first page of the desk, by role."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import accounts, city, files


class TestClerk:
    def test_sees_what_was_reported_and_what_was_not(self, clerk):
        city.hand_in(files.permit_rows(4))

        answer = clerk.get("/desk/", {"period": "2019-05"})

        [duties] = answer.context["duties"]
        assert [(item.dataset, item.records) for item in duties.items] == [
            ("permit", 4)
        ]
        assert "penalty" in {item.name for item in duties.others}
        assert "入库 4 / 4 行" in answer.content.decode()

    def test_is_told_where_nothing_came(self, clerk):
        page = clerk.get("/desk/", {"period": "2019-05"}).content.decode()

        assert "本月尚未报送任何数据" in page
        assert "/desk/nil-return/U02/permit/2019-05" in page

    def test_does_not_see_other_units(self, clerk):
        city.hand_in(files.permit_rows(4), unit="U01", name="other.csv")

        assert "other.csv" not in clerk.get("/desk/").content.decode()

    @pytest.mark.parametrize("period", ["", "x", "2019-13"])
    def test_lands_on_a_month_in_any_case(self, clerk, period):
        assert clerk.get("/desk/", {"period": period}).status_code == 200

    def test_has_no_accounts_page(self, clerk):
        assert clerk.get("/desk/accounts/").status_code == 403


class TestCreditOffice:
    def test_sees_who_reported(self, office):
        city.hand_in(files.permit_rows(4))

        answer = office.get("/desk/", {"period": "2019-05"})

        assert len(answer.context["silent"]) == 47
        assert "各单位报送情况" in answer.content.decode()
        assert "permits.csv" in answer.content.decode()


class TestAdministrator:
    def test_reads_the_accounts(self, city):
        account = accounts.administrator()
        client = Client()
        accounts.sign_in_verified(client, account, "admin")

        page = client.get("/desk/accounts/").content.decode()

        assert "admin" in page
        assert "管理员" in page


class TestTemplates:
    def test_offers_every_dataset(self, clerk):
        page = clerk.get("/desk/templates/").content.decode()

        assert "/catalog/permit/template.xlsx" in page
