"""What waits, at the desk: who sees it, who decides, and what they are told."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import accounts, files
from tests.factories.waiting import CODE, misnamed, of_stranger, submit
from xinheng.apps.intake.models import HeldRow, MendedMark, Submission
from xinheng.apps.records.models import Record

PERSONAL_NUMBER = "210899199001010012"
LISTS = ("queues", "queue-mend", "queue-questionable", "queue-unlinked", "questions")


def url(page: str, *arguments: object) -> str:
    return reverse(f"desk:{page}", args=arguments)


def text(answer) -> str:
    return answer.content.decode()


def ids(**wanted: object) -> list[int]:
    rows = HeldRow.objects.filter(**wanted).order_by("id")
    return list(rows.values_list("id", flat=True))


class TestHome:
    def test_shows_a_clerk_what_waits_of_the_own_unit(self, clerk, kept):
        waiting = clerk.get("/desk/").context["waiting"]

        assert (waiting.to_mend, waiting.questionable, waiting.unlinked) == (1, 1, 1)
        assert waiting.holds is None
        assert url("holds") not in text(clerk.get("/desk/"))

    def test_shows_the_credit_office_everything(self, office, kept, hold):
        waiting = office.get("/desk/").context["waiting"]

        assert (waiting.to_mend, waiting.questionable, waiting.unlinked) == (1, 2, 1)
        assert waiting.holds == 1
        page = text(office.get(url("queues")))
        assert all(url(each) in page for each in (*LISTS[1:], "holds"))


class TestPermissions:
    @pytest.mark.parametrize("page", LISTS)
    def test_lets_nobody_in_who_is_not_signed_in(self, city, client, page):
        assert "/desk/sign-in" in client.get(url(page))["Location"]

    @pytest.mark.parametrize("page", ["queue-questionable", "queue-unlinked"])
    def test_shows_a_clerk_no_other_unit_even_when_asked(self, clerk, page):
        rows = files.permit_rows(2)
        submit([misnamed(rows[0]), of_stranger(rows[1])], unit="U01")

        answer = clerk.get(url(page), {"unit": "U01"})

        assert answer.context["page"].total == 0

    def test_hides_a_row_of_another_unit(self, clerk, kept):
        [other] = ids(submission__unit_id="U01")

        assert clerk.get(url("queue-row", other)).status_code == 404

    def test_lets_a_clerk_decide_nothing(self, clerk, kept):
        [row] = ids(submission__unit_id="U02", reason="questionable")
        sent = {"rows": [row], "choice": "accept", "reason": "对"}

        for page in (url("queue-questionable"), url("queue-row", row)):
            assert clerk.post(page, sent).status_code == 403
        assert "<textarea" not in text(clerk.get(url("queue-row", row)))
        assert HeldRow.objects.get(id=row).decision == ""

    def test_lets_a_clerk_ask_for_the_own_unit_alone(self, clerk):
        submit([of_stranger(files.permit_rows(1)[0])], unit="U01")
        [row] = ids()

        answer = clerk.post(url("queue-unlinked"), {"rows": [row]})

        assert answer.status_code == 200
        assert HeldRow.objects.get(id=row).asked_by == ""

    @pytest.mark.parametrize("page", ["holds", "hold", "question"])
    def test_keeps_a_clerk_from_questions_and_holds(self, clerk, question, hold, page):
        number = {"holds": (), "hold": (hold,), "question": (question,)}[page]

        assert clerk.get(url(page, *number)).status_code == 403
        assert clerk.post(url(page, *number)).status_code == 403

    def test_keeps_an_administrator_from_deciding(self, kept, question, hold):
        account, client = accounts.administrator(), Client()
        accounts.sign_in_verified(client, account, "admin")
        [row] = ids(submission__unit_id="U01")

        assert client.get(url("queue-row", row)).status_code == 200
        sent = {"choice": "accept", "reason": "对"}
        assert client.post(url("queue-row", row), sent).status_code == 403
        assert client.get(url("hold", hold)).status_code == 403


class TestQuestionable:
    def test_can_be_narrowed(self, office, kept):
        for asked, total in (
            ({"unit": "U01"}, 1),
            ({"dataset": "penalty"}, 0),
            ({"rule": "NAME_MISMATCH"}, 2),
            ({"rule": "OTHER_UNIT"}, 2),  # none waits for it: no choice
            ({"unit": "\x00"}, 2),
        ):
            answer = office.get(url("queue-questionable"), asked)
            assert answer.context["page"].total == total, asked

    def test_accepts_several_rows_for_one_reason(self, office, kept):
        sent = {"everything": "on", "choice": "accept", "reason": "已核对"}

        answer = office.post(url("queue-questionable"), sent, follow=True)

        assert "已接收并成为记录" in text(answer)
        assert Record.objects.count() == 2
        assert answer.context["page"].total == 0

    def test_sends_the_ticked_rows_back(self, office, kept):
        [row] = ids(submission__unit_id="U01")
        sent = {"rows": [row], "choice": "send-back", "reason": "名称有误"}

        office.post(url("queue-questionable"), sent)

        assert HeldRow.objects.get(id=row).decision == "REJECTED"
        assert len(ids(reason="questionable", decision="")) == 1

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"rows": []}, "请至少选择一行"),
            ({"rows": ["999999"]}, "已不在等待"),
            ({"choice": ""}, "请选择一项"),
            ({"reason": "  "}, "请说明理由"),
            ({"reason": f"证件 {PERSONAL_NUMBER}"}, "请删去个人身份证号码"),
        ],
    )
    def test_says_what_is_missing(self, office, kept, change, told):
        sent = {"rows": ids(reason="questionable"), "choice": "accept", "reason": "对"}

        answer = office.post(url("queue-questionable"), sent | change)

        page = text(answer)
        assert 'id="errors"' in page
        assert told in page
        assert Record.objects.count() == 0

    def test_offers_no_row_that_one_handed_in_oneself(self, kept):
        account = accounts.credit_office()
        Submission.objects.filter(unit_id="U01").update(submitted_by=account)
        client = Client()
        accounts.sign_in_verified(client, account, "office")
        [own] = ids(submission__unit_id="U01")

        page = text(client.get(url("queue-questionable")))

        assert f'value="{own}"' not in page
        assert "由您本人报送" in page
        assert "<textarea" not in text(client.get(url("queue-row", own)))

    def test_does_not_query_per_row(self, office, city, django_assert_max_num_queries):
        submit([misnamed(row) for row in files.permit_rows(12)])

        with django_assert_max_num_queries(20):
            office.get(url("queue-questionable"))


class TestRow:
    def test_shows_the_registers_names_beside_the_reported_one(self, office, kept):
        [row] = ids(submission__unit_id="U01")

        page = text(office.get(url("queue-row", row)))

        assert "示例市另一家有限公司" in page
        assert files.permit_rows(5)[3]["行政相对人名称"] in page
        assert "现用名称" in page
        assert "NAME_MISMATCH" in page

    def test_lands_once_it_is_accepted(self, office, kept):
        [row] = ids(submission__unit_id="U01")
        sent = {"choice": "accept", "reason": "已核对"}

        answer = office.post(url("queue-row", row), sent, follow=True)

        assert "您的决定已记录" in text(answer)
        assert "<textarea" not in text(answer)
        assert Record.objects.filter(source_unit_id="U01").count() == 1

    def test_offers_to_take_over_what_is_another_units(self, office, city):
        rows = files.permit_rows(1)
        submit(rows, unit="U01")
        submit([{**rows[0], "许可内容": "另一种说法"}], unit="U02")
        [row] = ids()

        page = text(office.get(url("queue-row", row)))
        refused = office.post(
            url("queue-row", row), {"choice": "accept", "reason": "对"}
        )
        office.post(url("queue-row", row), {"choice": "take-over", "reason": "对"})

        assert "take-over" in page
        assert "这是行政审批局的记录" in page
        assert refused.context["form"].errors
        current = Record.objects.get(superseded_at__isnull=True)
        assert current.source_unit_id == "U02"

    def test_says_what_is_in_the_way(self, office, city):
        row = of_stranger(files.permit_rows(1)[0])
        submit([{**row, "备注": "编号 110108000000016"}])

        answer = office.post(
            url("queue-row", ids()[0]), {"choice": "accept", "reason": "对"}
        )

        assert "登记库中还没有这家机构" in text(answer)

    def test_covers_what_may_be_a_persons_number(self, office, city):
        submit([{**files.permit_rows(1)[0], "备注": "编号 110108000000016"}])

        page = text(office.get(url("queue-row", ids()[0])))

        assert "110108000000016" not in page
        assert "●" * 15 in page

    def test_is_not_found_where_there_is_none(self, office, city):
        assert office.get(url("queue-row", 10**9)).status_code == 404


class TestUnlinked:
    def test_asks_the_register_with_one_click(self, clerk, kept):
        [row] = ids(reason="unlinked")

        answer = clerk.post(url("queue-unlinked"), {"rows": [row]}, follow=True)

        assert "已列入登记机关的清单" in text(answer)
        assert HeldRow.objects.get(id=row).asked_by

    def test_lists_what_was_asked_for_the_registrar(self, clerk, kept):
        [row] = ids(reason="unlinked")
        HeldRow.objects.filter(id=row).update(subject_code="=1+1")
        clerk.post(url("queue-unlinked"), {"rows": [row]})

        answer = clerk.get(url("queue-export"))

        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert lines[1][0] == "'=1+1"
        assert lines[1][1] == of_stranger(files.permit_rows(2)[1])["行政相对人名称"]
        assert "attachment" in answer["Content-Disposition"]

    def test_lists_nothing_of_other_units(self, clerk, office, city):
        row = of_stranger(files.permit_rows(1)[0])
        submit([row], unit="U01")
        office.post(url("queue-unlinked"), {"rows": ids()})

        assert row[CODE] in text(office.get(url("queue-export")))
        assert row[CODE] not in text(clerk.get(url("queue-export")))

    def test_asks_for_at_least_one(self, clerk, kept):
        answer = clerk.post(url("queue-unlinked"), {})

        assert "请至少选择一行" in text(answer)


class TestMend:
    def test_lists_what_is_left_and_forgets_what_came_again(self, clerk, kept):
        assert clerk.get(url("queue-mend")).context["page"].items[0].left == 1

        submit(files.permit_rows(3)[2:], unit="U02")

        assert clerk.get(url("queue-mend")).context["page"].total == 0

    def test_takes_the_units_word(self, clerk, kept):
        item = clerk.get(url("queue-mend")).context["page"].items[0]

        for _ in range(2):
            answer = clerk.post(url("queue-mended", item.submission), follow=True)

        assert answer.context["page"].total == 0
        assert MendedMark.objects.count() == 1

    def test_takes_nobody_elses_word(self, clerk, office, kept):
        theirs = Submission.objects.get(unit_id="U01").id
        mine = Submission.objects.get(unit_id="U02").id

        assert clerk.post(url("queue-mended", theirs)).status_code == 404
        assert clerk.post(url("queue-mended", "nonsense")).status_code == 404
        assert office.post(url("queue-mended", mine)).status_code == 403

    def test_lists_what_was_sent_back(self, clerk, office, kept):
        rows = ids(submission__unit_id="U02", reason="questionable")
        sent = {"rows": rows, "choice": "send-back", "reason": "名称有误"}
        office.post(url("queue-questionable"), sent)

        [item] = clerk.get(url("queue-mend")).context["page"].items

        assert (item.rejected, item.sent_back, item.left) == (1, 1, 2)


class TestRelease:
    def test_says_where_its_rows_came_from(self, office, kept):
        sent = {"everything": "on", "choice": "accept", "reason": "已核对"}
        office.post(url("queue-questionable"), sent)
        release = Submission.objects.filter(origin="RELEASE").first()
        original = HeldRow.objects.filter(closed_by=release).get().submission_id

        page = text(office.get(url("submission", release.id)))

        assert "放行" in page
        assert url("submission", original) in page


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("queues", "What waits"),
        ("queue-mend", "Rows to mend"),
        ("queue-questionable", "Rows in question"),
        ("queue-unlinked", "Rows without a known organization"),
        ("questions", "Questions about submissions"),
        ("holds", "Withheld from the public"),
    ],
)
def test_every_list_reads_in_english(office, kept, page, title):
    answer = office.get(url(page), headers={"Accept-Language": "en"})

    assert f"<h1>{title}</h1>" in text(answer)
