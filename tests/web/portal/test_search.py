"""Search: by a part of the name, by code, and what is said where nothing is found."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import city, register
from xinheng.apps.organizations import search as searching

pytestmark = pytest.mark.usefixtures("city")

VALID_BUT_UNKNOWN = "91210899MA4U1K7C8E"


def search(client, text, **more):
    return client.get(reverse("portal:search"), {"q": text, **more})


def swap_last(code):
    return code[:-1] + ("0" if code[-1] != "0" else "1")


class TestSearch:
    def test_finds_by_a_part_of_the_name(self, client):
        wanted = city.an_organization()

        page = search(client, wanted.name[3:7]).content.decode()

        assert wanted.name in page
        assert reverse("portal:organization", args=[wanted.code]) in page

    def test_finds_by_code_whatever_the_case(self, client):
        wanted = city.an_organization()

        page = search(client, wanted.code.lower()).content.decode()

        assert wanted.name in page

    def test_splits_many_into_pages(self, client):
        first = search(client, "示例市").content.decode()
        second = search(client, "示例市", page=2).content.decode()

        assert 'rel="next"' in first
        assert 'rel="prev"' in second
        assert first != second

    @pytest.mark.parametrize("page", ["0", "-1", "x", "999999999999999999999999"])
    def test_stands_any_page_number(self, client, page):
        assert search(client, "示例市", page=page).status_code == 200

    def test_asks_for_two_characters(self, client):
        assert "请至少输入两个字" in search(client, "示").content.decode()

    def test_says_what_to_try_where_nothing_is_found(self, client):
        page = search(client, "不存在的机构").content.decode()

        assert "没有找到" in page
        assert "请用更短的名称片段" in page

    def test_escapes_what_was_typed(self, client):
        page = search(client, "<script>alert(1)</script>").content.decode()

        assert "<script>alert" not in page

    def test_says_by_which_former_name_it_found(self, client):
        register.add(("示例新名称有限公司", "示例老字号商行"))

        page = search(client, "lzhsh").content.decode()

        assert "示例新名称有限公司" in page
        assert "曾用名" in page
        assert "示例老字号商行" in page

    def test_says_that_there_are_more_than_it_counts(self, client, monkeypatch):
        monkeypatch.setattr(searching, "MOST_COUNTED", 30)

        page = search(client, "示例市").content.decode()

        assert "超过 30 个机构" in page


class TestCodes:
    def test_suggests_what_is_held_one_slip_away(self, client):
        (code,) = register.add("示例市海产有限公司")

        page = search(client, swap_last(code)).content.decode()

        assert "代码无效" in page
        assert "您要找的是不是" in page
        assert "示例市海产有限公司" in page

    def test_names_the_check_that_a_wrong_code_fails(self, client):
        page = search(client, swap_last(city.an_organization().code)).content.decode()

        assert "代码无效" in page
        assert "第18位" in page
        assert "没有找到" not in page

    def test_names_an_old_number(self, client):
        page = search(client, "210800004012348").content.decode()

        assert "代码无效" in page

    @pytest.mark.parametrize(
        "text", [city.PERSONAL_NUMBER, f"查 {city.PERSONAL_NUMBER}"]
    )
    def test_leads_away_from_a_personal_number_and_repeats_it_nowhere(
        self, client, text
    ):
        answer = search(client, text)
        shown = client.get(answer["Location"]).content.decode()

        assert answer.status_code == 302
        assert city.PERSONAL_NUMBER not in answer["Location"]
        assert city.PERSONAL_NUMBER not in shown
        assert "不能查询个人号码" in shown
