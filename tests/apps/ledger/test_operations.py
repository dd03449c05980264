"""Appending: gapless, in the caller's transaction, signed."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import transaction

from xinheng.apps.ledger import keys, models, operations, queries
from xinheng.apps.ledger.operations import Act, NotInTransactionError
from xinheng.apps.ledger.tree_store import TamperedLedgerError
from xinheng.core.merkle import checkpoint, tree


@pytest.mark.django_db
class TestAppend:
    def test_counts_from_zero_without_gaps(self, append):
        appended = [append(number) for number in range(5)]

        assert [each.seq for each in appended] == [0, 1, 2, 3, 4]
        assert queries.size() == 5

    def test_keeps_the_act_as_it_was_given(self, append, at):
        appended = append(7)

        entry = queries.get_entry(appended.seq)

        assert entry.kind == "submission.completed"
        assert entry.subject == "submission:7"
        assert entry.actor == "account:1"
        assert entry.recorded_at == at
        assert entry.body == {"rows_read": 7, "note": "示例"}
        assert entry.entry == appended.entry

    def test_salts_every_entry(self, append):
        first, second = append(1), append(1)

        assert first.entry != second.entry
        assert queries.get_entry(0).salt != queries.get_entry(1).salt

    def test_the_root_is_that_of_rfc_9162_over_the_entries(self, append):
        entries = [bytes.fromhex(append(number).entry) for number in range(11)]

        for size in range(12):
            leaves = [tree.leaf_hash(entry) for entry in entries[:size]]
            assert queries.root(size=size) == tree.root(leaves)

    def test_signs_every_head(self, append):
        for number in range(3):
            append(number)
            head = queries.get_head()
            note = checkpoint.parse(head.note)

            assert keys.is_signed_by(note, keys.load().public)
            assert note.checkpoint().size == number + 1
            assert note.checkpoint().root == head.root

    def test_a_rolled_back_act_leaves_no_gap(self, append):
        append(0)
        with transaction.atomic():
            append(1)
            transaction.set_rollback(True)

        assert append(2).seq == 1
        assert queries.verify().ok

    def test_the_number_of_queries_does_not_grow(
        self, append, django_assert_max_num_queries
    ):
        for number in range(40):
            append(number)

        # Head, right edge, entry, nodes, head; and the savepoint of the test's own.
        with django_assert_max_num_queries(8):
            append(40)

    @pytest.mark.parametrize(
        "change",
        [{"kind": ""}, {"subject": "s" * 201}, {"actor": "a" * 65}],
        ids=["kind", "subject", "actor"],
    )
    def test_refuses_what_one_database_would_cut(self, append, change):
        with pytest.raises(ValueError, match="characters"):
            append(**change)

        assert queries.size() == 0

    def test_refuses_a_body_that_can_not_be_reproduced(self, append):
        with pytest.raises(TypeError, match="float"):
            append(body={"amount": 0.1})

    def test_refuses_a_moment_without_time_zone(self, append):
        with pytest.raises(ValueError, match="time zone"):
            append(at=datetime(2019, 6, 3))  # noqa: DTZ001

    def test_refuses_to_build_on_a_tree_that_was_touched(self, append, lift_guards):
        for number in range(3):
            append(number)
        models.Node.objects.filter(level=1, number=0).update(hash=bytes(32))

        with pytest.raises(TamperedLedgerError, match="xinheng ledger verify"):
            append(3)

    def test_refuses_to_build_on_a_tree_that_lacks_a_node(self, append, lift_guards):
        append(0)
        models.Node.objects.all().delete()

        with pytest.raises(TamperedLedgerError):
            append(1)

    def test_makes_no_second_key_for_a_ledger_with_entries(self, append, keys_dir):
        append(0)
        (keys_dir / "ledger.key").unlink()

        with pytest.raises(keys.SigningKeyError, match="restore it from"):
            append(1)
        assert not (keys_dir / "ledger.key").exists()


@pytest.mark.django_db
class TestAppendMany:
    def test_equals_appending_one_by_one(self, at):
        acts = [Act("act", f"subject:{number}", "actor", {}) for number in range(9)]

        with transaction.atomic():
            appended = operations.append_many(acts=acts, at=at)

        leaves = [tree.leaf_hash(bytes.fromhex(each.entry)) for each in appended]
        assert [each.seq for each in appended] == list(range(9))
        assert queries.root(size=9) == tree.root(leaves)
        assert queries.verify().ok

    def test_nothing_to_append_touches_nothing(self, at):
        assert operations.append_many(acts=(), at=at) == ()
        assert queries.size() == 0


@pytest.mark.django_db(transaction=True)
class TestTransactions:
    def test_refuses_to_append_outside_a_transaction(self, at):
        with pytest.raises(NotInTransactionError, match=r"transaction\.atomic"):
            operations.append(kind="a", subject="b", actor="c", body={}, at=at)


@pytest.mark.django_db
class TestIssueCheckpoint:
    def test_gives_the_same_text_for_the_same_size(self, append):
        append(0)

        first, second = operations.issue_checkpoint(), operations.issue_checkpoint()

        assert first == second
        assert models.Checkpoint.objects.count() == 1

    def test_of_an_empty_ledger_is_signed_too(self):
        note = checkpoint.parse(operations.issue_checkpoint())

        assert note.checkpoint().size == 0
        assert note.checkpoint().root == tree.EMPTY_ROOT
        assert keys.is_signed_by(note, keys.load().public)

    def test_is_not_given_for_a_ledger_that_contradicts_itself(
        self, append, lift_guards
    ):
        append(0)
        models.Head.objects.update(root=bytes(32))

        with pytest.raises(TamperedLedgerError):
            operations.issue_checkpoint()
