"""A unit's calendar, its declarations, and the rates, by role."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import ClassVar

import pytest

from tests.factories import city as cities
from tests.factories import files
from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.duties import operations
from xinheng.apps.duties.models import Contact, Duty, ProductionReturn
from xinheng.apps.units import operations as units

MAY = {"period": "2019-05"}
PRODUCTION = "/desk/production/U02/permit/2019-05"


@pytest.fixture
def assign(city):
    def assigned(unit="U02", dataset="permit"):
        operations.assign(
            actor=OPERATOR,
            unit=unit,
            dataset=dataset,
            effective_on=date(2019, 5, 1),
            at=cities.AT,
        )

    return assigned


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


class TestCalendar:
    def test_shows_last_days_and_where_the_unit_stands(self, assign, clerk):
        assign()

        page = text_of(clerk.get("/desk/duties/U02/", MAY))

        assert "2019年6月12日" in page
        assert "逾期未报" in page
        assert "/desk/nil-return/U02/permit/2019-05" in page

    def test_tells_nothing_owed(self, clerk):
        assert "没有报送义务" in text_of(clerk.get("/desk/duties/U02/", MAY))

    @pytest.mark.parametrize("unit", ["U01", "U99"])
    def test_is_not_there_for_another_unit(self, clerk, unit):
        assert clerk.get(f"/desk/duties/{unit}/").status_code == 404

    def test_is_open_to_the_credit_office_without_the_clerks_links(
        self, assign, office
    ):
        assign()

        page = text_of(office.get("/desk/duties/U02/", MAY))

        assert "/desk/nil-return/" not in page
        assert "/desk/duties/U02/contact" in page


class TestProduction:
    def test_is_declared_and_corrected(self, assign, clerk):
        assign()
        for produced in ("3", "4"):
            answer = clerk.post(
                PRODUCTION,
                {
                    "produced": produced,
                    "published": "0",
                    "reported": "0",
                    "reason": "网站维护",
                },
            )
            assert answer.status_code == 302

        assert "产生 4 件" in text_of(clerk.get("/desk/duties/U02/", MAY))
        assert ProductionReturn.objects.count() == 2

    @pytest.mark.parametrize(
        ("answers", "field"),
        [
            ({"produced": "", "published": "0", "reported": "0"}, "produced"),
            ({"produced": "x", "published": "0", "reported": "0"}, "produced"),
            ({"produced": "-1", "published": "0", "reported": "0"}, "produced"),
            (
                {"produced": "1", "published": "2", "reported": "0", "reason": "无"},
                "published",
            ),
            (
                {"produced": "1", "published": "0", "reported": "2", "reason": "无"},
                "reported",
            ),
            ({"produced": "2", "published": "2", "reported": "2"}, "reason"),
            (
                {
                    "produced": "2",
                    "published": "2",
                    "reported": "2",
                    "reason": cities.PERSONAL_NUMBER,
                },
                "reason",
            ),
        ],
    )
    def test_says_at_the_field_what_is_wrong(self, assign, clerk, answers, field):
        assign()

        answer = clerk.post(PRODUCTION, answers)

        assert list(answer.context["form"].errors) == [field]
        assert 'class="error-summary"' in text_of(answer)
        assert not ProductionReturn.objects.exists()

    @pytest.mark.parametrize(
        ("address", "status"),
        [
            ("/desk/production/U01/permit/2019-05", 403),
            ("/desk/production/U02/penalty/2019-05", 404),
            ("/desk/production/U02/nothing/2019-05", 404),
            ("/desk/production/U02/permit/201905", 404),
        ],
    )
    def test_is_asked_of_who_owes_it(self, assign, clerk, address, status):
        assign()

        assert clerk.get(address).status_code == status


class TestProductionAsAFile:
    ADDRESS = "/desk/production/U02/file"

    def hand_in(self, clerk, *lines):
        header = "period,dataset,produced,published,reported,reason"
        content = "\n".join([header, *lines]).encode("utf-8-sig")
        return clerk.post(self.ADDRESS, {"file": io.BytesIO(content)})

    def test_is_fetched_with_what_is_owed_and_taken_back(self, assign, clerk):
        assign()
        fetched = clerk.get("/desk/production/U02.csv", MAY)
        header, row = fetched.content.decode("utf-8-sig").split()

        answer = self.hand_in(clerk, row.replace(",,,,", ",3,1,0,网站维护"))
        again = clerk.get("/desk/production/U02.csv", MAY).content.decode("utf-8-sig")

        assert header == "period,dataset,produced,published,reported,reason"
        assert row == "2019-05,permit,,,,"
        assert answer.context["taken"].declared == 1
        assert "2019-05,permit,3,1,0,网站维护" in again
        assert ProductionReturn.objects.get().reported == 0

    def test_tells_each_row_that_it_refuses_and_takes_the_others(self, assign, clerk):
        assign()
        answer = self.hand_in(
            clerk,
            "2019-05,permit,3,1,0,网站维护",
            "2019-05,permit,,,,",
            "2019-05,permit,x,1,0,",
            "2019-05,permit,1,2,0,",
            "2019-05,permit,1,1,2,",
            "2019-05,permit,1,0,0,",
            "2019-05,penalty,1,1,1,",
            "201905,permit,1,1,1,",
            f"2019-05,permit,1,0,0,{cities.PERSONAL_NUMBER}",
        )

        assert [code for _, _, code in answer.context["refused"]] == [
            "NUMBER_FORMAT",
            "PRODUCTION_NUMBER",
            "PRODUCTION_REPORTED",
            "PRODUCTION_REASON",
            "PRODUCTION_NOT_OWED",
            "PERIOD_FORMAT",
            "PRODUCTION_REASON_TEXT",
        ]
        assert (answer.context["taken"].declared, ProductionReturn.objects.count()) == (
            1,
            1,
        )

    @pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00"])
    def test_refuses_what_is_no_such_file(self, assign, clerk, content):
        answer = clerk.post(self.ADDRESS, {"file": io.BytesIO(content)})

        assert list(answer.context["form"].errors) == ["file"]

    def test_is_for_the_unit_itself(self, clerk, office):
        assert office.get(self.ADDRESS).status_code == 403
        assert clerk.get("/desk/production/U01.csv").status_code == 403


class TestDutiesOfTheUnits:
    FORM: ClassVar = {
        "unit": "U02",
        "dataset": "permit",
        "frequency": "",
        "effective_on": "2019-05-01",
    }

    def test_are_assigned_and_ended_by_the_credit_office(self, office):
        assigned = office.post("/desk/duties/assign", self.FORM)
        page = text_of(office.get(assigned.url))
        ended = office.post("/desk/duties/U02/permit/end", {"expires_on": "2019-07-01"})

        assert "/desk/duties/U02/permit/end" in page
        assert "已指定" in page
        duty = Duty.objects.get()
        assert (duty.frequency, str(duty.effective_on), str(duty.expires_on)) == (
            "working_days",
            "2019-05-01",
            "2019-07-01",
        )
        after = text_of(office.get(ended.url))
        assert "2019年7月1日" in after
        assert "/desk/duties/U02/permit/end" not in after

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"unit": ""}, "unit"),
            ({"dataset": "nothing"}, "dataset"),
            ({"frequency": "hourly"}, "frequency"),
            ({"effective_on": "1 May"}, "effective_on"),
            ({"effective_on": "2019-06-01"}, "effective_on"),
            ({"dataset": "judgment", "frequency": "working_days"}, "frequency"),
        ],
    )
    def test_say_at_the_field_what_is_wrong(self, assign, office, change, field):
        assign()

        answer = office.post("/desk/duties/assign", self.FORM | change)

        assert list(answer.context["form"].errors) == [field]
        assert 'class="error-summary"' in text_of(answer)
        assert Duty.objects.count() == 1

    def test_end_behind_their_first_day(self, assign, office):
        assign()

        page = text_of(
            office.post("/desk/duties/U02/permit/end", {"expires_on": "2019-05-01"})
        )

        assert 'class="error-summary"' in page
        assert Duty.objects.get().expires_on is None

    def test_are_narrowed_to_a_unit(self, assign, office):
        assign()
        assign(unit="U01")

        page = text_of(office.get("/desk/duties/?unit=U01"))

        assert "/desk/duties/U01/permit/end" in page
        assert "/desk/duties/U02/permit/end" not in page

    @pytest.mark.parametrize(
        "address",
        ["/desk/duties/", "/desk/duties/assign", "/desk/duties/U02/permit/end"],
    )
    def test_are_not_the_clerks_to_change(self, assign, clerk, address):
        assign()

        assert clerk.get(address).status_code == 403

    @pytest.mark.parametrize("unit", ["U01", "U99"])
    def test_can_end_only_where_there_is_one(self, assign, office, unit):
        assign()

        assert office.get(f"/desk/duties/{unit}/permit/end").status_code == 404


class TestContact:
    def test_is_set_by_the_credit_office(self, office):
        office.post("/desk/duties/U02/contact", {"address": "office@example.org"})

        assert Contact.objects.get().address == "office@example.org"
        assert "office@example.org" in text_of(office.get("/desk/duties/U02/"))

    def test_must_be_an_address(self, office):
        page = text_of(office.post("/desk/duties/U02/contact", {"address": "x"}))

        assert 'class="error-summary"' in page

    def test_is_not_the_clerks_to_set(self, clerk):
        assert clerk.get("/desk/duties/U02/contact").status_code == 403


class TestRates:
    def test_show_each_rate_with_its_denominator(self, assign, office):
        assign()
        cities.hand_in(files.permit_rows(4))

        page = text_of(office.get("/desk/rates/", MAY))

        assert " / 4" in page
        assert "未申报" in page
        assert "合规率＝" in page

    def test_are_in_english_for_readers_of_english(self, assign, office):
        assign()

        page = text_of(
            office.get("/desk/rates/", MAY, headers={"accept-language": "en"})
        )

        assert "rows received" in page

    def test_show_a_unit_its_own(self, assign, clerk):
        assign()
        assign("U01")

        rows = clerk.get("/desk/rates/", MAY).context["rows"]

        assert [row.unit_code for row in rows] == ["U02"]

    def test_come_as_a_table_that_no_spreadsheet_runs(self, assign, office):
        assign()
        units.rename_unit(
            code="U02", name="=1+1", name_en="x", actor="operator", at=cities.AT
        )
        cities.hand_in(files.permit_rows(4))

        answer = office.get("/desk/rates.csv", {**MAY, "dataset": "permit"})

        [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
        assert row["name"] == "'=1+1"
        assert (row["received"], row["passed"], row["produced"]) == ("4", "4", "")
        assert row["compliance_rate"] == "1.0000"

    def test_are_not_public(self, client):
        for page in ("/desk/rates/", "/desk/rates.csv", "/desk/duties/U02/"):
            assert client.get(page).status_code == 302


class TestHome:
    def test_asks_for_what_is_owed_and_keeps_the_rest_folded(self, assign, clerk):
        assign()
        cities.hand_in(files.permit_rows(2), dataset="permit")

        answer = clerk.get("/desk/", MAY)

        [duties] = answer.context["duties"]
        assert [item.duty.dataset for item in duties.owed] == ["permit"]
        assert duties.items == []
        assert "permit" not in {item.name for item in duties.others}
        assert PRODUCTION in text_of(answer)

    def test_tells_a_silent_unit_from_one_with_nothing(self, assign, clerk):
        assign()
        silent = text_of(clerk.get("/desk/", MAY))
        clerk.post("/desk/nil-return/U02/permit/2019-05", {"confirmed": "on"})
        stated = text_of(clerk.get("/desk/", MAY))

        assert "逾期未报" in silent
        assert "逾期未报" not in stated
        assert "已零报告" in stated
