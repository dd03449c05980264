"""Submissions at the desk: progress, six counts, findings, rejects, receipt."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pytest
from django.urls import reverse

from tests.factories import city, files
from xinheng.apps.intake import operations
from xinheng.apps.ledger import receipts
from xinheng.core.submissions.outcomes import Counts
from xinheng.web.desk import verdicts


def address(page, submission):
    return reverse(f"desk:{page}", args=[submission.id])


@pytest.fixture
def faulty(city):
    """A submission of eight rows of which three are refused."""
    from tests.factories import city as cities

    return cities.hand_in(cities.some_wrong_rows())


class TestSubmission:
    def test_shows_six_counts_that_add_up(self, clerk, faulty):
        answer = clerk.get(address("submission", faulty))

        parts = answer.context["parts"]
        assert sum(part.rows for part in parts) == 8
        assert [part.rows for part in parts if part.name == "rejected"] == [3]
        assert "读取 8 行，入库 5 行" in answer.content.decode()

    def test_says_that_personal_numbers_were_found_and_shows_none(self, clerk, faulty):
        page = clerk.get(address("submission", faulty)).content.decode()

        assert "发现个人身份证号码" in page
        assert city.PERSONAL_NUMBER not in page

    def test_names_the_sheets_that_were_not_read(self, clerk):
        book = files.as_book_with_hidden_sheet(files.permit_rows(2))
        done = city.hand_in(book, name="permits.xlsx")

        page = clerk.get(address("submission", done)).content.decode()

        assert "未读取的工作表" in page
        assert "底稿" in page
        assert "1 行不是记录" in page

    def test_says_that_a_number_stands_beside_the_rows(self, clerk):
        book = files.as_book_with_hidden_sheet(
            [{**files.permit_rows(1)[0], "备注": city.PERSONAL_NUMBER}]
        )
        loaded = openpyxl.load_workbook(io.BytesIO(book))
        loaded["许可"].cell(2, loaded["许可"].max_column).value = None
        target = io.BytesIO()
        loaded.save(target)
        done = city.hand_in(target.getvalue(), name="permits.xlsx")

        page = clerk.get(address("submission", done)).content.decode()

        assert "数据行以外" in page
        assert "相关行已退回" not in page

    def test_says_that_all_is_well(self, clerk):
        done = city.hand_in(files.permit_rows(3))

        page = clerk.get(address("submission", done)).content.decode()

        assert "3 行全部入库" in page
        assert "接下来怎么做" not in page

    @pytest.mark.parametrize(
        "page",
        ["submission", "progress", "findings", "rejects", "receipt", "receipt-file"],
    )
    def test_is_hidden_from_other_units(self, clerk, page):
        other = city.hand_in(files.permit_rows(2), unit="U01")

        assert clerk.get(address(page, other)).status_code == 404

    @pytest.mark.parametrize("identifier", ["0" * 32, "nonsense"])
    def test_is_not_found_where_there_is_none(self, clerk, identifier):
        assert clerk.get(f"/desk/submissions/{identifier}").status_code == 404

    def test_is_open_to_the_credit_office(self, office):
        done = city.hand_in(files.permit_rows(2))

        assert office.get(address("submission", done)).status_code == 200


class TestProgress:
    def test_answers_a_part_of_the_page_while_the_file_waits(self, clerk):
        waiting = operations.receive(
            operations.HandIn(
                city.clerk_of("U02"), "U02", "permit", None, "a.csv", io.BytesIO(b"x")
            ),
            at=city.AT,
        )

        answer = clerk.get(f"/desk/submissions/{waiting}/progress")

        assert "<html" not in answer.content.decode()
        assert "已接收，等待校验" in answer.content.decode()

    def test_asks_for_the_whole_page_once_the_verdict_stands(self, clerk, faulty):
        answer = clerk.get(address("progress", faulty))

        assert answer["HX-Refresh"] == "true"
        assert answer.content == b""


class TestFindings:
    def test_stand_row_by_row_with_advice(self, clerk, faulty):
        answer = clerk.get(address("findings", faulty))

        found = [(f.severity == "notice", f.row) for f in answer.context["page"].items]
        assert found == sorted(found)
        assert {(False, 2), (False, 3), (False, 4)} <= set(found)
        assert all(finding.advice for finding in answer.context["page"].items)

    def test_can_be_narrowed_to_one_rule(self, clerk, faulty):
        answer = clerk.get(address("findings", faulty), {"rule": "DATE_FUTURE"})

        assert {f.rule for f in answer.context["page"].items} == {"DATE_FUTURE"}

    def test_can_be_narrowed_to_what_keeps_rows_out(self, clerk, faulty):
        page = clerk.get(f"/desk/submissions/{faulty.id}/findings?severity=error")

        assert {each.severity for each in page.context["page"].items} == {"error"}
        assert "该行退回 (3)" in page.content.decode()

    def test_show_all_for_an_effect_that_there_is_not(self, clerk, faulty):
        page = clerk.get(f"/desk/submissions/{faulty.id}/findings?severity=no")

        assert page.context["page"].total == sum(faulty.findings.values())

    def test_say_on_which_line_of_the_file_a_row_stands(self, clerk, faulty):
        page = clerk.get(f"/desk/submissions/{faulty.id}/findings?severity=error")

        assert "文件第3行" in page.content.decode()

    def test_bring_the_rejected_rows_as_a_workbook(self, clerk, faulty):
        sent = clerk.get(f"/desk/submissions/{faulty.id}/rejects.xlsx")

        assert sent.content.startswith(b"PK")
        assert ".xlsx" in sent["Content-Disposition"]

    def test_bring_no_workbook_where_nothing_was_rejected(self, clerk):
        done = city.hand_in(files.permit_rows(2))

        sent = clerk.get(f"/desk/submissions/{done.id}/rejects.xlsx")

        assert sent.status_code == 404

    def test_bring_the_questionable_rows_as_a_workbook(self, clerk):
        rows = files.permit_rows(2)
        rows[1]["许可内容"] = "210802199001011000"
        done = city.hand_in(rows)

        page = clerk.get(f"/desk/submissions/{done.id}").content.decode()
        sent = clerk.get(f"/desk/submissions/{done.id}/questions.xlsx")

        assert "questions.xlsx" in page
        assert "rejects.xlsx" not in page
        assert sent.content.startswith(b"PK")
        assert "questions-" in sent["Content-Disposition"]

    def test_show_all_for_a_rule_that_found_nothing(self, clerk, faulty):
        answer = clerk.get(address("findings", faulty), {"rule": "<x>"})

        assert answer.context["page"].total >= 3

    def test_are_english_for_english_readers(self, clerk, faulty):
        page = clerk.get(
            address("findings", faulty), headers={"Accept-Language": "en"}
        ).content.decode()

        assert "row rejected" in page
        assert "Date" in page

    def test_download_as_rejects(self, clerk, faulty):
        answer = clerk.get(address("rejects", faulty))

        text = answer.content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert {"2", "3", "4"} <= {row["row"] for row in rows}
        assert city.PERSONAL_NUMBER not in text


class TestReceipt:
    def test_shows_what_proves_it(self, clerk, faulty):
        page = clerk.get(address("receipt", faulty)).content.decode()

        assert faulty.file_digest in page
        assert "账本序号" in page

    def test_file_verifies(self, clerk, faulty):
        answer = clerk.get(address("receipt-file", faulty))

        assert receipts.verify(json.loads(answer.content)) == ()

    def test_is_not_there_for_a_refused_file(self, clerk):
        refused = city.hand_in(b"")

        assert refused.state == "REFUSED"
        assert clerk.get(address("receipt", refused)).status_code == 404


class TestRules:
    def test_stand_the_gravest_first(self):
        rules = verdicts.rules({"LATE": 100, "DATE_FUTURE": 1, "REQUIRED": 2})

        assert [rule.code for rule in rules] == ["REQUIRED", "DATE_FUTURE", "LATE"]


class TestParts:
    def test_fill_the_bar(self):
        parts = verdicts.parts(Counts(7, 3, 1, 1, 1, 1, 0))

        assert parts[-2].left + parts[-2].width == verdicts.WIDTH
        assert [part.width > 0 for part in parts] == [True] * 5 + [False]

    def test_stand_a_file_without_rows(self):
        assert all(
            part.width == 0 for part in verdicts.parts(Counts(0, 0, 0, 0, 0, 0, 0))
        )


class TestList:
    def test_does_not_query_per_row(self, clerk, django_assert_max_num_queries):
        for number in range(6):
            city.hand_in(files.permit_rows(1, seed=number), name=f"{number}.csv")

        with django_assert_max_num_queries(14):
            clerk.get("/desk/submissions/")

    def test_can_be_narrowed_to_one_unit(self, office):
        city.hand_in(files.permit_rows(1), unit="U01", name="one.csv")
        city.hand_in(files.permit_rows(2), unit="U02", name="two.csv")

        page = office.get("/desk/submissions/", {"unit": "U01"}).content.decode()

        assert "one.csv" in page
        assert "two.csv" not in page

    def test_shows_a_clerk_no_other_unit_even_when_asked(self, clerk):
        city.hand_in(files.permit_rows(1), unit="U01", name="one.csv")

        page = clerk.get("/desk/submissions/", {"unit": "U01"}).content.decode()

        assert "one.csv" not in page
