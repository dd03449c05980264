"""What a witness agrees to, and what it objects to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.merkle import cosignatures, tree
from xinheng.core.merkle.checkpoint import Checkpoint
from xinheng.core.merkle.spelling import MalformedNoteError
from xinheng.core.merkle.witnessing import Objection, find_objection

LOG = "example.com/log"


def leaves(size, fork=0):
    return [tree.leaf_hash(bytes([n, fork])) for n in range(size)]


def said(size, fork=0):
    return Checkpoint(LOG, size, tree.root(leaves(size, fork)))


def proof(old, new, fork=0):
    return tree.consistency_proof(leaves(new, fork), old)


class TestFindObjection:
    @given(st.integers(0, 40), st.integers(0, 40))
    def test_agrees_to_whatever_continues(self, one, other):
        old, new = sorted([one, other])

        assert (
            find_objection(seen=said(old), offered=said(new), proof=proof(old, new))
            is None
        )

    def test_agrees_to_the_first_that_it_sees(self):
        assert find_objection(seen=None, offered=said(7), proof=[]) is None

    @given(st.integers(1, 40), st.integers(0, 40))
    def test_objects_to_a_fork(self, old, more):
        new = old + more

        found = find_objection(
            seen=said(old), offered=said(new, fork=1), proof=proof(old, new, fork=1)
        )

        assert found is Objection.FORKED

    def test_objects_to_a_ledger_that_was_cut_back(self):
        found = find_objection(seen=said(7), offered=said(6), proof=[])

        assert found is Objection.CUT_BACK

    def test_objects_to_another_log(self):
        other = Checkpoint("other.example/log", 7, bytes(32))

        found = find_objection(seen=said(7), offered=other, proof=[])

        assert found is Objection.OTHER_LOG


class TestCosignature:
    def test_is_signed_over_the_printed_lines(self):
        body = "example.com/behind-the-sofa\n20852163\nCsUY=\n"

        assert cosignatures.statement(body, seconds=1679315147) == (
            b"cosignature/v1\ntime 1679315147\n" + body.encode()
        )

    @given(st.integers(0, 2**63 - 1), st.binary(min_size=64, max_size=64))
    def test_is_read_back(self, seconds, signature):
        packed = cosignatures.pack(seconds, signature)

        assert cosignatures.unpack(packed) == (seconds, signature)

    @pytest.mark.parametrize("raw", [b"", bytes(71), bytes(73), b"\xff" * 72])
    def test_of_another_length_or_an_impossible_time_is_refused(self, raw):
        with pytest.raises(MalformedNoteError):
            cosignatures.unpack(raw)
