"""A citizen looks up an organization and reads the month's table."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.factories import city as cities
from tests.factories import files

CODE_COLUMN = "行政相对人代码_1(统一社会信用代码)"
NAME_COLUMN = "行政相对人名称"


@pytest.fixture
def permit(city):
    """One of twenty permits, about an organization that is no sole proprietor."""
    rows = files.permit_rows(20)
    cities.hand_in(rows)
    return next(row for row in rows if not row[CODE_COLUMN].startswith("92"))


class TestJourney:
    def test_from_search_to_permits_to_the_table(self, open_page, permit):
        page = open_page("/")
        page.get_by_label("名称或统一社会信用代码").fill(permit[NAME_COLUMN][3:8])
        page.get_by_role("search").get_by_role("button", name="查询").click()
        page.get_by_role("link", name=permit[NAME_COLUMN], exact=True).click()

        expect(page.get_by_role("heading", level=1)).to_have_text(permit[NAME_COLUMN])
        page.get_by_text(permit["行政许可决定文书号"]).first.click()
        expect(page.get_by_text(permit["许可内容"]).first).to_be_visible()

        page.get_by_role("link", name="月度报表").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("2019年5月归集情况")
        page.locator("summary", has_text="市场监督管理局").click()
        expect(page.locator("details[open] dd")).to_have_text("20")

    def test_is_told_which_check_a_wrong_code_fails(self, open_page, permit):
        code = permit[CODE_COLUMN]
        page = open_page("/")
        page.get_by_label("名称或统一社会信用代码").fill(
            code[:-1] + ("0" if code[-1] != "0" else "1")
        )
        page.keyboard.press("Enter")

        expect(page.get_by_role("status")).to_contain_text("第18位")

    def test_downloads_the_table(self, open_page, permit):
        page = open_page("/table/2019-05")

        with page.expect_download() as started:
            page.get_by_role("link", name="下载 CSV").click()

        assert started.value.suggested_filename.endswith("2019-05.csv")


class TestKeyboard:
    def test_alone_is_enough(self, open_page, permit):
        page = open_page("/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="跳到主要内容")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_label("名称或统一社会信用代码")).to_be_focused()
        page.keyboard.type(permit[CODE_COLUMN])
        page.keyboard.press("Enter")

        link = page.get_by_role("link", name=permit[NAME_COLUMN], exact=True)
        expect(link).to_be_visible()
        link.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(permit[NAME_COLUMN])

    def test_scrolls_the_wide_table(self, open_page, permit):
        page = open_page("/table/2019-05")
        frame = page.get_by_role("region", name="表格，可上下左右滚动")
        frame.focus()

        for _ in range(5):
            page.keyboard.press("ArrowRight")

        page.wait_for_function("document.querySelector('.matrix').scrollLeft > 0")

    def test_shows_where_the_focus_is(self, open_page, permit):
        page = open_page("/")
        page.get_by_label("名称或统一社会信用代码").focus()

        width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert width == "3px"


class TestWithoutScript:
    def test_everything_can_be_read(self, open_page, permit):
        page = open_page("/", java_script_enabled=False)
        page.get_by_label("名称或统一社会信用代码").fill(permit[CODE_COLUMN])
        page.keyboard.press("Enter")
        page.get_by_role("link", name=permit[NAME_COLUMN], exact=True).click()
        expect(page.get_by_text(permit["行政许可决定文书号"]).first).to_be_visible()
        page.get_by_role("link", name="月度报表").click()
        expect(page.get_by_role("table")).to_be_visible()


class TestLanguage:
    def test_switches_on_the_page_where_one_is(self, open_page, permit):
        page = open_page("/table/2019-05")
        page.get_by_role("button", name="English").click()

        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Records handed in, May 2019"
        )
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.get_by_role("button", name="中文").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("2019年5月归集情况")


class TestPaper:
    def test_keeps_the_mark_of_the_demo(self, open_page, permit, settings):
        settings.DEMO = True
        page = open_page("/table/2019-05")

        page.emulate_media(media="print")

        expect(page.locator(".demo-mark")).to_be_visible()
        expect(page.get_by_role("navigation", name="主菜单")).to_be_hidden()

    def test_shows_the_whole_table(self, open_page, permit):
        page = open_page("/table/2019-05")

        page.emulate_media(media="print")

        hidden = page.evaluate(
            "getComputedStyle(document.querySelector('.matrix')).overflow"
        )
        assert hidden == "visible"
