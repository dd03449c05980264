"""Keys come and go, and what they signed in their time still verifies."""

from __future__ import annotations

import pytest

from xinheng.apps.ledger import (
    key_changes,
    key_history,
    key_list,
    keys,
    models,
    operations,
    queries,
    receipts,
)
from xinheng.apps.ledger.key_changes import KeyChangeRefusedError
from xinheng.apps.ledger.keys import SigningKeyError
from xinheng.core.merkle import checkpoint
from xinheng.core.merkle.checkpoint import Suite
from xinheng.core.merkle.key_history import Reason

BOTH = pytest.mark.parametrize("suite", [Suite.ED25519, Suite.SM2])


@pytest.fixture
def ledger(db, append):
    for number in range(5):
        append(number)


@pytest.fixture
def change(at):
    def by(operation, **words):
        words = {"suite": Suite.ED25519, "actor": "operator", "at": at} | words
        return operation(**words)

    return by


def key_of(receipt):
    return checkpoint.parse_public_key(receipt["public_key"])


@pytest.mark.usefixtures("ledger")
class TestRotate:
    @BOTH
    def test_hands_over_under_a_checkpoint_that_both_keys_sign(self, change, suite):
        old = keys.load().public

        changed = change(key_changes.rotate, suite=suite)

        note = checkpoint.parse(changed.checkpoint)
        new = checkpoint.parse_public_key(changed.public_key)
        assert new.suite is suite
        assert keys.is_signed_by(note, old)
        assert keys.is_signed_by(note, new)
        assert changed.size == queries.size() == 7

    @BOTH
    def test_the_new_key_signs_what_follows(self, change, append, suite):
        changed = change(key_changes.rotate, suite=suite)

        append(5)

        note = checkpoint.parse(queries.get_head().note)
        assert len(note.signatures) == 1
        assert keys.is_signed_by(note, checkpoint.parse_public_key(changed.public_key))
        assert queries.verify().ok

    def test_old_receipts_and_checkpoints_still_verify(self, change, append):
        before = receipts.receipt(seq=2, size=5)
        kept = operations.issue_checkpoint()

        change(key_changes.rotate)
        append(5)

        assert receipts.verify(before, before["public_key"]) == ()
        assert queries.verify(known=[kept]).ok

    def test_a_receipt_at_a_former_size_is_issued_anew(self, change, append):
        changed = change(key_changes.rotate)
        append(5)

        again = receipts.receipt(seq=2, size=3)

        assert receipts.verify(again, changed.public_key) == ()
        assert again["size"] == changed.size

    def test_a_note_that_was_kept_is_given_out_as_it_was(self, change):
        kept, old = operations.issue_checkpoint(), keys.load().public

        change(key_changes.rotate)

        again = receipts.receipt(seq=2, size=5)
        assert (again["checkpoint"], key_of(again)) == (kept, old)

    def test_keys_can_follow_each_other_and_the_list_names_their_terms(self, change):
        first, second = change(key_changes.rotate), change(key_changes.rotate)

        terms = key_history.list_terms()
        published = key_list.published()

        assert [(t.from_size, t.to_size) for t in terms] == [(0, 7), (7, 9), (9, None)]
        assert [t.key.text() for t in terms[1:]] == [
            first.public_key,
            second.public_key,
        ]
        assert len(published["receipts"]) == 8
        assert all(receipts.verify(each) == () for each in published["receipts"])

    def test_is_refused_for_an_empty_ledger(self, change, lift_guards):
        models.Head.objects.all().delete()

        with pytest.raises(KeyChangeRefusedError, match="EMPTY_LEDGER"):
            change(key_changes.rotate)

    def test_is_refused_without_the_present_key(self, change, keys_dir):
        (keys_dir / "ledger.key").unlink()

        with pytest.raises(SigningKeyError):
            change(key_changes.rotate)
        assert queries.size() == 5

    def test_nothing_is_appended_with_the_former_key_alone(
        self, change, append, keys_dir
    ):
        changed = change(key_changes.rotate)
        changed.path.unlink()

        with pytest.raises(SigningKeyError, match="xinheng ledger key lost"):
            append(5)
        assert queries.size() == 7


@pytest.mark.usefixtures("ledger")
class TestReplaceLost:
    def test_begins_a_key_that_signs_alone(self, change, append, keys_dir):
        old = keys.load().public
        before = receipts.receipt(seq=2, size=5)
        (keys_dir / "ledger.key").unlink()

        changed = change(key_changes.replace_lost)
        append(9)

        assert not keys.is_signed_by(checkpoint.parse(changed.checkpoint), old)
        assert queries.verify().ok
        assert receipts.verify(before, old.text()) == ()
        assert key_history.list_terms()[0].ended_by is Reason.LOST

    def test_is_refused_while_the_key_is_here(self, change):
        with pytest.raises(KeyChangeRefusedError, match="NOT_LOST"):
            change(key_changes.replace_lost)

    def test_is_refused_for_a_key_that_never_signed(self, change, keys_dir):
        (keys_dir / "ledger.key").unlink()

        with pytest.raises(KeyChangeRefusedError, match="UNKNOWN_KEY"):
            change(key_changes.replace_lost, lost="no key")

    def test_a_key_that_was_lost_after_a_rotation_is_known_too(self, change, append):
        change(key_changes.rotate).path.unlink()

        change(key_changes.replace_lost)
        append(9)

        assert queries.verify().ok


@pytest.mark.usefixtures("ledger")
class TestRevoke:
    def test_the_present_key_is_replaced_at_once(self, change, append):
        old = keys.load().public
        before = receipts.receipt(seq=2, size=5)

        changed = change(key_changes.revoke, key_id=old.key_id.hex(), trusted_to=4)
        append(9)

        again = receipts.receipt(seq=2, size=5)
        assert again["public_key"] == changed.public_key != before["public_key"]
        assert receipts.verify(again, changed.public_key) == ()
        assert not keys.is_signed_by(checkpoint.parse(changed.checkpoint), old)
        assert queries.verify().ok

    def test_a_note_that_was_kept_by_a_revoked_key_is_not_given_out(self, change):
        operations.issue_checkpoint()
        old = keys.load().public

        changed = change(key_changes.revoke, key_id=old.key_id.hex(), trusted_to=5)

        assert receipts.receipt(seq=2, size=5)["public_key"] == changed.public_key

    def test_a_former_key_only_changes_its_standing(self, change):
        old = keys.load().public
        rotated = change(key_changes.rotate)

        changed = change(key_changes.revoke, key_id=old.key_id.hex(), trusted_to=3)

        assert changed.path is None
        assert changed.public_key == rotated.public_key
        assert queries.verify().ok

    @pytest.mark.parametrize(
        ("key_id", "trusted_to", "code"),
        [("00000000", 3, "UNKNOWN_KEY"), ("", 3, "UNKNOWN_KEY"), (None, 6, "SIZE")],
    )
    def test_is_refused_for_what_is_not_there(self, change, key_id, trusted_to, code):
        key_id = keys.load().public.key_id.hex() if key_id is None else key_id

        with pytest.raises(KeyChangeRefusedError, match=code):
            change(key_changes.revoke, key_id=key_id, trusted_to=trusted_to)

    def test_is_refused_twice(self, change):
        key_id = keys.load().public.key_id.hex()
        change(key_changes.revoke, key_id=key_id, trusted_to=5)

        with pytest.raises(KeyChangeRefusedError, match="ALREADY_REVOKED"):
            change(key_changes.revoke, key_id=key_id, trusted_to=5)


@pytest.mark.usefixtures("ledger")
class TestTampering:
    def test_an_event_that_was_rewritten_is_found(self, change, append, lift_guards):
        change(key_changes.rotate)
        append(9)
        models.Entry.objects.filter(kind="key.introduced").update(body="{}")

        found = {problem.code for problem in queries.verify().problems}

        assert "ENTRY_ALTERED" in found

    def test_a_checkpoint_beyond_a_keys_term_is_found(self, change, append):
        old = keys.load()
        change(key_changes.rotate)
        append(9)
        root = queries.root(size=8)

        note = old.sign(checkpoint.Checkpoint(old.public.name, 8, root))

        (problem,) = queries.verify(known=[note]).problems
        assert problem.code == "CHECKPOINT_UNSIGNED"
