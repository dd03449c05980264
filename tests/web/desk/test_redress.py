"""Redress at the desk: inbox, steps, letters, commitments, training sessions."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import accounts, redress
from tests.factories.redress import AT, FIRST
from xinheng.apps.agents.models import ActivationLetter, AgentMandate
from xinheng.apps.cases.models import Case
from xinheng.apps.cases.operations import By
from xinheng.apps.commitments import operations as commitments
from xinheng.apps.commitments.models import Commitment
from xinheng.apps.objections import filing, operations
from xinheng.apps.objections.filing import Contest
from xinheng.apps.repairs.models import TrainingSession
from xinheng.core.commitments.promises import Promise, Type
from xinheng.core.objections.filing import Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def body() -> redress.Body:
    redress.collect("permit")
    return redress.a_body()


@pytest.fixture
def office(body) -> Client:
    account, client = accounts.credit_office(), Client()
    accounts.sign_in_verified(client, account, "office")
    return client


@pytest.fixture
def clerk(body) -> Client:
    accounts.clerk("zhang", unit=body.unit)
    client = Client()
    accounts.sign_in(client, "zhang")
    return client


@pytest.fixture
def case(body) -> int:
    record = redress.a_permit(body)
    contest = Contest(Kind.LINKAGE, "不是本单位的许可")
    return filing.object_to_record(
        record=record.id, contest=contest, by=By(body.agent, AT)
    )


def page(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


class TestInbox:
    def test_shows_each_what_waits_for_them(self, office, clerk, case):
        address = f"/desk/redress/{case}"

        assert address in page(office.get("/desk/redress/"))
        assert address not in page(clerk.get("/desk/redress/"))
        assert address in page(clerk.get("/desk/redress/?all=1"))

    def test_says_what_is_overdue(self, office, case):
        assert "已逾期" in page(office.get("/desk/redress/"))


class TestCase:
    def test_goes_from_the_office_to_the_unit_and_back(self, office, clerk, case):
        address = f"/desk/redress/{case}"

        office.post(address, {"choice": "accept"})
        clerk.post(address, {"choice": "verify", "reason": "确属他人"})
        told = {"choice": "decide:upheld", "reason": "核实属实"}
        done = office.post(address, told)

        assert done.status_code == 302
        assert Case.objects.get(id=case).outcome == "upheld"

    def test_says_that_another_person_decides(self, office, clerk, case):
        address = f"/desk/redress/{case}"
        office.post(address, {"choice": "accept"})
        clerk.post(address, {"choice": "verify", "reason": "确属本单位"})

        told = {"choice": "decide:rejected", "reason": "查无此误"}
        text = page(office.post(address, told))

        assert "须由另一人决定" in text
        assert Case.objects.get(id=case).outcome == ""

    def test_asks_for_a_reason(self, office, case):
        text = page(office.post(f"/desk/redress/{case}", {"choice": "propose_return"}))

        assert "没有写明理由" in text

    def test_offers_nobody_what_is_not_theirs(self, clerk, case):
        text = page(clerk.get(f"/desk/redress/{case}"))

        assert 'name="choice"' not in text
        assert clerk.post(f"/desk/redress/{case}", {"choice": "accept"}).status_code
        assert Case.objects.get(id=case).state == "submitted"

    def test_is_not_there_for_another_unit(self, body, case):
        accounts.add_unit("U03")
        accounts.clerk("wang", unit="U03")
        client = Client()
        accounts.sign_in(client, "wang")

        assert client.get(f"/desk/redress/{case}").status_code == 404


class TestAgents:
    def test_prints_a_letter_once(self, office, body):
        text = page(office.post("/desk/redress/agents/", {"uscc": body.uscc}))

        letter = ActivationLetter.objects.get()
        assert body.uscc in text
        assert "只显示这一次" in text
        assert letter.code_digest not in text
        assert "待使用" in page(office.get("/desk/redress/agents/"))

    def test_says_which_code_is_not_held(self, office):
        told = {"uscc": "91210899MA00000000"}

        assert "error-summary" in page(office.post("/desk/redress/agents/", told))

    def test_is_for_the_credit_office(self, clerk):
        assert clerk.get("/desk/redress/agents/").status_code == 403

    def test_ends_a_mandate(self, office, body):
        from xinheng.apps.agents import operations as agents

        letter = agents.issue_letter(uscc=body.uscc, actor=FIRST, at=AT)
        claim = agents.Claim(
            body.uscc, letter.code, "LAWYER", "firm", accounts.PASSWORD
        )
        agents.activate(claim=claim, at=AT)
        mandate = AgentMandate.objects.get()

        office.post(f"/desk/redress/agents/{mandate.id}/end")

        mandate.refresh_from_db()
        assert mandate.expires_on is not None


class TestPromises:
    @pytest.fixture
    def promise(self, body) -> int:
        told = Promise(
            Type.PROACTIVE, "诚信经营", "依法经营。", By(body.agent, AT).on, None
        )
        return commitments.make(
            organization=body.key,
            promise=told,
            unit=body.unit,
            is_public=True,
            by=By(body.agent, AT),
        )

    def test_a_unit_proposes_and_the_office_confirms(self, office, clerk, promise):
        address = f"/desk/redress/commitments/{promise}"

        without = page(clerk.post(address, {"choice": "propose"}))
        clerk.post(address, {"choice": "propose", "decision_no": "示诺决〔2019〕1号"})
        office.post(address, {"choice": "confirm"})

        assert "没有决定书文号" in without
        assert Commitment.objects.get(id=promise).state == "BROKEN"

    def test_a_unit_says_that_it_was_kept(self, clerk, promise):
        assert "诚信经营" in page(clerk.get("/desk/redress/commitments/"))

        clerk.post(f"/desk/redress/commitments/{promise}", {"choice": "kept"})

        assert Commitment.objects.get(id=promise).state == "KEPT"


class TestTrainings:
    def test_records_who_sent_how_many(self, clerk, body):
        told = {
            "unit": body.unit,
            "title": "信用修复培训",
            "held_on": "2019-06-03",
            "attended": f"{body.uscc} 2\n\n",
        }

        done = clerk.post("/desk/redress/trainings/new", told)

        assert done.status_code == 302
        assert TrainingSession.objects.get().attendances.get().attendees == 2
        assert "信用修复培训" in page(clerk.get("/desk/redress/trainings/"))

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"attended": "张三"}, "第1行"),
            ({"attended": "91210899MA00000000 1"}, "名录中没有"),
            ({"held_on": "2100-01-01"}, "日期在将来"),
            ({"attended": ""}, "至少填写一家"),
        ],
    )
    def test_says_at_the_field_what_is_wrong(self, clerk, body, change, said):
        told = {
            "unit": body.unit,
            "title": "信用修复培训",
            "held_on": "2019-06-03",
            "attended": f"{body.uscc} 2",
        }

        text = page(clerk.post("/desk/redress/trainings/new", {**told, **change}))

        assert said in text


class TestPublicPages:
    def test_figures_name_their_denominators(self, client, body, case):
        operations.take(case=case, act="withdraw", by=By(body.agent, AT))

        text = page(client.get("/redress/figures?year=2019"))

        assert "1件" in text
        assert "没有。" in page(client.get("/redress/figures?year=2018"))

    @pytest.mark.parametrize("path", ["/redress/", "/commitments/?type=proactive"])
    def test_open_to_everyone(self, client, path):
        page(client.get(path))
