"""The permanent page of a receipt, and the ledger's own page."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from tests.factories import city, files
from xinheng import verifier
from xinheng.apps.ledger import key_history, models, queries, receipt_codes

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def entry():
    city.hand_in(files.permit_rows(4))
    return next(
        each
        for each in queries.list_entries(limit=1_000)
        if each.kind == "submission.completed"
    )


@pytest.fixture
def code(entry):
    return receipt_codes.code_of(entry)


class TestReceipt:
    def test_says_what_was_handed_in_when_and_by_whom(self, client, entry, code):
        answer = client.get(f"/verify/{code}")
        page = answer.content.decode()

        assert entry.body["file_sha256"] in page
        assert entry.actor in page
        assert "报送文件" in page
        assert "counts.new" in page
        assert answer.headers["X-Robots-Tag"] == "noindex"

    def test_is_a_file_that_verifies_offline(self, client, code, tmp_path):
        file = tmp_path / "receipt.json"
        file.write_bytes(client.get(f"/verify/{code}.json").content)
        key = key_history.present().key.text()

        assert verifier.main(["receipt", str(file), "--key", key]) == 0
        assert json.loads(file.read_bytes())["entry"]["kind"] == "submission.completed"

    def test_is_not_found_by_another_code(self, client, code):
        other = f"0-{code.partition('-')[2]}"

        assert client.get(f"/verify/{other}").status_code == 404
        assert client.get(f"/verify/{other}.json").status_code == 404

    def test_says_that_the_content_was_erased(self, client, entry, code, lift_guards):
        models.Entry.objects.filter(seq=entry.seq).update(body=None, salt=None)

        assert client.get(f"/verify/{code}").status_code == 410
        assert client.get(f"/verify/{code}.json").status_code == 404


class TestAsk:
    def test_leads_to_the_receipt(self, client, code):
        answer = client.get("/verify/", {"code": f" {code.lower()}"})

        assert answer.headers["Location"] == reverse("portal:receipt", args=[code])

    @pytest.mark.parametrize("typed", ["x", "1-0000-0000-0000-0000", "'><script>"])
    def test_tells_what_is_wrong_beside_the_field(self, client, typed):
        answer = client.get("/verify/", {"code": typed})

        assert answer.status_code == 404
        assert 'href="#id_code"' in answer.content.decode()
        assert "<script>" not in answer.content.decode()


class TestLedger:
    def test_shows_checkpoint_keys_and_witnesses(self, client, entry):
        page = client.get("/ledger/").content.decode()

        assert queries.get_head().note.splitlines()[2] in page
        assert key_history.present().key.text() in page
        assert "尚无外部见证方" in page

    def test_hands_out_the_verifier(self, client):
        answer = client.get("/ledger/verifier.py")

        assert b"Verify what a Xinheng ledger hands out" in answer.content


@pytest.fixture
def lift_guards(db):
    from django.db import connection

    from xinheng.apps.ledger import guards

    guards.remove(connection)
