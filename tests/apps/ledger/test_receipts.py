"""Receipts: verified offline, the same bytes every time, worthless once touched."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinheng.apps.ledger import keys, models, queries, receipts, suites
from xinheng.apps.ledger.tree_store import TamperedLedgerError
from xinheng.core.merkle import canonical
from xinheng.core.merkle.checkpoint import Checkpoint, Suite

ORIGIN = "xinheng.local/ledger"


@pytest.fixture
def ledger(db, append):
    for number in range(7):
        append(number)


@pytest.mark.usefixtures("ledger")
class TestReceipt:
    @pytest.mark.parametrize("size", range(1, 8))
    def test_verifies_for_every_entry_at_every_size(self, size):
        key = keys.load().public.text()

        for seq in range(size):
            assert receipts.verify(receipts.receipt(seq=seq, size=size), key) == ()

    def test_survives_its_way_through_json(self):
        written = receipts.receipt(seq=3, size=7)

        assert receipts.verify(json.loads(json.dumps(written))) == ()

    def test_is_the_same_for_the_same_entry_and_size(self, append):
        first = canonical.encode(receipts.receipt(seq=2, size=5))
        append(7)

        assert canonical.encode(receipts.receipt(seq=2, size=5)) == first

    def test_holds_the_act_in_the_clear(self):
        entry = receipts.receipt(seq=3, size=7)["entry"]

        assert entry == {
            "seq": 3,
            "recorded_at": "2019-06-03T01:30:15.123456Z",
            "kind": "submission.completed",
            "subject": "submission:3",
            "actor": "account:1",
            "body": {"rows_read": 3, "note": "示例"},
        }

    @pytest.mark.parametrize(("seq", "size"), [(7, 7), (5, 5), (-1, 7)])
    def test_there_is_none_for_an_entry_beyond_the_size(self, seq, size):
        with pytest.raises(queries.UnknownEntryError):
            receipts.receipt(seq=seq, size=size)

    def test_there_is_none_for_a_size_not_reached(self):
        with pytest.raises(queries.UnknownSizeError):
            receipts.receipt(seq=0, size=8)

    def test_there_is_none_once_the_content_is_erased(self, lift_guards):
        models.Entry.objects.filter(seq=3).update(body=None, salt=None)

        with pytest.raises(receipts.ErasedEntryError):
            receipts.receipt(seq=3, size=7)

    def test_is_not_given_for_an_entry_that_was_touched(self, lift_guards):
        models.Entry.objects.filter(seq=3).update(actor="account:2")

        with pytest.raises(TamperedLedgerError):
            receipts.receipt(seq=3, size=7)

    def test_nothing_is_signed_that_contradicts_the_head(self, lift_guards):
        models.Node.objects.filter(level=0, number=6).update(hash=bytes(32))

        with pytest.raises(TamperedLedgerError):
            receipts.receipt(seq=0, size=7)

    def test_the_number_of_queries_is_small(self, django_assert_max_num_queries):
        with django_assert_max_num_queries(9):
            receipts.receipt(seq=0, size=7)


@pytest.mark.usefixtures("ledger")
class TestVerify:
    def changed(self, *path, to):
        receipt = copy.deepcopy(receipts.receipt(seq=3, size=7))
        part = receipt
        for name in path[:-1]:
            part = part[name]
        assert part[path[-1]] != to
        part[path[-1]] = to
        return receipts.verify(receipt)

    @pytest.mark.parametrize(
        ("path", "to", "problem"),
        [
            (("entry", "body", "rows_read"), 4, "WRONG_DIGEST"),
            (("entry", "actor"), "account:2", "WRONG_DIGEST"),
            (("entry", "recorded_at"), "2019-06-03T01:30:15.123457Z", "WRONG_DIGEST"),
            (("salt",), "00" * 32, "WRONG_DIGEST"),
            (("digest",), "00" * 32, "WRONG_DIGEST"),
            (("entry", "seq"), 2, "NOT_INCLUDED"),
            (("inclusion_proof", 0), "00" * 32, "NOT_INCLUDED"),
            (("inclusion_proof",), [], "NOT_INCLUDED"),
            (("size",), 6, "WRONG_CHECKPOINT"),
            (("format",), "xinheng-receipt/2", "MALFORMED"),
            (("checkpoint",), "", "MALFORMED"),
            (("public_key",), "", "MALFORMED"),
            (("entry",), [], "MALFORMED"),
            (("entry", "body", "rows_read"), 4.5, "MALFORMED"),
            (("entry", "seq"), True, "MALFORMED"),
            (("size",), "7", "MALFORMED"),
            (("inclusion_proof",), None, "MALFORMED"),
        ],
    )
    def test_names_what_was_touched(self, path, to, problem):
        assert problem in self.changed(*path, to=to)

    @pytest.mark.parametrize("part", ["receipt", "entry"])
    def test_takes_nothing_that_no_digest_covers(self, part):
        written = receipts.receipt(seq=3, size=7)
        (written if part == "receipt" else written["entry"])["note"] = "approved"

        assert receipts.verify(written) == ("MALFORMED",)

    def test_names_a_checkpoint_that_was_rewritten(self):
        written = receipts.receipt(seq=3, size=7)
        written["checkpoint"] = written["checkpoint"].replace("\n7\n", "\n8\n")

        assert "WRONG_SIGNATURE" in receipts.verify(written)

    def test_names_a_key_that_the_holder_does_not_trust(self, settings):
        trusted = keys.load().public.text()
        forger = keys.SigningKey(ORIGIN, suites.generate(Suite.ED25519))
        forged = receipts.receipt(seq=3, size=7)
        root = queries.root(size=7)
        forged["checkpoint"] = forger.sign(Checkpoint(ORIGIN, 7, root))
        forged["public_key"] = forger.public.text()

        assert receipts.verify(forged) == ()
        assert receipts.verify(forged, trusted) == ("WRONG_KEY",)

    @pytest.mark.parametrize("receipt", [{}, [], None, "text", {"format": None}])
    def test_takes_anything_and_calls_it_malformed(self, receipt):
        assert receipts.verify(receipt) == ("MALFORMED",)

    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def test_any_one_character_changed_is_noticed(self, data):
        text = json.dumps(receipts.receipt(seq=3, size=7), ensure_ascii=True)
        place = data.draw(st.integers(0, len(text) - 1))
        other = data.draw(st.sampled_from('0123456789abcdefXYZ+/=" '))
        try:
            touched = json.loads(text[:place] + other + text[place + 1 :])
        except ValueError:
            return

        if touched != json.loads(text):
            assert receipts.verify(touched, keys.load().public.text()) != ()
