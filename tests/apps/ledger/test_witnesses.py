"""Witnesses: only their own word counts, and only on what this ledger says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from xinheng.apps.ledger import key_changes, keys, models, queries, receipts, suites
from xinheng.apps.ledger import witnesses as ledger_witnesses
from xinheng.apps.ledger.witnesses import WitnessRefusedError
from xinheng.core.merkle import checkpoint
from xinheng.core.merkle.checkpoint import Checkpoint, PublicKey, Signature, Suite

ORIGIN = "xinheng.local/ledger"


class Outsider:
    """A witness of a test: its key, and its word on a note at a time."""

    def __init__(self, name="audit.example/w1"):
        self.private = suites.generate(Suite.ED25519)
        self.key = PublicKey(name, self.private.public, Suite.COSIGNATURE)

    def cosigned(self, note, at):
        seconds = int(at.timestamp())
        made = suites.cosign(self.private, checkpoint.parse(note).body, seconds=seconds)
        return note + Signature(self.key.name, self.key.key_id, made).line()


@pytest.fixture
def outsider(db, append, at):
    """A witness that was taken on, after which the ledger has 6 entries."""
    for number in range(5):
        append(number)
    witness = Outsider()
    ledger_witnesses.add(public_key=witness.key.text(), actor="operator", at=at)
    return witness


def head():
    return queries.get_head().note


class TestAdd:
    def test_is_an_act(self, outsider):
        entry = queries.get_entry(5)

        assert (entry.kind, entry.body) == (
            "witness.added",
            {"public_key": outsider.key.text()},
        )

    def test_takes_none_twice(self, outsider, at):
        with pytest.raises(WitnessRefusedError, match="KNOWN"):
            ledger_witnesses.add(public_key=outsider.key.text(), actor="a", at=at)

    @pytest.mark.parametrize("text", ["", "a+b+c", "log"])
    def test_takes_no_other_text(self, outsider, at, text):
        text = keys.load().public.text() if text == "log" else text

        with pytest.raises(WitnessRefusedError, match="NOT_A_KEY"):
            ledger_witnesses.add(public_key=text, actor="a", at=at)


class TestReceive:
    def test_takes_the_word_of_a_witness(self, outsider, at):
        taken = ledger_witnesses.receive(note=outsider.cosigned(head(), at), at=at)

        assert taken == ("audit.example/w1",)
        (agreement,) = ledger_witnesses.standing().agreements
        assert (agreement.size, agreement.cosigned_at) == (6, at.replace(microsecond=0))

    def test_takes_it_once(self, outsider, at):
        for _ in range(2):
            ledger_witnesses.receive(note=outsider.cosigned(head(), at), at=at)

        assert models.Cosignature.objects.count() == 1

    def test_receipts_bear_it(self, outsider, at, append):
        ledger_witnesses.receive(note=outsider.cosigned(head(), at), at=at)
        append(9)

        size = ledger_witnesses.find_cosigned_size(above=2)
        receipt = receipts.receipt(seq=2, size=size)

        assert receipts.verify(receipt) == ()
        assert "— audit.example/w1 " in receipt["checkpoint"]

    def test_takes_a_size_that_was_never_given_out(self, outsider, at, append):
        append(9)
        size = 3
        root = queries.root(size=size)
        note = keys.load().sign(Checkpoint(ORIGIN, size, root))

        ledger_witnesses.receive(note=outsider.cosigned(note, at), at=at)

        assert queries.verify().ok
        assert ledger_witnesses.latest_cosigned().startswith(note)

    def test_takes_no_strangers_word(self, outsider, at):
        with pytest.raises(WitnessRefusedError, match="UNKNOWN"):
            ledger_witnesses.receive(note=Outsider().cosigned(head(), at), at=at)

    def test_takes_no_word_from_the_future(self, outsider, at):
        ahead = outsider.cosigned(head(), at + timedelta(hours=1))

        with pytest.raises(WitnessRefusedError, match="UNKNOWN"):
            ledger_witnesses.receive(note=ahead, at=at)

    def test_takes_no_word_of_a_witness_that_was_let_go(self, outsider, at):
        ledger_witnesses.remove(public_key=outsider.key.text(), actor="a", at=at)

        with pytest.raises(WitnessRefusedError, match="UNKNOWN"):
            ledger_witnesses.receive(note=outsider.cosigned(head(), at), at=at)

    def test_takes_no_checkpoint_of_another_key(self, outsider, at):
        forger = keys.SigningKey(ORIGIN, suites.generate(Suite.ED25519))
        note = forger.sign(Checkpoint(ORIGIN, 6, queries.root(size=6)))

        with pytest.raises(WitnessRefusedError, match="NOT_OURS"):
            ledger_witnesses.receive(note=outsider.cosigned(note, at), at=at)

    @pytest.mark.parametrize("size", [6, 4, 99])
    def test_calls_a_fork_by_its_name(self, outsider, at, size):
        note = keys.load().sign(Checkpoint(ORIGIN, size, bytes(32)))

        with pytest.raises(WitnessRefusedError, match="FORKED"):
            ledger_witnesses.receive(note=outsider.cosigned(note, at), at=at)

    @pytest.mark.parametrize("note", ["", "x", "\n\n\n", "a\n1\nb\n\n— c d\n"])
    def test_takes_anything_and_calls_it_malformed(self, outsider, at, note):
        with pytest.raises(WitnessRefusedError, match="MALFORMED"):
            ledger_witnesses.receive(note=note, at=at)


class TestIsLate:
    DAY = timedelta(hours=24)

    def test_is_told_once_the_set_time_is_over(self, outsider, at):
        assert not ledger_witnesses.is_late(at=at + self.DAY)
        assert ledger_witnesses.is_late(at=at + self.DAY + timedelta(seconds=1))

    def test_counts_from_the_first_entry_that_nobody_agreed_to(
        self, outsider, at, append
    ):
        ledger_witnesses.receive(note=outsider.cosigned(head(), at), at=at)
        late = at + timedelta(days=9)
        assert not ledger_witnesses.is_late(at=late)

        append(9, at=late)

        assert not ledger_witnesses.is_late(at=late + self.DAY)
        assert ledger_witnesses.is_late(at=late + self.DAY * 2)

    def test_is_told_of_a_ledger_that_nobody_follows(self, db, append, at):
        append(0)

        assert ledger_witnesses.is_late(at=at + self.DAY * 2)


class TestRotation:
    def test_the_note_of_a_handover_can_be_cosigned(self, outsider, at):
        changed = key_changes.rotate(suite=Suite.SM2, actor="operator", at=at)

        ledger_witnesses.receive(note=outsider.cosigned(changed.checkpoint, at), at=at)

        assert ledger_witnesses.find_cosigned_size(above=0) == changed.size
