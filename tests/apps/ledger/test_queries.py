"""Reading the ledger: entries, history and proofs that stand on their own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from xinheng.apps.ledger import operations, queries
from xinheng.apps.ledger.queries import UnknownEntryError, UnknownSizeError
from xinheng.core.merkle import tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaves(append):
    return [tree.leaf_hash(bytes.fromhex(append(n).entry)) for n in range(13)]


class TestSize:
    def test_of_an_empty_ledger_is_zero(self):
        assert queries.size() == 0
        assert queries.root(size=0) == tree.EMPTY_ROOT


class TestGetEntry:
    def test_says_which_entry_is_not_there(self):
        with pytest.raises(UnknownEntryError) as caught:
            queries.get_entry(0)

        assert caught.value.seq == 0


@pytest.mark.usefixtures("leaves")
class TestListEntries:
    def test_follows_in_order(self):
        first = queries.list_entries(limit=5)
        rest = queries.list_entries(after=first[-1].seq)

        assert [entry.seq for entry in first + rest] == list(range(13))

    def test_tells_the_history_of_one_subject(self, append):
        append(4)

        history = queries.list_history(subject="submission:4")

        assert [entry.seq for entry in history] == [4, 13]


class TestInclusionProof:
    def test_equals_the_proof_over_all_leaves(self, leaves):
        for size in range(1, 14):
            for seq in range(size):
                proof = queries.inclusion_proof(seq=seq, size=size)

                assert list(proof) == tree.inclusion_proof(leaves[:size], seq)

    def test_takes_few_queries(self, leaves, django_assert_num_queries):
        with django_assert_num_queries(2):
            queries.inclusion_proof(seq=0, size=13)

    def test_there_is_none_beyond_the_end(self, leaves):
        with pytest.raises(UnknownSizeError):
            queries.inclusion_proof(seq=0, size=14)
        with pytest.raises(UnknownEntryError):
            queries.inclusion_proof(seq=13, size=13)


class TestConsistencyProof:
    def test_equals_the_proof_over_all_leaves(self, leaves):
        for second in range(14):
            for first in range(second + 1):
                proof = queries.consistency_proof(first=first, second=second)

                assert list(proof) == tree.consistency_proof(leaves[:second], first)

    @pytest.mark.parametrize(("first", "second"), [(0, 14), (5, 4), (-1, 4)])
    def test_there_is_none_between_sizes_that_never_were(self, leaves, first, second):
        with pytest.raises(UnknownSizeError):
            queries.consistency_proof(first=first, second=second)


class TestSizeAt:
    def test_counts_what_was_recorded_up_to_a_moment(self):
        days = [datetime(2019, 6, day, tzinfo=UTC) for day in (3, 3, 5, 9)]
        with transaction.atomic():
            for day in days:
                operations.append(kind="k", subject="s", actor="a", body={}, at=day)

        asked = [datetime(2019, 6, day, tzinfo=UTC) for day in (2, 3, 4, 5, 8, 30)]

        assert [queries.size_at(day) for day in asked] == [0, 2, 2, 3, 3, 4]
        assert queries.moment_of(3) == days[2]
