"""An organization's page: facts with their source; a wrong code is never clean."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import city, files
from xinheng.apps.organizations import operations as organizations
from xinheng.core.identifiers import organization_code, uscc
from xinheng.rulebook import samples

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


class TestRegister:
    """What the registrars said: a parent with branches, former names and codes."""

    @pytest.fixture
    def parent(self, tmp_path):
        ones = [e for e in samples.organizations(400) if e.code.startswith("91")]
        first, *branches = ones[:30]
        rows = [
            {"名称": first.name, "信用代码": first.code, "变更类型": "新增"},
            {"名称": "示例市更名有限公司", "信用代码": first.code, "变更类型": "变更"},
            {
                "名称": "示例市更名有限公司",
                "信用代码": self.new_code(),
                "变更类型": "吊销",
                "原代码": first.code,
            },
        ]
        for number, row in enumerate(rows, start=1):
            row["变更日期"] = f"2019-05-0{number}"
            row.setdefault("原代码", "")
        changes = files.write_csv(tmp_path / "changes.csv", rows)
        organizations.import_register(
            path=changes, actor="test", at=city.AT, is_delta=True
        )
        facts = {
            "机构类型": "有限责任公司",
            "行业代码": "F51",
            "登记机关": "示例市登记局",
        }
        rows = [
            {
                "名称": e.name,
                "信用代码": e.code,
                "隶属单位统一社会信用代码": self.new_code(),
            }
            | dict.fromkeys(facts, "")
            for e in branches
        ]
        rows.append(
            {"名称": "示例市更名有限公司", "信用代码": self.new_code()}
            | {"隶属单位统一社会信用代码": ""}
            | facts
        )
        whole = files.write_csv(tmp_path / "whole.csv", rows)
        organizations.import_register(path=whole, actor="test", at=city.AT)
        return first, branches

    @staticmethod
    def new_code():
        return with_check(
            "91210899MA999990" + organization_code.check_character("MA999990")
        )

    def test_shows_state_kind_industry_and_what_it_was(self, client, parent):
        first, _ = parent

        page = show(client, self.new_code()).content.decode()

        for text in (
            "吊销",
            "企业",
            "批发和零售业",
            "示例市登记局",
            first.name,
            first.code,
        ):
            assert text in page

    def test_lists_its_branches_page_by_page(self, client, parent):
        _, branches = parent
        address = reverse("portal:organization", args=[self.new_code()])

        pages = [client.get(address, {"page": n}).content.decode() for n in (1, 2)]

        listed = [sum(each.code in page for each in branches) for page in pages]
        assert listed == [20, len(branches) - 20]

    def test_leads_from_a_branch_and_from_the_former_code(self, client, parent):
        first, branches = parent
        address = reverse("portal:organization", args=[self.new_code()])

        assert f'href="{address}"' in show(client, branches[0].code).content.decode()
        assert show(client, first.code)["Location"] == address
