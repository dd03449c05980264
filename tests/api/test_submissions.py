"""Handing in by machine."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.factories import files
from xinheng.apps.intake import operations
from xinheng.apps.ledger import receipts

pytestmark = pytest.mark.django_db


def post(client, rows, **change):
    form = {"unit": "U01", "dataset": "permit", "period": "2019-05", **change}
    upload = SimpleUploadedFile("permits.csv", files.as_csv(rows))
    return client.post("/api/v1/submissions", {**form, "file": upload})


class TestSubmit:
    def test_answers_with_the_verdict_and_a_receipt_once_worked_off(self, machine):
        rows = files.permit_rows(5)
        rows[0]["许可决定日期"] = "不是日期"

        accepted = post(machine, rows)
        waiting = machine.get(f"/api/v1/submissions/{accepted.json()['id']}")
        operations.process_next(at=timezone.now())

        assert accepted.status_code == 202
        assert waiting.json()["counts"] is None
        url = f"/api/v1/submissions/{accepted.json()['id']}"
        done = machine.get(url).json()
        assert done["state"] == "COMPLETED"
        assert done["counts"]["accepted"] == 4
        assert done["counts"]["rejected"] == 1
        found = machine.get(f"{url}/findings?language=en&rule=DATE_FORMAT").json()
        assert [(each["row"], each["field"]) for each in found["items"]] == [
            (1, "decided_on")
        ]
        assert receipts.verify(machine.get(f"{url}/receipt").json()) == ()
        assert machine.get(f"{url}/rejects.csv").content.startswith(b"\xef\xbb\xbfrow")
        workbook = machine.get(f"{url}/rejects.xlsx?language=en")
        assert workbook["Content-Type"].endswith("spreadsheetml.sheet")
        assert workbook.content.startswith(b"PK")
        assert machine.get(f"{url}/questions.xlsx").status_code == 404

    def test_names_the_sheets_that_were_not_read(self, machine):
        book = files.as_book_with_hidden_sheet(files.permit_rows(2))
        form = {"unit": "U01", "dataset": "permit", "period": "2019-05"}
        upload = SimpleUploadedFile("permits.xlsx", book)
        accepted = machine.post("/api/v1/submissions", {**form, "file": upload})
        operations.process_next(at=timezone.now())

        done = machine.get(f"/api/v1/submissions/{accepted.json()['id']}").json()

        assert [(each["sheet"], each["why"]) for each in done["skipped"]] == [
            ("底稿", "hidden")
        ]
        assert done["notes"] == 1

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"unit": "U02"}, 403, "NOT_ALLOWED"),
            ({"unit": "没有"}, 404, "UNKNOWN_UNIT"),
            ({"dataset": "nothing"}, 404, "UNKNOWN_DATASET"),
            ({"period": "May"}, 422, "PERIOD"),
        ],
    )
    def test_tells_what_was_wrong(self, machine, change, status, code):
        answer = post(machine, files.permit_rows(1), **change)

        assert answer.status_code == status
        assert answer.json()["code"] == code
        assert answer["Content-Type"] == "application/problem+json"

    def test_needs_a_key(self, city):
        answer = post(Client(), files.permit_rows(1))

        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED")

    def test_names_the_field_that_is_missing(self, machine):
        answer = machine.post("/api/v1/submissions", {"unit": "U01"})

        assert answer.status_code == 422
        assert "file" in answer.json()["detail"]

    def test_gives_no_receipt_before_the_end(self, machine):
        accepted = post(machine, files.permit_rows(1)).json()

        answer = machine.get(f"/api/v1/submissions/{accepted['id']}/receipt")

        assert (answer.status_code, answer.json()["code"]) == (409, "NO_RECEIPT")

    def test_knows_no_submission_of_another_unit(self, machine):
        answer = machine.get("/api/v1/submissions/00000000-0000-0000-0000-000000000000")

        assert answer.json()["code"] == "UNKNOWN_SUBMISSION"


class TestMalformed:
    @pytest.mark.parametrize(
        ("body", "kind", "status"),
        [
            ("{bad", "application/json", 400),
            ("a=1", "application/x-www-form-urlencoded", 400),
            ("[]", "application/json", 422),
            ('{"unit":"\\u0000","dataset":"permit","period":"2019-05"}', None, 422),
            ('{"unit":"\\ud800","dataset":"permit","period":"2019-05"}', None, 422),
            ('{"unit":"' + "x" * 2_000_000 + '"}', None, 400),
        ],
    )
    def test_is_told_as_a_problem(self, machine, body, kind, status):
        answer = machine.post(
            "/api/v1/nil-returns", body, content_type=kind or "application/json"
        )

        assert answer["Content-Type"] == "application/problem+json"
        assert answer.status_code == status

    def test_multipart_is_told_as_a_problem(self, machine):
        answer = machine.post(
            "/api/v1/submissions", b"xxx", content_type="multipart/form-data"
        )

        assert answer.json()["code"] == "MALFORMED_REQUEST"

    def test_page_and_file_name_are_taken_as_far_as_they_go(self, machine):
        upload = SimpleUploadedFile(
            "x." + "b" * 300, files.as_csv(files.permit_rows(1))
        )
        form = {"unit": "U01", "dataset": "permit", "file": upload}
        accepted = machine.post("/api/v1/submissions", form)
        operations.process_next(at=timezone.now())

        url = f"/api/v1/submissions/{accepted.json()['id']}"
        assert machine.get(url).json()["state"] == "REFUSED"
        assert machine.get(f"{url}/findings?page={10**30}").json()["items"] == []

    def test_needs_no_token_against_forgery(self, machine):
        strict = Client(
            enforce_csrf_checks=True,
            headers={"Authorization": machine.defaults["HTTP_AUTHORIZATION"]},
        )

        assert post(strict, files.permit_rows(1)).status_code == 202

    def test_can_not_be_sent_with_a_cookie_instead_of_a_key(self, client, city):
        client.force_login(get_user_model().objects.create(username="clerk"))

        assert post(client, files.permit_rows(1)).status_code == 401


class TestNilReturn:
    def test_is_filed_once(self, machine):
        body = {"unit": "U01", "dataset": "permit", "period": "2019-05"}

        first = machine.post("/api/v1/nil-returns", body, "application/json")
        again = machine.post("/api/v1/nil-returns", body, "application/json")

        assert first.status_code == 201
        assert again.json() == first.json()

    def test_is_refused_against_records(self, machine):
        post(machine, files.permit_rows(1))
        operations.process_next(at=timezone.now())

        answer = machine.post(
            "/api/v1/nil-returns",
            {"unit": "U01", "dataset": "permit", "period": "2019-05"},
            "application/json",
        )

        assert (answer.status_code, answer.json()["code"]) == (409, "RECORDS_EXIST")


class TestIdempotency:
    def post(self, machine, rows, key):
        return machine.post(
            "/api/v1/submissions",
            {
                "unit": "U01",
                "dataset": "permit",
                "file": SimpleUploadedFile("permits.csv", files.as_csv(rows)),
            },
            headers={"Idempotency-Key": key},
        )

    def test_answers_the_same_again(self, machine):
        first = self.post(machine, files.permit_rows(2), "k-1").json()

        again = self.post(machine, files.permit_rows(2), "k-1")

        assert (again.status_code, again.json()) == (202, first)

    def test_refuses_other_content_and_what_is_no_key(self, machine):
        self.post(machine, files.permit_rows(2), "k-1")

        other = self.post(machine, files.permit_rows(3), "k-1")
        none = self.post(machine, files.permit_rows(3), "no key")

        assert (other.status_code, other.json()["code"]) == (
            422,
            "IDEMPOTENCY_KEY_REUSED",
        )
        assert (none.status_code, none.json()["code"]) == (
            400,
            "IDEMPOTENCY_KEY_INVALID",
        )
