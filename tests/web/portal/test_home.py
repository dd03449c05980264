"""The first page: search, the size of the register, the last month."""

from __future__ import annotations

import pytest

from tests.factories import city, files

pytestmark = pytest.mark.usefixtures("city")


class TestHome:
    def test_offers_the_search_before_anything_is_handed_in(self, client):
        page = client.get("/").content.decode()

        assert 'name="q"' in page
        assert "还没有单位报送数据" in page

    def test_shows_the_last_month_once_something_is(self, client):
        city.hand_in(files.permit_rows(12))

        page = client.get("/").content.decode()

        assert "2019年5月归集 12 条" in page
        assert "市场监督管理局" in page

    def test_is_english_for_english_readers(self, client):
        page = client.get("/", headers={"Accept-Language": "en"}).content.decode()

        assert '<html lang="en">' in page
        assert "Look up an organization" in page


class TestLanguage:
    def test_switches_and_stays(self, client):
        answer = client.post(
            "/i18n/setlang/", {"language": "en", "next": "/catalog/"}, follow=True
        )

        assert answer.redirect_chain == [("/catalog/", 302)]
        assert "What is collected" in answer.content.decode()


class TestDemoMark:
    @pytest.mark.parametrize(
        "address", ["/", "/table/2019-05", "/nowhere", "/desk/sign-in"]
    )
    def test_stands_on_every_page_of_the_demo(self, client, settings, address):
        settings.DEMO = True

        page = client.get(address).content.decode()

        assert '<strong lang="zh-Hans">示例</strong>' in page
        assert "[示例]" in page.partition("</title>")[0]

    def test_is_absent_elsewhere(self, client, settings):
        settings.DEMO = False

        assert "[示例]" not in client.get("/").content.decode()

    def test_marks_files(self, client, settings):
        settings.DEMO = True

        answer = client.get("/catalog/permit/template.csv")

        # RFC 5987: 示例-permit.csv
        assert (
            "filename*=utf-8''%E7%A4%BA%E4%BE%8B-permit.csv"
            in answer["Content-Disposition"]
        )


class TestPolicy:
    def test_forbids_everything_inline(self, client):
        policy = client.get("/")["Content-Security-Policy"]

        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
