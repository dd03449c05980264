"""Tiles of a ledger: what they hold, how an export goes on, what it refuses."""

from __future__ import annotations

import pytest

from xinheng.apps.ledger import keys, queries, tiles
from xinheng.core.merkle import checkpoint, tree
from xinheng.core.merkle import tiles as core
from xinheng.core.merkle.checkpoint import Checkpoint
from xinheng.core.merkle.tiles import Tile

pytestmark = pytest.mark.django_db


@pytest.fixture
def mirror(tmp_path):
    """A directory that is there and empty."""
    directory = tmp_path / "mirror"
    directory.mkdir()
    return directory


@pytest.fixture
def grow(append):
    """Append acts until the ledger has that many."""

    def until(size: int) -> None:
        for number in range(queries.size(), size):
            append(number)

    return until


def read(directory) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def entries_of(directory, size: int) -> list[bytes]:
    return [
        entry
        for tile in core.tiles_of(size)
        if tile.level is None
        for entry in core.unbundle(
            (directory / tile.path()).read_bytes(), width=tile.width
        )
    ]


class TestContent:
    def test_of_the_leaves_is_their_hashes(self, grow):
        grow(3)

        held = core.split(tiles.content(Tile(0, 0, 3)), width=3)

        entries = [bytes.fromhex(each.entry) for each in queries.list_entries()]
        assert held == [tree.leaf_hash(entry) for entry in entries]

    @pytest.mark.parametrize("tile", [Tile(0, 0, 4), Tile(0, 0), Tile(1, 0, 1)])
    def test_is_not_there_before_the_ledger_is(self, grow, tile):
        grow(3)

        with pytest.raises(tiles.UnknownTileError):
            tiles.content(tile)


class TestExport:
    def test_adds_up_to_the_signed_checkpoint(self, grow, mirror):
        grow(258)

        done = tiles.export(mirror)

        note = checkpoint.parse((mirror / "checkpoint").read_text())
        leaves = [tree.leaf_hash(each) for each in entries_of(mirror, 258)]
        assert keys.is_signed_by(note, keys.load().public)
        assert note.checkpoint().size == done.size == 258
        assert note.checkpoint().root == tree.root(leaves)
        assert (mirror / "tile/1/000.p/1").read_bytes() == tree.root(leaves[:256])

    def test_goes_on_where_it_ended(self, grow, mirror):
        grow(5)
        tiles.export(mirror)
        grow(7)

        again = tiles.export(mirror)

        assert again.files == 3
        assert set(read(mirror)) == {
            "checkpoint",
            "tile/0/000.p/5",
            "tile/0/000.p/7",
            "tile/entries/000.p/5",
            "tile/entries/000.p/7",
        }

    def test_of_nothing_new_writes_the_checkpoint_only(self, grow, mirror):
        grow(5)
        tiles.export(mirror)
        before = read(mirror)

        assert tiles.export(mirror).files == 1
        assert read(mirror) == before

    def test_of_an_empty_ledger_is_a_checkpoint(self, mirror):
        assert tiles.export(mirror).size == 0
        assert set(read(mirror)) == {"checkpoint"}

    @pytest.mark.parametrize("size", [2, 9])
    def test_refuses_to_go_on_with_another_past(self, grow, mirror, size):
        grow(3)
        forged = keys.load().sign(Checkpoint("xinheng.local/ledger", size, bytes(32)))
        (mirror / "checkpoint").write_text(forged)

        with pytest.raises(tiles.ForkedMirrorError):
            tiles.export(mirror)
        assert set(read(mirror)) == {"checkpoint"}

    def test_refuses_a_directory_that_holds_something_else(self, grow, mirror):
        grow(3)
        (mirror / "checkpoint").write_bytes(b"\xff\xfe no checkpoint")

        with pytest.raises(tiles.ForkedMirrorError):
            tiles.export(mirror)
