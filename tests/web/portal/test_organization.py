"""An organization's page: facts with their source; a wrong code is never clean."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import city, files
from xinheng.core.identifiers import uscc

pytestmark = pytest.mark.usefixtures("city")

CODE_COLUMN = "行政相对人代码_1(统一社会信用代码)"


def show(client, code):
    return client.get(reverse("portal:organization", args=[code]))


def with_check(body):
    return body + uscc.check_character(body)


class TestOrganization:
    def test_shows_its_permits_with_source_and_number(self, client):
        rows = files.permit_rows(6)
        city.hand_in(rows)
        wanted = next(row for row in rows if not row[CODE_COLUMN].startswith("92"))

        page = show(client, wanted[CODE_COLUMN]).content.decode()

        assert wanted["行政许可决定文书号"] in page
        assert "市场监督管理局" in page
        assert wanted["许可内容"] in page

    def test_says_that_an_empty_page_is_no_recommendation(self, client):
        page = show(client, city.an_organization().code).content.decode()

        assert "没有单位报送过该机构的可公开记录" in page
        assert "没有记录也不代表推荐" in page

    def test_shows_nothing_adverse(self, client):
        from xinheng.rulebook import catalog, samples

        rows = samples.sample_rows(catalog.dataset("penalty"), rows=6)
        done = city.hand_in(rows, dataset="penalty")
        code_title = catalog.dataset("penalty").field("uscc").title

        pages = [show(client, row[code_title]).content.decode() for row in rows]

        assert done.verdict.accepted == 6
        assert not any("行政处罚</span>" in page for page in pages)

    def test_leads_lower_case_to_the_one_address(self, client):
        code = city.an_organization().code

        answer = show(client, code.lower())

        assert answer["Location"] == reverse("portal:organization", args=[code])

    def test_shows_a_sole_proprietor_by_name_and_code_only(self, client):
        wanted = city.a_sole_proprietor()

        page = show(client, wanted.code).content.decode()

        assert wanted.code in page
        assert "只显示字号和代码" in page
        assert 'content="noindex"' in page
        assert "登记日期" not in page


class TestUnknown:
    def test_names_the_failed_check_of_a_wrong_code(self, client):
        code = city.an_organization().code

        answer = show(client, code[:-1] + ("0" if code[-1] != "0" else "1"))

        assert answer.status_code == 404
        assert "代码无效" in answer.content.decode()
        assert "第18位" in answer.content.decode()

    def test_says_of_a_valid_code_only_that_it_is_not_known(self, client):
        known = city.an_organization().code
        body = known[0] + "3" + known[2:17]  # another kind: not in the register

        answer = show(client, with_check(body))

        assert answer.status_code == 404
        assert "不说明任何机构的好坏" in answer.content.decode()

    def test_leads_away_from_a_personal_number(self, client):
        answer = show(client, city.PERSONAL_NUMBER)

        assert answer.status_code == 302
        assert city.PERSONAL_NUMBER not in answer["Location"]
