"""The code workbench at the desk: who sees what, who acts, and what they are told."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import accounts, pictures
from tests.factories.issues import HELD, NEW, claimed, take
from xinheng.apps.organizations import suggestions
from xinheng.apps.organizations.models import (
    Correction,
    Judgement,
    Organization,
    RegisterIssue,
)

MONTH = f"{timezone.localdate():%Y-%m}"
PROPOSAL = {
    "act": "propose",
    "propose-flag": "0",
    "propose-subject": "HOLDER",
    "propose-new_code": NEW,
    "propose-effective_on": "2019-06-04",
    "propose-evidence": "=示例市登记〔2019〕1号",
}


def url(page: str, *arguments: object) -> str:
    return reverse(f"desk:{page}", args=arguments)


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def issue(city, tmp_path):
    suggestions.forget()
    return claimed(tmp_path).id


@pytest.fixture
def second(city):
    account, client = accounts.credit_office("second"), Client()
    accounts.sign_in_verified(client, account, "second")
    return client


def act(client, issue, name, **answers):
    sent = {"act": name, **{f"{name}-{key}": value for key, value in answers.items()}}
    return client.post(url("code-issue", issue), sent)


def decided(office, second, issue):
    assert office.post(url("code-issue", issue), PROPOSAL).status_code == 302
    answer = act(second, issue, "decide", choice="decide", reason="已核对")
    assert answer.status_code == 302


class TestPermissions:
    @pytest.mark.parametrize("page", ["workbench", "code-rates", "code-return"])
    def test_nobody_comes_in_without_signing_in(self, city, client, page):
        assert "/desk/sign-in" in client.get(url(page))["Location"]

    def test_a_clerk_sees_what_is_assigned_to_the_own_unit(self, clerk, office, issue):
        assert clerk.get(url("workbench")).context["page"].total == 0
        assert clerk.get(url("code-issue", issue)).status_code == 404

        act(office, issue, "assign", unit="U02", reason="请核对")

        assert clerk.get(url("workbench")).context["page"].total == 1
        assert clerk.get(url("code-issue", issue)).status_code == 200

    def test_a_clerk_proposes_and_does_nothing_else(self, clerk, office, issue):
        act(office, issue, "assign", unit="U02", reason="请核对")

        assert clerk.post(url("code-issue", issue), PROPOSAL).status_code == 302
        for name in ("assign", "decide", "undo", "judge"):
            assert act(clerk, issue, name, reason="x").status_code == 403
        assert Correction.objects.get().stage == "PROPOSED"

    def test_a_clerk_takes_the_own_unit_s_return_alone(self, clerk):
        assert clerk.get(url("code-return")).status_code == 200
        assert clerk.get(url("code-return"), {"unit": "U01"}).status_code == 403
        assert clerk.get(
            url("code-return-file", "csv"), {"unit": "U01"}
        ).status_code == (403)

    def test_the_rates_are_the_credit_office_s(self, clerk):
        assert clerk.get(url("code-rates")).status_code == 403
        assert clerk.get(url("code-rates-csv")).status_code == 403

    def test_an_administrator_decides_nothing(self, issue):
        account, client = accounts.administrator(), Client()
        accounts.sign_in_verified(client, account, "admin")

        assert client.get(url("code-issue", issue)).status_code == 200
        assert client.post(url("code-issue", issue), PROPOSAL).status_code == 403


class TestQueue:
    def test_can_be_narrowed(self, office, issue):
        for asked, total in (
            ({"kind": "DUP_CODE"}, 1),
            ({"kind": "PRINTED_Y"}, 0),
            ({"stage": "PROPOSED"}, 0),
            ({"stage": "CLOSED"}, 0),
            ({"age": "365"}, 1),
            ({"authority": "\x00"}, 1),
            ({"unit": "U02"}, 0),
        ):
            asked = {"kind": "DUP_CODE", **asked}
            page = office.get(url("workbench"), asked).context["page"]
            assert page.total == total, asked

    def test_counts_kinds(self, office, issue):
        kinds = office.get(url("workbench")).context["kinds"]

        assert ("DUP_CODE", "一码多赋", 1) in kinds


class TestIssue:
    def test_shows_both_sides(self, office, issue):
        page = text(office.get(url("code-issue", issue)))

        assert "示例市甲有限公司" in page
        assert "示例市乙有限公司" in page
        assert page.count(HELD) >= 3

    def test_suggests_and_applies_nothing(self, office, issue):
        damaged = HELD[:-2] + HELD[-1] + HELD[-2]
        before = list(Organization.objects.values())

        found = suggestions.suggest(code=damaged, name="示例市甲有限公司")

        assert found.is_ready
        assert found.codes[0].code == HELD
        assert list(Organization.objects.values()) == before

    def test_joins_reasons_without_doubled_marks(self, office, city, tmp_path):
        suggestions.forget()
        codes = (HELD, NEW)
        take(tmp_path, *(("示例市同名有限公司", code) for code in codes), day=1)
        issue = RegisterIssue.objects.filter(kind="MULTI_CODE").first()

        answer = text(office.get(url("code-issue", issue.id)))

        assert "另有单位使用这一名称" in answer
        assert "。；" not in answer

    def test_answers_while_a_large_register_is_read(self, office, issue, monkeypatch):
        monkeypatch.setattr(suggestions, "MOST_AT_ONCE", 0)
        monkeypatch.setattr(suggestions, "_build_beside", lambda version: None)
        suggestions.forget()

        answer = office.get(url("code-issue", issue))

        assert answer.context["is_ready"] is False

    def test_tells_what_does_not_fit_at_its_field(self, office, issue):
        wrong = {**PROPOSAL, "propose-new_code": "无", "propose-evidence": ""}

        answer = office.post(url("code-issue", issue), wrong)

        assert answer.status_code == 200
        assert "#id_propose-evidence" in text(answer)
        assert "请写明证明文件" in text(answer)
        wrong["propose-evidence"] = "文号"
        answer = office.post(url("code-issue", issue), wrong)
        assert "#id_propose-new_code" in text(answer)
        assert not Correction.objects.exists()

    def test_does_not_let_who_proposed_decide(self, office, issue):
        office.post(url("code-issue", issue), PROPOSAL)

        answer = act(office, issue, "decide", choice="decide", reason="对")

        assert answer.status_code == 200
        assert Correction.objects.get().stage == "PROPOSED"

    def test_is_decided_and_undone(self, office, second, issue):
        decided(office, second, issue)
        assert Organization.objects.filter(uscc=NEW).exists()

        assert act(office, issue, "undo", reason="证照有误").status_code == 302

        assert not Organization.objects.filter(uscc=NEW).exists()

    def test_takes_and_withdraws_a_judgement(self, office, issue):
        page = office.get(url("code-issue", issue))
        one, other = (each.entry for each in page.context["item"].entries)

        answer = act(
            office, issue, "judge", one=one, other=other, verdict="SAME", reason="同址"
        )

        assert answer.status_code == 302
        number = Judgement.objects.get().id
        office.post(url("code-judgement", issue, number))
        assert Judgement.objects.get().deleted_at is not None


class TestEvidence:
    def test_is_handed_in_with_the_proposal_and_downloaded(self, office, issue):
        files = [pictures.upload("执照.png"), pictures.upload("另一份.png")]
        assert office.post(
            url("code-issue", issue), {**PROPOSAL, "propose-attached": files}
        ).status_code == (302)

        page = text(office.get(url("code-issue", issue)))
        links = re.findall(rf"/desk/codes/{issue}/files/[0-9a-f]{{64}}", page)

        answer = office.get(links[0])
        assert answer.content == pictures.png()
        assert answer["Content-Type"] == "image/png"
        assert answer["Content-Disposition"].startswith("attachment")

    def test_says_at_its_field_why_a_file_is_refused(self, office, issue):
        wrong = SimpleUploadedFile("a.png", b"GIF89a")

        answer = office.post(
            url("code-issue", issue), {**PROPOSAL, "propose-attached": wrong}
        )

        assert "#id_propose-attached" in text(answer)
        assert "PDF、JPEG 或 PNG" in text(answer)
        assert not Correction.objects.exists()

    def test_is_bounded_in_number_and_size(self, office, issue, settings):
        many = [pictures.upload("a.png") for _ in range(6)]
        answer = office.post(
            url("code-issue", issue), {**PROPOSAL, "propose-attached": many}
        )
        assert "最多选择 5 个文件" in text(answer)

        settings.MAX_EVIDENCE_BYTES = 10
        answer = office.post(
            url("code-issue", issue),
            {**PROPOSAL, "propose-attached": pictures.upload("a.png")},
        )
        assert "文件过大" in text(answer)
        assert not Correction.objects.exists()

    def test_is_not_for_others(self, clerk, office, issue):
        sent = {**PROPOSAL, "propose-attached": pictures.upload("执照.png")}
        office.post(url("code-issue", issue), sent)
        digest = Correction.objects.get().files.get().file_id

        asked = url("code-issue-file", issue, digest)
        assert office.get(asked).status_code == 200
        assert clerk.get(asked).status_code == 404
        assert office.get(url("code-issue-file", issue, "0" * 64)).status_code == 404
        assert Client().get(asked).status_code == 302


class TestReturn:
    def test_print_and_files_hold_the_same_cells(self, office, second, issue):
        decided(office, second, issue)
        asked = {"period": MONTH}

        page = text(office.get(url("code-return"), asked))
        printed = page[page.index('id="return"') : page.index("</table>")]
        cells = re.findall(r"<t[hd](?: [^>]*)?>(.*?)</t[hd]>", printed)
        sent = office.get(url("code-return-file", "csv"), asked).content
        lines = list(csv.reader(io.StringIO(sent.decode("utf-8-sig"), newline="")))
        book = office.get(url("code-return-file", "xlsx"), asked).content
        sheet = openpyxl.load_workbook(io.BytesIO(book)).active

        from_csv = [cell for line in lines for cell in line]
        from_book = [
            cell.value or "" for row in sheet.iter_rows(min_row=3) for cell in row
        ]
        assert [cell.replace("&#x27;", "'") for cell in cells] == from_csv == from_book
        assert len(lines) == 2
        assert lines[1][4:6] == ["0", NEW]
        assert sheet.protection.sheet

    def test_disarms_what_a_spreadsheet_would_compute(self, office, second, issue):
        decided(office, second, issue)

        sent = office.get(url("code-return-file", "csv"), {"period": MONTH}).content

        assert "'=示例市登记〔2019〕1号" in sent.decode()

    def test_leaves_out_what_was_undone(self, office, second, issue):
        decided(office, second, issue)
        act(office, issue, "undo", reason="证照有误")

        answer = office.get(url("code-return"), {"period": MONTH})

        assert answer.context["table"].rows == ()


class TestRates:
    @pytest.mark.parametrize("by", ["month", "kind", "unit", "authority", "\x00"])
    def test_show_numerator_denominator_and_formula(self, office, issue, by):
        answer = office.get(url("code-rates"), {"period": "2019-06", "by": by})

        assert answer.status_code == 200
        assert "当月存在或发现代码问题的主体数" in text(answer)

    def test_keep_an_authority_whose_issues_are_all_corrected(
        self, office, second, issue
    ):
        RegisterIssue.objects.update(authority="示例市登记局")
        decided(office, second, issue)

        answer = office.get(url("code-rates"), {"by": "authority"})

        (line,) = answer.context["lines"]
        assert (line.title, line.correction) == ("示例市登记局", "100.00%")

    def test_come_as_csv(self, office, second, issue, tmp_path):
        take(tmp_path, ("示例市丁有限公司", "无"), day=1)
        asked = {"period": "2019-06", "by": "kind"}

        sent = office.get(url("code-rates-csv"), asked).content.decode("utf-8-sig")

        rows = {row["分组"]: row for row in csv.DictReader(io.StringIO(sent))}
        assert rows["占位内容"]["重错码率分子"] == "1"
        assert rows["占位内容"]["纠正率分母"] == "1"
