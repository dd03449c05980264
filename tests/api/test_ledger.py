"""The ledger as witnesses and mirrors fetch it."""

from __future__ import annotations

import pytest
from django.db import transaction

from xinheng.apps.ledger import keys, operations, queries
from xinheng.core.merkle import checkpoint, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(received_at):
    with transaction.atomic():
        operations.append_many(
            acts=[operations.Act("act", f"subject:{n}", "actor", {}) for n in range(5)],
            at=received_at,
        )
    return [bytes.fromhex(each.entry) for each in queries.list_entries()]


@pytest.fixture
def received_at():
    from tests.apps.conftest import RECEIVED_AT

    return RECEIVED_AT


class TestCheckpoint:
    def test_is_signed_by_the_key_that_is_given_out(self, client, entries):
        note = checkpoint.parse(client.get("/api/v1/ledger/checkpoint").text)
        key = checkpoint.parse_public_key(client.get("/api/v1/ledger/key").text.strip())

        assert keys.is_signed_by(note, key)
        assert note.checkpoint().size == len(entries)


class TestTile:
    def test_holds_the_hashes_of_the_leaves(self, client, entries):
        answer = client.get(f"/api/v1/ledger/tile/0/000.p/{len(entries)}")

        assert answer.content == b"".join(tree.leaf_hash(each) for each in entries)
        assert "immutable" not in answer["Cache-Control"]

    @pytest.mark.parametrize(
        "path", ["0/000", "0/0", "entries/001", "0/000.p/999", "9/x/y", "0/%2e%2e/000"]
    )
    def test_is_not_there_under_any_other_name(self, client, entries, path):
        answer = client.get(f"/api/v1/ledger/tile/{path}")

        assert answer.status_code == 404
        assert answer.json()["code"] == "NOT_FOUND"


class TestProofs:
    def test_of_inclusion_lead_to_the_root(self, client, entries):
        found = client.get("/api/v1/ledger/entries/2/proof?size=4").json()

        assert tree.verify_inclusion(
            leaf=tree.leaf_hash(entries[2]),
            index=2,
            size=4,
            proof=[bytes.fromhex(each) for each in found["proof"]],
            root=queries.root(size=4),
        )

    def test_of_consistency_lead_to_both_roots(self, client, entries):
        found = client.get("/api/v1/ledger/consistency?first=3&second=5").json()

        assert tree.verify_consistency(
            first=3,
            second=5,
            first_root=queries.root(size=3),
            second_root=queries.root(size=5),
            proof=[bytes.fromhex(each) for each in found["proof"]],
        )

    @pytest.mark.parametrize(
        "path",
        [
            "entries/99/proof",
            "entries/0/proof?size=0",
            "entries/0/proof?size=99",
            "consistency?first=4&second=3",
            "consistency?first=0&second=99",
        ],
    )
    def test_are_not_there_beyond_the_ledger(self, client, entries, path):
        assert client.get(f"/api/v1/ledger/{path}").status_code == 404


class TestKeys:
    def test_lists_the_one_key_of_a_young_ledger(self, client, entries):
        listed = client.get("/api/v1/ledger/keys").json()

        (term,) = listed["keys"]
        assert term["public_key"] == client.get("/api/v1/ledger/key").text.strip()
        assert (term["from_size"], term["to_size"]) == (0, None)
        assert listed["receipts"] == []


class TestWitnesses:
    def test_lists_none_of_a_ledger_that_nobody_follows(self, client, entries):
        answer = client.get("/api/v1/ledger/witnesses").json()

        assert answer["witnesses"] == []
        assert answer["checkpoint"] is None
        assert answer["waiting_since"] is not None

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            (b"", 400, "COSIGNATURE_MALFORMED"),
            (b"\xff\xfe", 400, "COSIGNATURE_MALFORMED"),
            (b"x" * 70_000, 400, "COSIGNATURE_MALFORMED"),
            (None, 403, "COSIGNATURE_UNKNOWN"),
        ],
    )
    def test_takes_no_strangers_word(self, client, entries, body, status, code):
        body = queries.get_head().note.encode() if body is None else body

        answer = client.post(
            "/api/v1/ledger/cosignatures", body, content_type="text/plain"
        )

        assert (answer.status_code, answer.json()["code"]) == (status, code)
