"""Tiles, held against the specification's examples and the tree itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.merkle import tiles, tree
from xinheng.core.merkle.subtrees import Frontier, Node
from xinheng.core.merkle.tiles import FULL_WIDTH, MalformedTileError, Tile

TILES = st.builds(
    Tile,
    st.none() | st.integers(0, tiles.HIGHEST_LEVEL),
    st.integers(0, 2**40),
    st.integers(1, FULL_WIDTH),
)


class TestPath:
    @pytest.mark.parametrize(
        ("tile", "path"),
        [
            (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
            (Tile(1, 0), "tile/1/000"),
            (Tile(63, 999, 255), "tile/63/999.p/255"),
            (Tile(None, 1_000, 1), "tile/entries/x001/000.p/1"),
        ],
    )
    def test_is_that_of_the_specification(self, tile, path):
        assert tile.path() == path

    @given(TILES)
    def test_leads_back_to_its_tile(self, tile):
        assert tiles.parse_path(tile.path()) == tile

    @pytest.mark.parametrize(
        "path",
        [
            "",
            "tile/0/0",
            "tile/0/0000",
            "tile/00/000",
            "tile/64/000",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/007",
            "tile/0/../../etc",
            "tile/entries/٠٠٠",
            "tile/0/000\n",
            "/tile/0/000",
        ],
    )
    def test_has_one_spelling_only(self, path):
        with pytest.raises(MalformedTileError):
            tiles.parse_path(path)


class TestTilesOf:
    @pytest.mark.parametrize(
        ("size", "paths"),
        [
            (0, []),
            (1, ["tile/0/000.p/1", "tile/entries/000.p/1"]),
            (256, ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]),
            (
                257,
                [
                    "tile/0/000",
                    "tile/0/001.p/1",
                    "tile/1/000.p/1",
                    "tile/entries/000",
                    "tile/entries/001.p/1",
                ],
            ),
        ],
    )
    def test_lists_the_files_of_a_tree(self, size, paths):
        assert [tile.path() for tile in tiles.tiles_of(size)] == paths

    @given(st.integers(0, 70_000), st.integers(0, 70_000))
    def test_lists_after_a_size_what_was_not_there(self, one, other):
        after, size = sorted((one, other))
        before = set(tiles.tiles_of(after))

        grown = list(tiles.tiles_of(size, after=after))

        assert not before & set(grown)
        assert set(grown) >= set(tiles.tiles_of(size)) - before
        assert all(tile.is_within(size) for tile in grown)

    @given(st.integers(0, 600))
    def test_holds_every_leaf_and_what_the_root_is_folded_from(self, size):
        leaves = [tree.leaf_hash(bytes([number % 251])) for number in range(size)]
        frontier, stored = Frontier(), dict[Node, bytes]()
        for leaf in leaves:
            stored.update(frontier.add(leaf))

        listed = {
            node
            for tile in tiles.tiles_of(size)
            if tile.level is not None
            for node in tile.nodes()
        }

        assert {node.number for node in listed if node.level == 0} == set(range(size))
        assert listed <= set(stored)


class TestIsWithin:
    @given(TILES.filter(lambda tile: (tile.level or 0) < 5), st.integers(0, 10**9))
    def test_asks_for_the_last_leaf_of_the_last_subtree(self, tile, size):
        last = tile.nodes()[-1]

        assert tile.is_within(size) == ((last.number + 1) << last.level <= size)


class TestBundle:
    @given(st.lists(st.binary(max_size=40), min_size=1, max_size=20))
    def test_is_read_back(self, entries):
        assert tiles.unbundle(tiles.bundle(entries), width=len(entries)) == entries

    @given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=20))
    def test_is_refused_when_cut_short(self, entries):
        content = tiles.bundle(entries)

        with pytest.raises(MalformedTileError):
            tiles.unbundle(content[:-1], width=len(entries))
        with pytest.raises(MalformedTileError):
            tiles.unbundle(content, width=len(entries) + 1)


class TestSplit:
    def test_returns_the_hashes_in_order(self):
        assert tiles.split(bytes(32) + b"\x01" * 32, width=2) == [
            bytes(32),
            b"\x01" * 32,
        ]

    @pytest.mark.parametrize("length", [0, 31, 33, 96])
    def test_refuses_another_length(self, length):
        with pytest.raises(MalformedTileError):
            tiles.split(bytes(length), width=2)
