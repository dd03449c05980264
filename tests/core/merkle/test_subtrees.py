"""Complete subtrees: what grows, and what proofs are folded from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.merkle import tree
from xinheng.core.merkle.subtrees import (
    Frontier,
    Node,
    Span,
    consistency_spans,
    cover,
    covers,
    inclusion_spans,
    span_hash,
)

SIZES = st.integers(1, 300)


def leaves_of(count: int) -> list[bytes]:
    return [tree.leaf_hash(str(number).encode()) for number in range(count)]


class TestFrontier:
    @given(SIZES)
    def test_completes_each_subtree_once_and_keeps_the_root(self, size):
        frontier, nodes = Frontier(), []
        leaves = leaves_of(size)
        for leaf in leaves:
            nodes += frontier.add(leaf)

        assert frontier.root() == tree.root(leaves)
        assert len({node for node, _ in nodes}) == len(nodes)
        assert len(nodes) == sum(size >> level for level in range(size.bit_length()))

    @given(SIZES, SIZES)
    def test_goes_on_from_the_stored_right_edge(self, size, more):
        leaves, nodes, frontier = leaves_of(size + more), {}, Frontier()
        for leaf in leaves[:size]:
            nodes.update(frontier.add(leaf))

        edge = [nodes[node] for node in cover(Span(0, size))]
        resumed = Frontier(size, edge)
        for leaf in leaves[size:]:
            resumed.add(leaf)

        assert resumed.root() == tree.root(leaves)

    def test_the_empty_tree_has_the_root_of_nothing(self):
        assert Frontier().root() == tree.EMPTY_ROOT


class TestSpans:
    @given(SIZES)
    def test_a_cover_holds_each_leaf_once(self, size):
        covered = [
            leaf
            for level, number in cover(Span(0, size))
            for leaf in range(number << level, (number + 1) << level)
        ]

        assert covered == list(range(size))

    @given(SIZES, st.data())
    def test_proofs_need_a_logarithmic_number_of_hashes(self, size, data):
        index = data.draw(st.integers(0, size - 1))
        levels = size.bit_length()

        assert len(covers(inclusion_spans(index, size))) <= 2 * levels
        assert len(covers(consistency_spans(index, size))) <= 2 * levels

    def test_the_hash_of_a_span_folds_its_subtrees(self):
        leaves, nodes, frontier = leaves_of(7), {}, Frontier()
        for leaf in leaves:
            nodes.update(frontier.add(leaf))

        assert span_hash(Span(4, 7), nodes) == tree.root(leaves[4:])
        assert cover(Span(4, 7)) == [Node(1, 2), Node(0, 6)]
