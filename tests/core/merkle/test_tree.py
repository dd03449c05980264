"""The tree, held against RFC 9162, known roots and another implementation."""

from __future__ import annotations

from hashlib import sha256

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.merkle import tree

HASHES = st.binary(min_size=32, max_size=32)
LEAVES = st.lists(HASHES, min_size=1, max_size=70)

# The eight leaves that certificate transparency logs are tested with, and their roots.
KNOWN_ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
KNOWN_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves_of(count: int) -> list[bytes]:
    return [tree.leaf_hash(str(number).encode()) for number in range(count)]


def defined_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return tree.node_hash(defined_root(leaves[:split]), defined_root(leaves[split:]))


class TestRoot:
    @pytest.mark.parametrize("size", range(9))
    def test_gives_the_known_roots(self, size):
        leaves = [tree.leaf_hash(entry) for entry in KNOWN_ENTRIES[:size]]

        assert tree.root(leaves).hex() == KNOWN_ROOTS[size]

    @given(st.lists(HASHES, max_size=70))
    def test_is_what_the_rfc_defines(self, leaves):
        assert tree.root(leaves) == defined_root(leaves)

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33])
    def test_agrees_with_another_implementation(self, size):
        other = pymerkle.InmemoryTree(algorithm="sha256")
        for number in range(size):
            other.append_entry(str(number).encode())

        assert tree.root(leaves_of(size)) == other.get_root()


class TestInclusion:
    @given(LEAVES, st.data())
    def test_every_leaf_is_proved(self, leaves, data):
        index = data.draw(st.integers(0, len(leaves) - 1))

        proof = tree.inclusion_proof(leaves, index)

        assert len(proof) <= (len(leaves) - 1).bit_length()
        assert tree.verify_inclusion(
            leaf=leaves[index],
            index=index,
            size=len(leaves),
            proof=proof,
            root=tree.root(leaves),
        )

    @pytest.mark.parametrize("size", range(1, 18))
    def test_a_proof_holds_for_its_own_leaf_and_place_only(self, size):
        leaves = leaves_of(size)
        root = tree.root(leaves)
        for index in range(size):
            proof = tree.inclusion_proof(leaves, index)

            held = {
                (place, number)
                for place in range(size + 2)
                for number, leaf in enumerate(leaves)
                if tree.verify_inclusion(
                    leaf=leaf, index=place, size=size, proof=proof, root=root
                )
            }

            assert held == {(index, index)}

    @given(LEAVES, st.data())
    def test_a_proof_that_was_touched_fails(self, leaves, data):
        index = data.draw(st.integers(0, len(leaves) - 1))
        proof = tree.inclusion_proof(leaves, index)
        touched = data.draw(
            st.sampled_from(
                [
                    [*proof, bytes(32)],
                    [bytes(32), *proof],
                    *([proof[:-1], proof[1:]] if proof else []),
                    *([[*proof[:-1], bytes(32)]] if proof else []),
                ]
            )
        )

        assert not tree.verify_inclusion(
            leaf=leaves[index],
            index=index,
            size=len(leaves),
            proof=touched,
            root=tree.root(leaves),
        )

    @pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
    def test_there_is_none_for_a_leaf_that_is_not_there(self, index, size):
        with pytest.raises(ValueError, match="has no leaf"):
            tree.inclusion_proof(leaves_of(size), index)

        assert not tree.verify_inclusion(
            leaf=bytes(32), index=index, size=size, proof=[], root=bytes(32)
        )


class TestConsistency:
    @given(LEAVES, st.data())
    def test_every_continuation_is_proved(self, leaves, data):
        first = data.draw(st.integers(0, len(leaves)))

        proof = tree.consistency_proof(leaves, first)

        assert tree.verify_consistency(
            first=first,
            second=len(leaves),
            first_root=tree.root(leaves[:first]),
            second_root=tree.root(leaves),
            proof=proof,
        )

    @given(LEAVES, st.data())
    def test_a_rewritten_past_is_never_proved(self, leaves, data):
        first = data.draw(st.integers(1, len(leaves)))
        changed = data.draw(st.integers(0, first - 1))
        past = [*leaves[:first]]
        past[changed] = tree.leaf_hash(past[changed])

        assert not tree.verify_consistency(
            first=first,
            second=len(leaves),
            first_root=tree.root(past),
            second_root=tree.root(leaves),
            proof=tree.consistency_proof(leaves, first),
        )

    @given(LEAVES, st.data())
    def test_a_proof_that_was_touched_fails(self, leaves, data):
        first = data.draw(st.integers(1, len(leaves)))
        proof = tree.consistency_proof(leaves, first)
        longer = [*proof, bytes(32)]
        touched = data.draw(st.sampled_from([longer, *([proof[:-1]] if proof else [])]))

        assert not tree.verify_consistency(
            first=first,
            second=len(leaves),
            first_root=tree.root(leaves[:first]),
            second_root=tree.root(leaves),
            proof=touched,
        )

    def test_there_is_none_from_a_longer_tree(self):
        with pytest.raises(ValueError, match="does not continue"):
            tree.consistency_proof(leaves_of(3), 4)

        assert not tree.verify_consistency(
            first=4, second=3, first_root=bytes(32), second_root=bytes(32), proof=[]
        )

    def test_any_tree_continues_the_empty_one(self):
        root = tree.root(leaves_of(3))
        roots = {"first": 0, "second": 3, "second_root": root, "proof": []}

        assert tree.verify_consistency(first_root=tree.EMPTY_ROOT, **roots)
        assert not tree.verify_consistency(first_root=bytes(32), **roots)

    @pytest.mark.parametrize("size", range(2, 34))
    def test_another_implementation_proves_the_same_roots(self, size):
        other = pymerkle.InmemoryTree(algorithm="sha256")
        for number in range(size):
            other.append_entry(str(number).encode())
        for first in range(1, size):
            theirs = other.prove_consistency(first, size)

            pymerkle.verify_consistency(
                tree.root(leaves_of(first)), tree.root(leaves_of(size)), theirs
            )
