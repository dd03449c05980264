"""A clerk hands in, watches, reads the findings, corrects, keeps the receipt."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import accounts, files
from tests.factories import city as cities
from xinheng.apps.intake import operations as intake
from xinheng.apps.ledger import receipts


@pytest.fixture
def wrong_file(city, tmp_path):
    return files.write_csv(tmp_path / "许可.csv", cities.some_wrong_rows())


def sign_in(page):
    page.get_by_label("账号").fill("zhang")
    page.get_by_label("密码").fill(accounts.PASSWORD)
    page.get_by_role("button", name="登录").click()


def hand_in(page, file):
    page.get_by_role("navigation", name="工作台").get_by_text("报送文件").click()
    page.get_by_label("行政许可", exact=True).check()
    page.get_by_role("button", name="继续").click()
    page.get_by_role("radio", name="其他月份").check()
    page.get_by_role("textbox", name="其他月份").fill("2019-05")
    page.get_by_role("button", name="继续").click()
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="报送").click()


def download(page, link):
    with page.expect_download() as started:
        page.get_by_role("link", name=link).click()
    return started.value.path().read_bytes()


class TestJourney:
    def test_from_sign_in_to_receipt(self, open_page, wrong_file):
        accounts.clerk("zhang", unit="U02")
        page = open_page("/desk/")
        sign_in(page)
        hand_in(page, wrong_file)
        status = page.get_by_role("status")
        expect(status).to_contain_text("已接收，等待校验")

        intake.process_next(at=timezone.now())

        # The page finds out by itself.
        expect(status).to_contain_text("读取 8 行，入库 5 行")
        verdict = page.url
        page.get_by_role("link", name="逐行查看校验结果").click()
        page.get_by_label("显示").select_option("DATE_FUTURE")
        page.get_by_role("button", name="筛选").click()
        expect(page.get_by_role("rowheader")).to_contain_text(["行 3"])
        assert download(page, "下载校验结果").startswith(b"\xef\xbb\xbf")
        page.goto(verdict)
        page.get_by_role("link", name="回执", exact=True).click()
        assert receipts.verify(json.loads(download(page, "下载回执（JSON）"))) == ()

    def test_files_a_nil_return(self, open_page, clerk):
        page = open_page("/desk/?period=2019-05", client=clerk)
        page.get_by_text("个没有报送义务的数据项").click()
        page.get_by_role("link", name="零报告 行政处罚", exact=True).click()
        page.get_by_role("button", name="提交零报告").click()
        expect(page.get_by_role("alert")).to_be_focused()
        page.get_by_role("alert").get_by_role("link").click()
        expect(page.get_by_role("checkbox")).to_be_focused()
        page.keyboard.press("Space")
        page.get_by_role("button", name="提交零报告").click()

        expect(page.get_by_role("status")).to_contain_text("零报告已提交")

    def test_without_script_refreshes_by_hand(self, open_page, clerk, wrong_file):
        page = open_page(
            "/desk/upload/U02/permit/2019-05", client=clerk, java_script_enabled=False
        )
        page.get_by_label("文件").set_input_files(wrong_file)
        page.get_by_role("button", name="报送").click()
        intake.process_next(at=timezone.now())
        page.get_by_role("link", name="刷新").click()

        expect(page.get_by_role("status")).to_contain_text("读取 8 行，入库 5 行")

    def test_is_told_why_a_file_was_refused(self, open_page, clerk, tmp_path):
        empty = tmp_path / "空.csv"
        empty.write_bytes(b"")
        page = open_page("/desk/upload/U02/permit/2019-05", client=clerk)
        page.get_by_label("文件").set_input_files(empty)
        page.get_by_role("button", name="报送").click()
        expect(page.get_by_role("status")).to_contain_text("已接收，等待校验")
        intake.process_next(at=timezone.now())

        expect(page.get_by_role("status")).to_contain_text("文件未被接收")
        expect(page.get_by_role("link", name="重新报送文件")).to_be_visible()
