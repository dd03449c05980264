"""The organization's own pages: coming in, objecting, repairing, taking along."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pytest
from django.test import Client

from tests.factories import pdfs, redress
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.redress import FIRST, LATER
from xinheng.apps.accounts.models import User
from xinheng.apps.agents import operations as agents
from xinheng.apps.cases.models import Case
from xinheng.apps.records import landing
from xinheng.apps.records.models import Record
from xinheng.apps.reports.models import Consent
from xinheng.apps.standing.models import LookUp

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path) -> redress.Body:
    settings.ARCHIVE_DIR = tmp_path / "archive"
    settings.KEYS_DIR = tmp_path / "keys"
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    redress.collect("permit", "penalty")
    redress.adopt(at=redress.AT)
    return redress.a_body()


@pytest.fixture
def letter(body) -> agents.Letter:
    return agents.issue_letter(uscc=body.uscc, actor=FIRST, at=LATER)


def answers(letter, **change) -> dict[str, str]:
    plain = {
        "uscc": letter.uscc,
        "code": letter.code,
        "role": "EMPLOYEE",
        "username": "firm-jia",
        "password": PASSWORD,
    }
    return {**plain, **change}


@pytest.fixture
def agent(client: Client, letter) -> Client:
    client.post("/my/activate", answers(letter))
    sign_in(client, "firm-jia")
    return client


def a_file(text: str) -> io.BytesIO:
    content = io.BytesIO(pdfs.pdf(pdfs.page(f"{text} Tj".encode())))
    content.name = "proof.pdf"
    return content


def page(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


class TestActivate:
    def test_leads_from_the_letter_to_the_organization(self, client, letter):
        done = client.post("/my/activate", answers(letter))

        assert done["Location"] == "/my/activated"
        signed_in = sign_in(client, "firm-jia")
        assert signed_in["Location"] == "/desk/"
        assert client.get("/desk/")["Location"] == "/my/"
        assert client.get("/my/")["Location"] == f"/my/{letter.uscc}/"

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"code": "AAAAA-AAAAA-AAAAA-AAAAA"}, "code"),
            ({"uscc": "912108990000000000"}, "code"),
            ({"username": "甲"}, "username"),
            ({"password": "short"}, "password"),
            ({"role": ""}, "role"),
        ],
    )
    def test_says_at_the_field_what_is_wrong(self, client, letter, change, field):
        text = page(client.post("/my/activate", answers(letter, **change)))

        assert f'href="#id_{field}' in text
        assert not User.objects.filter(username="firm-jia").exists()


class TestAccess:
    @pytest.mark.parametrize("path", ["", "looks", "export.json", "commitments/new/"])
    def test_is_closed_to_strangers(self, client, body, path):
        address = f"/my/{body.uscc}/{path}"

        assert client.get(address)["Location"].startswith("/desk/sign-in")

    def test_shows_no_other_organization(self, agent, body):
        assert agent.get("/my/91210899MA00000000/").status_code == 404

    def test_gives_an_agent_nothing_of_the_units(self, agent):
        for path in ("accounts/", "redress/agents/"):
            assert agent.get(f"/desk/{path}").status_code == 403


class TestOrganization:
    def test_shows_what_is_held_public_or_not(self, agent, body):
        redress.a_permit(body)
        redress.a_penalty(body)

        text = page(agent.get(f"/my/{body.uscc}/"))

        assert "示许决字〔2019〕第1号" in text
        assert "示罚决字〔2026〕第1号" in text


class TestLooks:
    def test_names_the_unit_and_the_purpose_and_no_person(self, agent, body):
        LookUp.objects.create(
            at=LATER,
            channel="DESK",
            asker="opaque-account",
            unit_id=body.unit,
            matter="procurement",
            purpose="示例：采购资格审查",
            codes=body.uscc,
            count=1,
            ledger_size=1,
        )

        text = page(agent.get(f"/my/{body.uscc}/looks"))

        assert "采购资格审查" in text
        assert "opaque-account" not in text
        told = json.loads(agent.get(f"/my/{body.uscc}/export.json").content)
        assert [each["purpose"] for each in told["looks"]] == ["示例：采购资格审查"]


class TestExport:
    def test_gives_everything_as_json_and_csv(self, agent, body):
        redress.a_permit(body)

        told = json.loads(agent.get(f"/my/{body.uscc}/export.json").content)
        packed = zipfile.ZipFile(
            io.BytesIO(agent.get(f"/my/{body.uscc}/export.zip").content)
        )

        [record] = told["records"]
        assert record["values"]["decision_no"] == "示许决字〔2019〕第1号"
        assert "示许决字" in packed.read("records.csv").decode("utf-8-sig")
        assert set(packed.namelist()) == {
            "records.csv",
            "cases.csv",
            "commitments.csv",
            "training.csv",
            "looks.csv",
            "reports.csv",
            "lists.csv",
            "erased.csv",
        }

    def test_gives_what_was_known_then(self, agent, body):
        redress.a_permit(body)
        size = Record.objects.get().submission.ledger_seq
        asked = {"known_at": "2026-11-02", "on": "2019-06-20"}

        then = agent.get(f"/my/{body.uscc}/export.json", asked)
        none = agent.get(f"/my/{body.uscc}/export.json", asked | {"known_at": "0"})
        wrong = agent.get(f"/my/{body.uscc}/export.zip", {"on": "gestern"})

        # The permit was sealed by hand at an entry that the ledger has not reached.
        assert json.loads(then.content)["ledger_size"] < size
        assert json.loads(then.content)["as_of"] == "2019-06-20"
        assert json.loads(none.content)["looks"] == []
        assert wrong["Location"] == f"/my/{body.uscc}/?on=gestern"
        landing.Landing.objects.update(ledger_seq=0)
        told = json.loads(agent.get(f"/my/{body.uscc}/export.json", asked).content)
        assert told["records"][0]["values"]["permit_content"] == "食品经营"


class TestObjectTo:
    def test_takes_values_a_ground_and_a_file(self, agent, body):
        record = redress.a_permit(body)
        address = f"/my/{body.uscc}/records/{record.id}/object/"
        chosen = agent.post(address, {"kind": "CONTENT"})
        assert chosen["Location"] == f"{address}content"

        file = a_file("(No. 15 of 2019)")
        told = {
            "ground": "范围写错",
            "value_permit_content": "食品生产",
            "documents": file,
        }
        done = agent.post(f"{address}content", told)

        case = Case.objects.get()
        assert done["Location"] == f"/my/{body.uscc}/cases/{case.id}?done=objected"
        text = page(agent.get(done["Location"]))
        assert "食品生产" in text
        assert "有异议" in page(agent.get(f"/my/{body.uscc}/"))

    @pytest.mark.parametrize(
        ("told", "said"),
        [
            ({"ground": ""}, "没有写明异议理由"),
            ({"ground": "错了"}, "没有写明要更正哪一项"),
            ({"ground": "210899199001010012"}, "身份证件号码"),
            ({"ground": "错", "value_decided_on": "去年"}, "不符合目录"),
            ({"ground": "错", "value_permit_content": "食品经营"}, "相同"),
        ],
    )
    def test_says_which_rule_stands_against_it(self, agent, body, told, said):
        record = redress.a_permit(body)

        address = f"/my/{body.uscc}/records/{record.id}/object/content"
        text = page(agent.post(address, told))

        assert said in text
        assert "error-summary" in text
        assert not Case.objects.exists()

    def test_refuses_a_second_one_in_both_languages(self, agent, body):
        record = redress.a_permit(body)
        address = f"/my/{body.uscc}/records/{record.id}/object/linkage"
        agent.post(address, {"ground": "不是本单位的"})

        chinese = page(agent.post(address, {"ground": "不是本单位的"}))
        agent.cookies["django_language"] = "en"
        english = page(agent.post(address, {"ground": "不是本单位的"}))

        assert "不能重复提出" in chinese
        assert "is open already" in english

    def test_refuses_a_file_with_a_personal_number(self, agent, body):
        record = redress.a_permit(body)
        file = a_file("(210899199001010012)")

        text = page(
            agent.post(
                f"/my/{body.uscc}/records/{record.id}/object/linkage",
                {"ground": "不是本单位的", "documents": file},
            )
        )

        assert "error-summary" in text
        assert not Case.objects.exists()

    def test_knows_no_kind_for_another_thing(self, agent, body):
        record = redress.a_permit(body)

        for kind in ("listing", "repair_result", "nonsense"):
            address = f"/my/{body.uscc}/records/{record.id}/object/{kind}"
            assert agent.get(address).status_code == 404


class TestRepair:
    def test_says_from_when_it_may_be_asked_for(self, agent, body):
        from datetime import date

        record = redress.a_penalty(body, decided_on=date(2026, 9, 1))

        text = page(agent.get(f"/my/{body.uscc}/records/{record.id}/repair"))

        assert "2026年12月1日" in text
        assert "<form method" not in text.split("<main")[1]

    def test_takes_an_application_with_its_commitment(self, agent, body):
        record = redress.a_penalty(body)
        address = f"/my/{body.uscc}/records/{record.id}/repair"

        lacking = page(agent.post(address, {"conduct_corrected": "on"}))
        told = {"conduct_corrected": "on", "duties_done": "on", "commits": "on"}
        done = agent.post(address, told)

        assert "没有说明法定责任和义务已经履行" in lacking
        case = Case.objects.get()
        assert done["Location"] == f"/my/{body.uscc}/cases/{case.id}?done=applied"


class TestCommitment:
    def test_is_made_from_the_template(self, agent, body):
        address = f"/my/{body.uscc}/commitments/new/"
        assert "主动公示型" in page(agent.get(address))
        form = page(agent.get(f"{address}proactive"))
        assert "自愿向社会公开承诺" in form

        told = {"matter": "诚信经营", "text": "依法经营。", "is_public": "on"}
        done = agent.post(f"{address}proactive", told)

        assert done.status_code == 302
        assert "诚信经营" in page(Client().get("/commitments/"))

    def test_one_for_repair_is_not_made_alone(self, agent, body):
        address = f"/my/{body.uscc}/commitments/new/repair"

        assert agent.get(address).status_code == 404


class TestReport:
    def test_is_the_own_one_and_stands_among_the_looks(self, agent, body):
        redress.a_permit(body)

        done = agent.post(f"/my/{body.uscc}/report")

        assert done["Content-Type"] == "application/pdf"
        assert done.content.startswith(b"%PDF")
        assert "自主查询版" in page(agent.get(f"/my/{body.uscc}/looks"))
        told = json.loads(agent.get(f"/my/{body.uscc}/export.json").content)
        assert [each["kind"] for each in told["reports"]] == ["OWN"]

    def test_is_nobody_elses(self, client, agent, body):
        assert agent.post("/my/91210899MA00000000/report").status_code == 404


CONSENT = {"receiver": "示例银行", "purpose": "贷款", "expires_on": "2026-12-01"}


class TestConsents:
    def test_lead_a_receiver_to_the_report_until_withdrawn(self, agent, body):
        address = f"/my/{body.uscc}/consents/"
        text = page(agent.post(address, CONSENT))
        code = re.search(r"([A-Z2-9]{5}-){3}[A-Z2-9]{5}", text)[0]
        receiver = Client()

        fetched = receiver.post("/reports/authorized", {"code": code})

        assert fetched.content.startswith(b"%PDF")
        assert "示例银行" in page(agent.get(f"/my/{body.uscc}/looks"))
        assert code not in page(agent.get(address))
        agent.post(f"{address}{Consent.objects.get().id}/withdraw")
        again = receiver.post("/reports/authorized", {"code": code})
        assert "没有对应的有效授权" in page(again)

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"receiver": ""}, "请填写"),
            ({"purpose": "210899199001010012"}, "请勿填写个人身份证件号码"),
            ({"expires_on": "2027-12-01"}, "90天以内"),
            ({"expires_on": "明天"}, "2019-06-04"),
        ],
    )
    def test_say_at_the_field_what_is_wrong(self, agent, body, change, said):
        text = page(agent.post(f"/my/{body.uscc}/consents/", {**CONSENT, **change}))

        assert said in text
        assert "error-summary" in text
        assert not Consent.objects.exists()
