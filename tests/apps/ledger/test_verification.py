"""Whatever is done to the tables behind our back is found and named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db import models as orm
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinheng.apps.ledger import guards, keys, models, operations, queries, suites, walk
from xinheng.core.merkle.checkpoint import Checkpoint, Suite
from xinheng.core.merkle.entries import Entry
from xinheng.core.merkle.hashing import leaf_hash
from xinheng.core.merkle.subtrees import Frontier

ORIGIN = "xinheng.local/ledger"
SIZE = 11


@pytest.fixture
def ledger(db, append):
    """Eleven entries, with checkpoints given out at 4 and at 9."""
    for number in range(SIZE):
        append(number)
        if number in (3, 8):
            operations.issue_checkpoint()


@pytest.fixture
def open_ledger(ledger, lift_guards):
    """The same, with no trigger in the way."""


def codes():
    """The codes of all problems but the missing triggers."""
    found = {problem.code.value for problem in queries.verify().problems}
    return found - {"TRIGGER_MISSING"}


def places(code):
    return [each.place for each in queries.verify().problems if each.code == code]


def entry(seq):
    return models.Entry.objects.filter(seq=seq)


class TestGoodLedger:
    def test_verifies_before_the_first_entry(self, db):
        report = queries.verify()

        assert report.ok
        assert report.size == 0

    def test_verifies(self, ledger):
        report = queries.verify()

        assert report.problems == ()
        assert (report.size, report.checkpoints, report.erased) == (SIZE, 2, 0)
        assert report.root == queries.root(size=SIZE).hex()

    @pytest.mark.parametrize("batch", [1, 2, 3, 4, 7, 100])
    def test_verifies_in_batches_of_any_length(self, ledger, monkeypatch, batch):
        monkeypatch.setattr(walk, "BATCH_ENTRIES", batch)

        assert queries.verify().problems == ()

    def test_the_number_of_queries_does_not_grow_with_entries(self, ledger, append):
        with CaptureQueriesContext(connection) as of_few:
            queries.verify()
        for number in range(SIZE, 4 * SIZE):
            append(number)

        with CaptureQueriesContext(connection) as of_many:
            report = queries.verify()

        assert (report.size, report.ok) == (4 * SIZE, True)
        assert len(of_many) == len(of_few)


COLUMNS = {
    "recorded_at": F("recorded_at") + timedelta(microseconds=1),
    "kind": "submission.refused",
    "subject": "submission:other",
    "actor": "account:2",
    "body": '{"note":"示例","rows_read":6}',
    "salt": "0" * 64,
    "entry": "0" * 64,
}


@pytest.mark.usefixtures("open_ledger")
class TestTouchedEntries:
    @pytest.mark.parametrize("column", COLUMNS)
    @pytest.mark.parametrize("seq", [0, 5, SIZE - 1])
    def test_a_changed_column_is_found(self, seq, column):
        entry(seq).update(**{column: COLUMNS[column]})

        assert places("ENTRY_ALTERED") == [str(seq)]

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("body", '{"note":"示例", "rows_read":5}'),
            ("body", '{"rows_read":5,"note":"示例"}'),
            ("body", "no json"),
            ("body", ""),
            ("salt", ""),
            ("salt", "zz"),
            ("entry", "no digest"),
            ("entry", ""),
        ],
    )
    def test_other_spellings_of_a_column_are_found(self, column, value):
        entry(5).update(**{column: value})

        assert "ENTRY_ALTERED" in codes()

    def test_a_salt_in_capitals_is_found(self):
        entry(5).update(salt=orm.functions.Upper("salt"))

        assert places("ENTRY_ALTERED") == ["5"]

    def test_a_changed_entry_with_a_matching_digest_is_found(self):
        """Whoever writes the table can recompute a digest, but not the tree's root."""
        row = entry(5).get()
        forged = Entry(5, row.recorded_at, row.kind, row.subject, "account:2", row.body)
        digest = forged.digest(bytes.fromhex(row.salt))
        entry(5).update(actor="account:2", entry=digest.hex())

        assert {"NODE_WRONG", "HEAD_WRONG", "CHECKPOINT_WRONG"} <= codes()

    def test_a_whole_new_history_is_found_by_its_signatures(self):
        """Every hash recomputed: what is missing is the key."""
        rewrite_history(actor="account:2")

        assert codes() == {"HEAD_UNSIGNED", "CHECKPOINT_UNSIGNED"}

    @pytest.mark.parametrize("seq", [0, 5, SIZE - 1])
    def test_a_deleted_entry_is_found(self, seq):
        entry(seq).delete()

        assert places("ENTRY_MISSING") == [str(seq)]

    def test_swapped_entries_are_found(self):
        swap(3, 7)

        assert places("ENTRY_ALTERED") == ["3", "7"]

    def test_swapped_entries_with_swapped_digests_only_are_found(self):
        third, seventh = entry(3).get(), entry(7).get()
        entry(3).update(entry=seventh.entry)
        entry(7).update(entry=third.entry)

        assert places("ENTRY_ALTERED") == ["3", "7"]

    @pytest.mark.parametrize("seq", [SIZE, SIZE + 5])
    def test_an_inserted_entry_is_found(self, seq):
        row = entry(5).get()
        row.seq = seq
        row.save(force_insert=True)

        assert places("ENTRY_SURPLUS") == [str(seq)]

    def test_an_entry_inserted_between_others_is_found(self):
        for seq in range(SIZE - 1, 4, -1):
            entry(seq).update(seq=seq + 1)
        row = entry(4).get()
        row.seq = 5
        row.save(force_insert=True)

        assert {"ENTRY_ALTERED", "ENTRY_SURPLUS", "NODE_WRONG"} <= codes()

    def test_a_cut_tail_is_found(self):
        models.Entry.objects.filter(seq__gte=6).delete()

        assert places("ENTRY_MISSING") == [str(seq) for seq in range(6, SIZE)]

    def test_emptied_content_is_found(self):
        entry(5).update(body=None, salt=None)

        assert places("ENTRY_EMPTIED") == ["5"]

    def test_content_erased_by_right_is_no_problem(self):
        entry(5).update(body=None, salt=None)
        guards.install(connection)

        report = queries.verify(erased={5})

        assert report.ok
        assert report.erased == 1


@pytest.mark.usefixtures("open_ledger")
class TestTouchedTree:
    @pytest.mark.parametrize(("level", "number"), [(0, 0), (0, 10), (1, 4), (3, 0)])
    def test_a_changed_node_is_found(self, level, number):
        nodes = models.Node.objects.filter(level=level, number=number)
        nodes.update(hash=bytes(32))

        assert places("NODE_WRONG") == [f"{level}/{number}"]

    def test_a_deleted_node_is_found(self):
        models.Node.objects.filter(level=1, number=1).delete()

        assert "1/1" in places("NODE_WRONG")

    @pytest.mark.parametrize(("level", "number"), [(0, 11), (1, 5), (4, 0), (9, 3)])
    def test_a_node_beyond_the_end_is_found(self, level, number):
        models.Node.objects.create(level=level, number=number, hash=bytes(32))

        assert places("NODE_SURPLUS") == [f"{level}/{number}"]

    def test_nodes_moved_to_another_place_are_found(self):
        models.Node.objects.filter(level=0).update(number=F("number") + 100)

        assert {"NODE_WRONG", "NODE_SURPLUS"} <= codes()


@pytest.mark.usefixtures("open_ledger")
class TestTouchedHead:
    def test_a_changed_root_is_found(self):
        models.Head.objects.update(root=bytes(32))

        assert codes() == {"HEAD_WRONG", "HEAD_UNSIGNED"}

    def test_a_changed_note_is_found(self):
        models.Head.objects.update(note="")

        assert codes() == {"HEAD_UNSIGNED"}

    def test_a_note_of_another_size_is_found(self):
        note = models.Checkpoint.objects.get(size=9).note
        models.Head.objects.update(note=note)

        assert codes() == {"HEAD_UNSIGNED"}

    def test_a_head_set_back_is_found(self):
        models.Head.objects.update(size=5)

        assert {"ENTRY_SURPLUS", "CHECKPOINT_AHEAD", "HEAD_WRONG"} <= codes()

    def test_a_head_set_forward_is_found(self):
        models.Head.objects.update(size=SIZE + 1)

        assert {"ENTRY_MISSING", "HEAD_WRONG"} <= codes()

    def test_a_deleted_head_is_found(self):
        models.Head.objects.all().delete()

        assert {"ENTRY_SURPLUS", "CHECKPOINT_AHEAD"} <= codes()

    def test_a_ledger_cut_back_whole_is_found_by_its_checkpoints(self):
        cut_back(to=6)

        assert codes() == {"CHECKPOINT_AHEAD"}


@pytest.mark.usefixtures("open_ledger")
class TestTouchedCheckpoints:
    def test_a_changed_root_is_found(self):
        models.Checkpoint.objects.filter(size=4).update(root=bytes(32))

        assert places("CHECKPOINT_WRONG") == ["4"]

    def test_a_changed_size_is_found(self):
        models.Checkpoint.objects.filter(size=4).update(size=5)

        assert places("CHECKPOINT_WRONG") == ["5"]

    @pytest.mark.parametrize("note", ["", "no note", "a\n1\nb\n\n— a AAAA\n"])
    def test_a_changed_note_is_found(self, note):
        models.Checkpoint.objects.filter(size=4).update(note=note)

        assert places("CHECKPOINT_UNSIGNED") == ["4"]

    def test_a_checkpoint_with_another_key_is_found(self):
        forger = keys.SigningKey(ORIGIN, suites.generate(Suite.ED25519))
        note = forger.sign(Checkpoint(ORIGIN, 4, queries.root(size=4)))
        models.Checkpoint.objects.filter(size=4).update(note=note)

        assert places("CHECKPOINT_UNSIGNED") == ["4"]

    def test_a_checkpoint_of_another_log_is_found(self, settings):
        settings.LEDGER_ORIGIN = "other.example/ledger"
        note = keys.load().sign(Checkpoint("other.example/ledger", 4, bytes(32)))
        settings.LEDGER_ORIGIN = ORIGIN
        models.Checkpoint.objects.filter(size=4).update(note=note)

        assert places("CHECKPOINT_UNSIGNED") == ["4"]


class TestKnownCheckpoints:
    def test_one_that_the_ledger_continues_is_fine(self, ledger, append):
        kept = operations.issue_checkpoint()
        append(SIZE)

        assert queries.verify(known=[kept]).ok

    def test_a_ledger_cut_back_behind_it_is_found(self, ledger, lift_guards):
        kept = operations.issue_checkpoint()
        models.Checkpoint.objects.all().delete()
        cut_back(to=6)
        guards.install(connection)

        assert queries.verify().ok
        problems = queries.verify(known=[kept]).problems
        assert [(each.code, each.place) for each in problems] == [
            ("CHECKPOINT_AHEAD", "#1")
        ]

    def test_one_that_is_not_ours_is_told(self, ledger):
        report = queries.verify(known=["no checkpoint"])

        assert [each.code for each in report.problems] == ["CHECKPOINT_UNSIGNED"]


class TestTriggers:
    def test_missing_ones_are_told(self, ledger, lift_guards):
        assert len(places("TRIGGER_MISSING")) == len(guards.list_missing(connection))

    def test_the_report_is_bounded(self, open_ledger):
        models.Entry.objects.update(actor="x")
        models.Node.objects.update(hash=bytes(32))
        for number in range(200):
            models.Checkpoint.objects.create(size=100 + number, root=b"", note="")

        assert len(queries.verify().problems) == walk.MOST_PROBLEMS


class TestAnyBit:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_flipped_in_any_text_of_an_entry_is_found(self, open_ledger, data):
        seq = data.draw(st.integers(0, SIZE - 1))
        column = data.draw(
            st.sampled_from(["kind", "subject", "actor", "body", "salt"])
        )
        before = entry(seq).values_list(column, flat=True).get()
        place = data.draw(st.integers(0, len(before) - 1))
        flipped = chr(ord(before[place]) ^ data.draw(st.sampled_from([1, 2, 4, 8, 16])))
        after = before[:place] + flipped + before[place + 1 :]
        entry(seq).update(**{column: after})

        try:
            assert places("ENTRY_ALTERED") == [str(seq)]
        finally:
            entry(seq).update(**{column: before})


def swap(first, second):
    other = 1_000
    for was, becomes in ((first, other), (second, first), (other, second)):
        entry(was).update(seq=becomes)


def rewrite_history(**changes):
    """Forge every entry, node and root, and sign with a key of the forger's own."""
    forger = keys.SigningKey(ORIGIN, suites.generate(Suite.ED25519))
    frontier, roots = Frontier(), {}
    for row in models.Entry.objects.order_by("seq"):
        for column, value in changes.items():
            setattr(row, column, value)
        act = Entry(
            row.seq, row.recorded_at, row.kind, row.subject, row.actor, row.body
        )
        row.entry = act.digest(bytes.fromhex(row.salt)).hex()
        row.save()
        for node, hash_ in frontier.add(leaf_hash(bytes.fromhex(row.entry))):
            models.Node.objects.filter(level=node.level, number=node.number).update(
                hash=hash_
            )
        roots[frontier.size] = frontier.root()
    for model, size in ((models.Head, SIZE), *((models.Checkpoint, n) for n in (4, 9))):
        note = forger.sign(Checkpoint(ORIGIN, size, roots[size]))
        model.objects.filter(size=size).update(root=roots[size], note=note)


def cut_back(*, to):
    """Undo the last entries as if they had never been, with the note of that time."""
    root = queries.root(size=to)
    models.Entry.objects.filter(seq__gte=to).delete()
    for level in range(SIZE.bit_length()):
        models.Node.objects.filter(level=level, number__gte=to >> level).delete()
    note = keys.load().sign(Checkpoint(ORIGIN, to, root))
    models.Head.objects.update(size=to, root=root, note=note)
