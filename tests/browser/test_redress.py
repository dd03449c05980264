"""Redress in a browser: an agent, a clerk, the office, and the public beside them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import examine, open_all
from tests.factories import accounts, redress
from xinheng.apps.agents import operations as agents

ON = timezone.localdate
OLD_ENOUGH = timedelta(days=150)  # past every minimum term, before every maximum


@pytest.fixture
def body(city) -> redress.Body:
    redress.adopt(at=redress.AT)
    return redress.a_body(with_unit=False)


@pytest.fixture
def agent(body) -> Client:
    at = timezone.now()
    letter = agents.issue_letter(uscc=body.uscc, actor=redress.FIRST, at=at)
    claim = agents.Claim(body.uscc, letter.code, "EMPLOYEE", "firm", accounts.PASSWORD)
    agents.activate(claim=claim, at=at)
    client = Client()
    accounts.sign_in(client, "firm")
    return client


class TestJourneys:
    def test_an_objection_is_raised_verified_decided_and_shows(
        self, open_page, body, agent, clerk, office
    ):
        redress.a_permit(body)
        mine, public = open_page("/my/", client=agent), open_page("/")

        mine.get_by_role("link", name="示许决字").click()
        mine.get_by_role("link", name="对该条信息提出异议").click()
        mine.get_by_label("内容有误").check()
        mine.get_by_role("button", name="继续").click()
        mine.get_by_label("许可内容").fill("食品生产")
        mine.get_by_label("为什么不对？").fill("与证书不一致")
        mine.get_by_role("button", name="提交异议").click()
        assert "已标注" in mine.get_by_role("status").inner_text()

        unit, desk = (
            open_page("/desk/", client=clerk),
            open_page("/desk/", client=office),
        )
        desk.goto("/desk/redress/")
        desk.get_by_role("link", name="异议: ").click()
        case = desk.url
        desk.get_by_label("受理并转信源单位核实").check()
        desk.get_by_role("button", name="继续").click()
        unit.goto("/desk/redress/")
        unit.get_by_role("link", name="异议: ").click()
        unit.get_by_label("报告核实情况").check()
        unit.get_by_label("理由").fill("已核对证书")
        unit.get_by_role("button", name="继续").click()
        desk.goto(case)
        desk.get_by_label("作出决定: 异议成立").check()
        desk.get_by_label("理由").fill("依据证书")
        desk.get_by_role("button", name="继续").click()

        public.goto(f"/organizations/{body.uscc}")
        open_all(public)
        assert "食品生产" in public.locator("main").inner_text()

    def test_a_repaired_penalty_is_gone_from_every_face(
        self, open_page, body, agent, clerk, office
    ):
        redress.a_penalty(body, decided_on=ON() - OLD_ENOUGH)
        mine, public = open_page("/my/", client=agent), open_page("/")
        public.goto(f"/organizations/{body.uscc}")
        assert "示罚决字" in public.content()

        mine.get_by_role("link", name="示罚决字").click()
        mine.get_by_role("link", name="申请信用修复").click()
        for label in ("违法行为已经纠正", "责任和义务已经履行", "本单位作出上述承诺"):
            mine.get_by_label(label).check()
        mine.get_by_role("button", name="提交申请").click()
        unit, desk = (
            open_page("/desk/", client=clerk),
            open_page("/desk/", client=office),
        )
        unit.goto("/desk/redress/")
        unit.get_by_role("link", name="信用修复: ").click()
        case = unit.url
        unit.get_by_label("受理", exact=True).check()
        unit.get_by_role("button", name="继续").click()
        unit.get_by_label("提出处理意见: 准予修复").check()
        unit.get_by_label("理由").fill("材料齐全")
        unit.get_by_role("button", name="继续").click()
        desk.goto(case)
        desk.get_by_label("作出决定: 准予修复").check()
        desk.get_by_label("理由").fill("同意")
        desk.get_by_role("button", name="继续").click()

        public.goto(f"/organizations/{body.uscc}")
        assert "示罚决字" not in public.content()
        answer = public.request.get(f"/api/v1/organizations/{body.uscc}")
        assert "示罚决字" not in answer.text()


class TestPages:
    def test_are_accessible_on_a_phone(self, open_page, body, agent):
        record = redress.a_permit(body)
        page = open_page("/my/", client=agent, bypass_csp=True, viewport=PHONE)
        one = f"/my/{body.uscc}"
        addresses = [
            f"{one}/",
            f"{one}/looks",
            f"{one}/records/{record.id}",
            f"{one}/records/{record.id}/object/",
            f"{one}/records/{record.id}/object/content",
            f"{one}/commitments/new/proactive",
            "/redress/",
            "/redress/figures",
            "/commitments/",
        ]

        found = []
        for address in addresses:
            page.goto(address)
            open_all(page)
            found += examine(page)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{address} is wider than the screen")
        assert found == []
