"""Large files in pieces over HTTP, after tus 1.0."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import files
from xinheng.api import idempotency
from xinheng.apps.accounts import service_keys
from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.intake import breakdowns, operations, uploads
from xinheng.apps.intake.models import Submission, Upload

pytestmark = pytest.mark.django_db
FILE = files.as_csv(files.permit_rows(3))
SIZE = len(FILE)
HERE = "/api/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0"}


def metadata(**change):
    told = {
        "filename": "permits.csv",
        "unit": "U01",
        "dataset": "permit",
        "period": "2019-05",
        **change,
    }
    return ",".join(
        f"{name} {base64.b64encode(text.encode()).decode()}"
        for name, text in told.items()
    )


def begin(machine, *, size=SIZE, told=None, **headers):
    return machine.post(
        HERE,
        headers={
            **TUS,
            "Upload-Length": str(size),
            "Upload-Metadata": told or metadata(),
            **headers,
        },
    )


def send(machine, url, offset, content, **headers):
    return machine.patch(
        url,
        content,
        content_type="application/offset+octet-stream",
        headers={**TUS, "Upload-Offset": str(offset), **headers},
    )


@pytest.fixture
def url(machine):
    return begin(machine)["Location"]


class TestUpload:
    def test_goes_on_where_it_broke_off_and_ends_as_a_submission(self, machine, url):
        first = send(machine, url, 0, FILE[:100])
        found = machine.head(url, headers=TUS)
        digest = base64.b64encode(hashlib.sha256(FILE[100:]).digest()).decode()
        checksum = {"Upload-Checksum": f"sha256 {digest}"}
        last = send(machine, url, 100, FILE[100:], **checksum)

        assert (first.status_code, first["Upload-Offset"]) == (204, "100")
        assert (found["Upload-Offset"], found["Upload-Length"]) == ("100", str(SIZE))
        assert found["Cache-Control"] == "no-store"
        assert "Upload-Expires" in found
        assert last.status_code == 204
        operations.process_next(at=timezone.now())
        submission = machine.get(last["Content-Location"]).json()
        assert submission["counts"]["new"] == 3

    def test_is_begun_once_under_a_key(self, machine):
        key = {"Idempotency-Key": '"8e03978e-40d5"'}

        first = begin(machine, **key)
        again = begin(machine, **key)
        other = begin(machine, size=5, **key)

        assert first["Location"] == again["Location"]
        assert other.json()["code"] == "IDEMPOTENCY_KEY_REUSED"

    def test_is_given_up(self, machine, url):
        assert machine.delete(url, headers=TUS).status_code == 204
        assert machine.head(url, headers=TUS).status_code == 404

    def test_is_unknown_to_another_unit(self, url):
        at = timezone.now()
        issued = service_keys.issue_service_key(
            unit="U02", at=at, expires_at=at + timedelta(days=1), actor=OPERATOR
        )
        other = Client(headers={"Authorization": f"Bearer {issued.token}"})

        assert send(other, url, 0, b"x").json()["code"] == "UNKNOWN_UPLOAD"

    def test_needs_a_key(self, url):
        assert Client().head(url, headers=TUS).status_code == 401

    def test_is_described_to_everybody(self, db):
        told = Client().options(HERE)

        assert told.status_code == 204
        assert told["Tus-Version"] == "1.0.0"
        assert set(told["Tus-Extension"].split(",")) == {
            "creation",
            "checksum",
            "expiration",
            "termination",
        }


class TestProblems:
    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"size": 0}, 400, "UPLOAD_SIZE"),
            ({"size": 10**14}, 413, "FILE_TOO_LARGE"),
            ({"size": "many"}, 422, "INVALID_REQUEST"),
            ({"size": 10**20}, 422, "INVALID_REQUEST"),
            ({"told": "filename"}, 400, "UPLOAD_METADATA"),
            ({"told": "filename !!"}, 400, "UPLOAD_METADATA"),
            ({"told": metadata(x="y")}, 400, "UPLOAD_METADATA"),
            ({"told": metadata(unit="U02")}, 403, "NOT_ALLOWED"),
            ({"told": metadata(dataset="x")}, 404, "UNKNOWN_DATASET"),
            ({"told": metadata(period="x")}, 422, "PERIOD"),
            ({"told": metadata(filename="210899199001010012")}, 422, "PERSONAL_ID"),
            ({"Tus-Resumable": "0.2"}, 412, "TUS_VERSION"),
            ({"Idempotency-Key": "x" * 101}, 400, "IDEMPOTENCY_KEY_INVALID"),
        ],
    )
    def test_of_an_announcement(self, machine, change, status, code):
        answer = begin(machine, **change)

        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert not Upload.objects.exists()

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"offset": 1}, 409, "UPLOAD_OFFSET"),
            ({"offset": "-1"}, 422, "INVALID_REQUEST"),
            ({"content": FILE + b"x"}, 400, "UPLOAD_SIZE"),
            ({"Upload-Checksum": "md5 x"}, 400, "UPLOAD_CHECKSUM_FORM"),
            (
                {"Upload-Checksum": f"sha256 {base64.b64encode(bytes(32)).decode()}"},
                460,
                "UPLOAD_CHECKSUM",
            ),
            ({"Tus-Resumable": ""}, 412, "TUS_VERSION"),
        ],
    )
    def test_of_a_piece(self, machine, url, change, status, code):
        answer = send(machine, url, **{"offset": 0, "content": FILE, **change})

        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert not Submission.objects.exists()

    def test_of_the_type_of_a_piece(self, machine, url):
        answer = machine.patch(url, FILE, headers={**TUS, "Upload-Offset": "0"})

        assert answer.json()["code"] == "UPLOAD_TYPE"

    def test_of_a_full_disk_is_507(self, machine, url, monkeypatch):
        def full(*_):
            raise breakdowns.DiskFullError

        monkeypatch.setattr(uploads, "_copy", full)

        answer = send(machine, url, 0, FILE)

        assert (answer.status_code, answer.json()["code"]) == (507, "DISK_FULL")

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(
        header=st.sampled_from(
            [
                "Upload-Offset",
                "Upload-Length",
                "Upload-Metadata",
                "Upload-Checksum",
                "Idempotency-Key",
                "Tus-Resumable",
                "Content-Type",
            ]
        ),
        text=st.text(
            st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60
        ),
    )
    def test_are_told_whatever_a_header_holds(self, machine, url, header, text):
        for answer in (
            begin(machine, **{header: text}),
            send(machine, url, 0, b"", **{header: text}),
        ):
            assert answer.status_code < 500 or answer.status_code == 507
            if answer.status_code >= 400:
                assert answer["Content-Type"] == "application/problem+json"


class TestKey:
    @pytest.mark.parametrize("given", ["abc", '"abc"', ' "abc" '])
    def test_is_read_with_and_without_quotes(self, given):
        assert idempotency.read(given) == "abc"

    @pytest.mark.parametrize(
        "given", ["", '""', '"', "a b", "键", "x" * 101, "210899199001010012", 'a"b']
    )
    def test_is_refused_where_it_is_none(self, given):
        with pytest.raises(idempotency.InvalidKeyError):
            idempotency.read(given)

    @given(st.text(max_size=110))
    def test_is_what_a_database_and_a_log_can_hold(self, text):
        try:
            key = idempotency.read(text)
        except idempotency.InvalidKeyError:
            return
        assert 1 <= len(key) <= 100
        assert key.isascii()
        assert key.isprintable()
