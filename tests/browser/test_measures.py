"""A listing in a browser: decided, carried out by a unit, ended, and undone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import examine, open_all
from tests.factories import accounts, listings
from tests.factories import city as cities
from xinheng.apps.accounts.mandates import LISTING_AUTHORITY
from xinheng.apps.listings import schemes

WAITS = "尚未确认恢复"


@pytest.fixture
def listing(city, settings) -> int:
    """A company that was told, and whose time to answer is over."""
    settings.DEMO = True
    listings.adopt_rulebook()
    schemes.activate(
        scheme=listings.EXCLUSION,
        actor=listings.OFFICE,
        at=listings.at(listings.PROPOSED_ON),
    )
    return listings.notified(cities.an_organization().code)


@pytest.fixture
def lister(listing) -> Client:
    account, client = accounts.open_account("lister"), Client()
    accounts.grant(account, LISTING_AUTHORITY, unit=listings.UNIT)
    accounts.sign_in_verified(client, account, "lister")
    return client


@pytest.fixture
def executor(listing) -> Client:
    """A session of a clerk of 财政局 (U25), which signed the memorandum."""
    accounts.clerk("qian", unit="U25")
    client = Client()
    accounts.sign_in(client, "qian")
    return client


def decide(page, listing):
    today = timezone.localdate()
    page.goto(f"/desk/lists/{listing}/decide")
    page.get_by_label("决定文号").fill("示列入〔2026〕1号")
    page.get_by_label("决定日期").fill(today.isoformat())
    page.get_by_label("期限届满后的第一日").fill(
        (today + timedelta(days=300)).isoformat()
    )
    page.locator("main form").get_by_role("button").click()


def revoke(page, listing):
    page.goto(f"/desk/lists/{listing}/revoke")
    page.get_by_label("文书编号").fill("示撤〔2026〕1号")
    page.get_by_label("生效日期").fill(timezone.localdate().isoformat())
    page.get_by_label("理由").fill("示例：认定有误，予以撤销")
    page.locator("main form").get_by_role("button").click()


def open_task(page, stage):
    page.goto(f"/desk/measures/?stage={stage}")
    page.get_by_role("link", name="依法限制参加政府采购活动").click()


def first_screen(page):
    page.goto("/desk/")
    return page.locator("main").inner_text()


def open_recalls(text):
    return int(re.search(rf"有 (\d+) 项措施已解除、{WAITS}", text)[1])


class TestJourney:
    def test_from_the_decision_to_the_recall_that_is_acknowledged(
        self, open_page, listing, lister, executor, office
    ):
        authority = open_page("/desk/", client=lister)
        unit = open_page("/desk/", client=executor)
        desk = open_page("/desk/", client=office)

        decide(authority, listing)
        open_task(unit, "open")
        unit.get_by_role("button", name="签收").click()
        assert "已签收" in unit.get_by_role("status").inner_text()
        unit.get_by_role("link", name="反馈办理结果").click()
        unit.get_by_label("已实施", exact=True).check()
        unit.get_by_label("凭证（已实施的填写）").fill("示财采〔2026〕1号")
        unit.locator("main form").get_by_role("button").click()
        assert "反馈已登记" in unit.get_by_role("status").inner_text()
        assert WAITS not in first_screen(desk)

        revoke(authority, listing)
        waiting = first_screen(desk)
        open_task(unit, "recalled")
        unit.get_by_role("link", name="确认已恢复").click()
        unit.get_by_label("凭证").fill("示财采〔2026〕2号")
        unit.locator("main form").get_by_role("button").click()
        assert "恢复情况已登记" in unit.get_by_role("status").inner_text()

        assert open_recalls(waiting) - open_recalls(first_screen(desk)) == 1


class TestPages:
    def test_are_accessible_on_a_phone(self, open_page, listing, lister, executor):
        decide(open_page("/desk/", client=lister), listing)
        page = open_page(
            "/desk/measures/", client=executor, bypass_csp=True, viewport=PHONE
        )
        found = examine(page)
        page.get_by_role("link", name="依法限制参加政府采购活动").click()
        task = page.url

        for address in (task, f"{task}/report", "/desk/measures/look-up"):
            page.goto(address)
            open_all(page)
            found += examine(page)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{address} is wider than the screen")

        assert found == []
