"""The desk of an executing unit, the second look, and the look-up of officials."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.apps.measures.conftest import CAUSE
from tests.apps.measures.conftest import adopted as adopted
from tests.apps.measures.conftest import company as company
from tests.apps.measures.conftest import fire as fire
from tests.apps.measures.conftest import recall as recall
from tests.factories import accounts, redress, standing
from tests.factories.city import an_organization
from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.measures import queries
from xinheng.apps.measures.models import Application
from xinheng.apps.standing.models import LookUp
from xinheng.core.measures.tasks import State

CODE = an_organization().code


@pytest.fixture
def treasury(city):
    """A browser in which a clerk of 财政局 (U25) is signed in."""
    accounts.clerk("qian", unit="U25")
    client = Client()
    accounts.sign_in(client, "qian")
    return client


@pytest.fixture
def task(fire):
    fire()
    return next(
        each.id
        for each in queries.open_tasks(CAUSE)
        if (each.unit, each.measure.code) == ("U25", "M-PROC")
    )


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def state_of(task):
    return queries.get_task(actor=OPERATOR, task=task).state


class TestInbox:
    def test_shows_a_unit_its_own_tasks(self, task, treasury, clerk):
        assert "依法限制参加政府采购活动" in text_of(treasury.get("/desk/measures/"))
        assert "依法限制参加政府采购活动" not in text_of(clerk.get("/desk/measures/"))

    def test_shows_recalls_on_the_first_page(self, task, treasury, office, recall):
        recall()

        assert "4 项措施已解除" in text_of(treasury.get("/desk/"))
        assert "23 项措施已解除" in text_of(office.get("/desk/"))
        assert CODE in text_of(treasury.get("/desk/measures/", {"stage": "recalled"}))

    def test_knows_no_other_stage(self, treasury):
        assert treasury.get("/desk/measures/", {"stage": "x"}).status_code == 404

    def test_does_not_ask_more_often_for_more_tasks(
        self, fire, treasury, django_assert_max_num_queries
    ):
        fire()

        with django_assert_max_num_queries(20):
            text_of(treasury.get("/desk/measures/"))


class TestTask:
    def test_tells_the_basis_and_the_term(self, task, treasury):
        page = text_of(treasury.get(f"/desk/measures/{task}"))

        assert "中华人民共和国政府采购法第二十二条" in page
        assert "2027年6月1日" in page

    def test_is_not_there_for_another_unit(self, task, clerk):
        assert clerk.get(f"/desk/measures/{task}").status_code == 404

    def test_is_acknowledged_and_reported(self, task, treasury):
        treasury.post(f"/desk/measures/{task}/acknowledge")
        assert state_of(task) is State.ACKNOWLEDGED
        told = {"outcome": "EXECUTED", "evidence": "示财采〔2026〕1号", "reason": ""}

        answer = treasury.post(f"/desk/measures/{task}/report", told)

        assert answer.status_code == 302
        assert state_of(task) is State.EXECUTED

    @pytest.mark.parametrize(
        ("told", "message"),
        [
            ({}, "请选择一项"),
            ({"outcome": "EXECUTED"}, "请说明理由"),
            ({"outcome": "DECLINED", "evidence": "x"}, "请说明理由"),
        ],
    )
    def test_says_what_a_report_lacks(self, task, treasury, told, message):
        page = text_of(treasury.post(f"/desk/measures/{task}/report", told))

        assert message in page
        assert state_of(task) is State.OPEN

    def test_is_declined_and_looked_at_again(self, task, treasury, office):
        treasury.post(
            f"/desk/measures/{task}/report", {"outcome": "DECLINED", "reason": "已开标"}
        )
        assert "已开标" in text_of(office.get(f"/desk/measures/{task}/look"))

        office.post(
            f"/desk/measures/{task}/look", {"choice": "send-back", "reason": "未开标"}
        )

        assert state_of(task) is State.OPEN
        assert treasury.get(f"/desk/measures/{task}/look").status_code == 403

    def test_is_undone_after_its_recall(self, task, treasury, recall):
        recall()

        assert "已完成信用修复" in text_of(treasury.get(f"/desk/measures/{task}"))
        treasury.post(f"/desk/measures/{task}/undo", {"evidence": "已恢复"})
        assert state_of(task) is State.RECALLED

    def test_is_not_reported_on_by_the_office(self, task, office):
        assert office.get(f"/desk/measures/{task}/report").status_code == 403


class TestLookUp:
    @pytest.fixture(autouse=True)
    def _direct(self, monkeypatch):
        standing.without_threads(monkeypatch)

    def ask(self, client, **changes):
        asked = {"code": CODE, "matter": "procurement", "purpose": "示采〔2026〕3号"}
        return client.post("/desk/measures/look-up", asked | changes)

    def test_tells_what_must_be_done(self, task, treasury):
        page = text_of(self.ask(treasury))

        assert "应当采取的措施" in page
        assert "中华人民共和国政府采购法第二十二条" in page
        assert LookUp.objects.get().unit_id == "U25"

    def test_tells_that_a_bank_decides_for_itself(self, task, treasury):
        assert "由市场主体自主决定" in text_of(self.ask(treasury, matter="finance"))

    def test_tells_what_was_known_then(self, task, treasury):
        before = Application.objects.earliest("fired_seq").fired_seq

        page = text_of(self.ask(treasury, known_at=str(before)))

        assert "今天的情况可能不同" in page
        assert "未发现有效的名单" in page
        assert LookUp.objects.get().ledger_size == before

    def test_never_calls_a_typo_clean(self, treasury):
        wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")

        page = text_of(self.ask(treasury, code=wrong))

        assert "这不是统一社会信用代码" in page
        assert CODE in page

    def test_tells_the_facts_on_record(self, treasury):
        body = redress.a_body(with_unit=False)
        redress.a_permit(body)

        page = text_of(self.ask(treasury, code=body.uscc))

        assert "记录在案的信息" in page
        assert "行政许可" in page
        assert "食品经营" in page

    def test_tells_nothing_found(self, treasury):
        assert "未发现有效的名单" in text_of(self.ask(treasury))

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"matter": "shopping"}, "请选择事项"),
            ({"purpose": ""}, "请说明理由"),
            ({"code": ""}, "请输入统一社会信用代码"),
            ({"known_at": "gestern"}, "2019-06-04"),
            ({"on": "1.6.2026"}, "2019-06-04"),
            ({"known_at": "99999999"}, "账本尚未达到这一长度"),
        ],
    )
    def test_says_what_is_missing(self, treasury, change, message):
        assert message in text_of(self.ask(treasury, **change))
        assert not LookUp.objects.exists()
