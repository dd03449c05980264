"""Handing in at the desk: one question per page, each with its own refusal."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories import accounts, city, files
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import operations, queries
from xinheng.web.desk import forms

FILE_STEP = "/desk/upload/U02/permit/2019-05"
OFFICE = Actor("office", sees_all_units=True)
NIL_STEP = "/desk/nil-return/U02/permit/2019-05"


def upload(client, content, *, name="permits.csv", step=FILE_STEP):
    return client.post(step, {"file": SimpleUploadedFile(name, content)})


class TestSteps:
    def test_skip_the_unit_where_there_is_only_one(self, clerk):
        assert clerk.get("/desk/upload/")["Location"] == "/desk/upload/U02/"

    def test_ask_for_the_unit_where_there_are_more(self, city):
        account = accounts.clerk("lisi", unit="U02")
        accounts.grant(account, accounts.CLERK, unit="U03")
        client = Client()
        accounts.sign_in(client, "lisi")

        asked = client.get("/desk/upload/").content.decode()
        chosen = client.post("/desk/upload/", {"choice": "U03"})

        assert "为哪个单位报送" in asked
        assert chosen["Location"] == "/desk/upload/U03/"

    def test_lead_from_dataset_to_month_to_file(self, clerk):
        dataset = clerk.post("/desk/upload/U02/", {"choice": "permit"})
        month = clerk.post(dataset["Location"], {"choice": forms.OWN_DATES})

        assert dataset["Location"] == "/desk/upload/U02/permit/"
        assert month["Location"] == "/desk/upload/U02/permit/own"
        assert clerk.get(month["Location"]).status_code == 200

    def test_take_another_month_in_writing(self, clerk):
        answer = clerk.post(
            "/desk/upload/U02/permit/", {"choice": forms.OTHER, "other": "2019-05"}
        )

        assert answer["Location"] == FILE_STEP

    def test_offer_own_dates_only_for_records_with_a_date(self, clerk):
        assert 'value="own"' in clerk.get("/desk/upload/U02/permit/").content.decode()
        assert (
            'value="own"'
            not in clerk.get("/desk/nil-return/U02/permit/").content.decode()
        )

    @pytest.mark.parametrize(
        ("step", "answers", "message"),
        [
            ("/desk/upload/U02/", {}, "请选择一项"),
            ("/desk/upload/U02/", {"choice": "gossip"}, "请选择一项"),
            ("/desk/upload/U02/permit/", {}, "请选择月份"),
            (
                "/desk/upload/U02/permit/",
                {"choice": "other", "other": "5月"},
                "请按 2019-05 的格式填写月份",
            ),
            (FILE_STEP, {}, "请选择文件"),
            (NIL_STEP, {}, "请勾选以确认"),
        ],
    )
    def test_say_what_is_missing_and_link_to_it(self, clerk, step, answers, message):
        page = clerk.post(step, answers).content.decode()

        assert "提交内容有误" in page
        assert page.count(message) == 2  # in the summary and at the field
        assert "<title>错误：" in page.replace("\n", "")

    @pytest.mark.parametrize(
        "address",
        [
            "/desk/upload/U01/",
            "/desk/upload/U01/permit/2019-05",
            "/desk/nil-return/U01/permit/2019-05",
        ],
    )
    def test_are_closed_for_another_unit(self, clerk, address):
        assert clerk.get(address).status_code == 403

    @pytest.mark.parametrize(
        "address", ["/desk/upload/U02/gossip/", "/desk/upload/U02/permit/2019-13"]
    )
    def test_know_no_other_dataset_or_month(self, clerk, address):
        assert clerk.get(address).status_code == 404

    def test_are_not_for_the_credit_office(self, office):
        answer = office.get("/desk/upload/")

        assert answer.status_code == 403
        assert "没有代表任何单位报送的授权" in answer.content.decode()

    def test_ask_a_stranger_to_sign_in(self, client, city):
        assert client.get(FILE_STEP)["Location"].startswith("/desk/sign-in")


class TestUpload:
    def test_leads_to_the_page_of_the_submission(self, clerk):
        answer = upload(clerk, files.as_csv(files.permit_rows(3)))

        page = clerk.get(answer["Location"]).content.decode()
        assert "已接收，等待校验" in page
        assert 'hx-trigger="every 1s"' in page

    def test_refuses_what_is_too_large(self, clerk, settings):
        settings.MAX_UPLOAD_BYTES = 100

        page = upload(clerk, b"x" * 101).content.decode()

        assert page.count("文件过大，最大 100 B") == 2

    def test_tells_an_empty_file_in_one_line(self, clerk):
        answer = upload(clerk, b"")
        operations.process_next(at=city.AT)

        page = clerk.get(answer["Location"]).content.decode()
        assert "文件未被接收" in page
        assert "文件内容未保存" in page

    def test_needs_the_form_s_own_token(self, city):
        client = Client(enforce_csrf_checks=True)

        assert upload(client, b"x").status_code == 403


class TestNilReturn:
    def test_is_filed_after_the_confirmation(self, clerk):
        page = clerk.post(NIL_STEP, {"confirmed": "on"}).content.decode()

        assert "零报告已提交" in page
        month = queries.list_month(
            actor=city.clerk_of("U02"), unit="U02", period="2019-05"
        )
        assert [item.dataset for item in month] == ["permit"]

    def test_is_refused_where_records_are_there(self, clerk):
        city.hand_in(files.permit_rows(4))

        page = clerk.post(NIL_STEP, {"confirmed": "on"}).content.decode()

        assert page.count("2019-05 已报送 4 条记录，不能提交零报告") == 2

    def test_says_so_in_english(self, clerk):
        city.hand_in(files.permit_rows(4))

        page = clerk.post(
            NIL_STEP, {"confirmed": "on"}, headers={"Accept-Language": "en"}
        ).content.decode()

        assert "would contradict them" in page


class TestHandIn:
    def test_the_same_file_twice_counts_once(self, clerk):
        content = files.as_csv(files.permit_rows(3))

        for _ in range(2):
            upload(clerk, content)
            operations.process_next(at=city.AT)

        page = clerk.get("/desk/submissions/").content.decode()
        assert page.count("入库 3 / 3 行") == 2


class TestUploadPage:
    def test_finds_no_fault_before_anything_was_sent(self, clerk):
        assert "error-summary" not in clerk.get(FILE_STEP).content.decode()
        assert "请选择文件" not in clerk.get(FILE_STEP).content.decode()

    def test_refuses_a_personal_number_in_the_name_of_a_file(self, clerk):
        name = "210899199001010012.csv"

        answer = upload(clerk, files.as_csv(files.permit_rows(1)), name=name)

        assert answer.status_code == 200
        assert "210899199001010012" not in answer.content.decode()
        assert queries.list_submissions(actor=OFFICE).total == 0
