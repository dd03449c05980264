"""From a file with a strange header to mended rows, in a real browser."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import AXE, DESKTOP, PHONE, require
from tests.factories import city as cities
from tests.factories import files
from xinheng.apps.intake import operations as intake

UPLOAD = "/desk/upload/U02/permit/2019-05"
RECORD = "/desk/record/U02/permit/own"


@pytest.fixture
def strange_file(city, tmp_path):
    """Two good rows and a wrong one; the authority's column has a name of its own."""
    rows = files.permit_rows(3)
    rows[1]["许可类别"] = "特别"
    named = [
        {"发证的机关" if key == "许可机关" else key: cell for key, cell in row.items()}
        for row in rows
    ]
    return files.write_csv(tmp_path / "许可.csv", named)


def hand_in(page, file):
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="报送").click()


def violations(page):
    page.evaluate(require(AXE).read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(({violations}) => violations)")
    return [(each["id"], [n["html"][:120] for n in each["nodes"]]) for each in found]


def mended(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    wrong = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.comment]
    assert len(wrong) == 1
    wrong[0].value = "普通"
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


class TestMending:
    def test_from_unknown_header_to_all_taken(
        self, open_page, clerk, strange_file, tmp_path
    ):
        page = open_page(UPLOAD, client=clerk)
        hand_in(page, strange_file)
        expect(page.get_by_role("heading", level=1)).to_have_text("核对各列")
        page.get_by_label("发证的机关").select_option("authority_name")
        page.get_by_role("button", name="确认并报送").click()
        expect(page.get_by_role("status")).to_contain_text("已接收，等待校验")
        intake.process_next(at=timezone.now())
        expect(page.get_by_role("status")).to_contain_text("读取 3 行，入库 2 行")
        with page.expect_download() as started:
            page.get_by_role("link", name="下载退回的行").click()
        file = tmp_path / "改正.xlsx"
        file.write_bytes(mended(started.value.path().read_bytes()))

        page.goto(UPLOAD)
        hand_in(page, file)
        expect(page.get_by_role("status")).to_contain_text("已接收，等待校验")
        intake.process_next(at=timezone.now())

        expect(page.get_by_role("status")).to_contain_text("1 行全部入库")

    def test_tells_an_error_of_the_upload_without_leaving_the_page(
        self, open_page, clerk, tmp_path
    ):
        file = tmp_path / f"{cities.PERSONAL_NUMBER}.csv"
        file.write_bytes(files.as_csv(files.permit_rows(1)))
        page = open_page(UPLOAD, client=clerk)
        hand_in(page, file)

        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.get_by_role("button", name="报送")).to_be_enabled()

    def test_works_without_script(self, open_page, clerk, strange_file):
        page = open_page(UPLOAD, client=clerk, java_script_enabled=False)
        hand_in(page, strange_file)
        page.get_by_label("发证的机关").select_option("authority_name")
        page.get_by_role("button", name="确认并报送").click()

        expect(page.get_by_role("status")).to_contain_text("已接收，等待校验")


class TestRecordForm:
    def test_is_taken_once_the_error_is_mended(self, open_page, clerk):
        row = files.permit_rows(1)[0]
        page = open_page(RECORD, client=clerk)
        for title in (
            "行政相对人名称",
            "行政许可决定文书名称",
            "行政许可决定文书号",
            "许可内容",
            "许可决定日期",
            "有效期自",
            "有效期至",
            "许可机关",
            "许可机关统一社会信用代码",
            "数据来源单位",
            "数据来源单位统一社会信用代码",
        ):
            page.get_by_label(title, exact=True).fill(row[title])
        code = "行政相对人代码_1(统一社会信用代码)"
        page.get_by_label(code, exact=True).fill(row[code][:17])
        for title in ("行政相对人类别", "许可类别"):
            group = page.get_by_role("group", name=title)
            group.get_by_label(row[title], exact=True).check()
        page.get_by_label("当前状态").select_option(row["当前状态"])
        page.get_by_role("button", name="报送").click()
        alert = page.get_by_role("alert")
        expect(alert).to_be_focused()
        alert.get_by_role("link").first.click()
        expect(page.get_by_label(code, exact=True)).to_be_focused()
        page.get_by_label(code, exact=True).fill(row[code])
        page.get_by_role("button", name="报送").click()

        expect(page.get_by_role("status")).to_contain_text("1 行全部入库")
        expect(page.get_by_role("link", name="回执", exact=True)).to_be_visible()


class TestPages:
    @pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
    @pytest.mark.parametrize("locale", ["zh-CN", "en"])
    def test_are_accessible(
        self, open_page, clerk, strange_file, viewport, locale, request, tmp_path
    ):
        page = open_page(UPLOAD, client=clerk, viewport=viewport, locale=locale)
        found = [violations(page)]
        page.locator("input[type=file]").set_input_files(strange_file)
        page.locator("main button.button").click()
        page.wait_for_url("**/columns")
        found.append(violations(page))
        _shoot(page, "columns", request)
        page.goto(RECORD)
        page.locator("main button.button").click()
        page.wait_for_selector(".error-summary")
        found.append(violations(page))
        _shoot(page, "record", request)
        done = cities.hand_in(cities.some_wrong_rows())
        page.goto(f"/desk/submissions/{done.id}/findings")
        found.append(violations(page))
        _shoot(page, "findings", request)
        page.goto(f"/desk/submissions/{done.id}")
        _shoot(page, "verdict", request)
        page.goto("/desk/columns/U02/permit")
        found.append(violations(page))
        page.goto(UPLOAD)
        _shoot(page, "upload", request)

        assert found == [[]] * len(found)


def _shoot(page, name, request):
    import os

    where = os.environ.get("SHOTS")
    if where:
        page.screenshot(
            path=f"{where}/{name}-{request.node.callspec.id}.png", full_page=True
        )
