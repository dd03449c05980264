"""The ledger as static files: tiles and the checkpoint that they add up to.

Tiles hold digests only, so whoever mirrors them learns how much was recorded and when
the checkpoints were signed, and nothing else. A full tile never changes; the checkpoint
is written last, so that a reader never sees one whose tiles are not there yet.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xinheng.apps.ledger import (
    key_history,
    models,
    operations,
    tree_store,
    witnesses,
)
from xinheng.core.merkle import checkpoint, tiles
from xinheng.core.merkle.checkpoint import Checkpoint
from xinheng.core.merkle.tiles import Tile

CHECKPOINT = "checkpoint"


class UnknownTileError(LookupError):
    """The ledger has no such tile, or not that much of it yet."""


class ForkedMirrorError(RuntimeError):
    """The directory holds tiles of another ledger, or of a past that is not ours."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did: the ledger's `size`, files and bytes written."""

    size: int
    files: int
    size_bytes: int


def content(tile: Tile) -> bytes:
    """Return the bytes of a tile.

    Raises:
        UnknownTileError: where the ledger has not all of it.
        TamperedLedgerError: where a hash that the tree needs is gone.
    """
    if not tile.is_within(tree_store.read_head().size):
        raise UnknownTileError(tile.path())
    return _content(tile)


def export(directory: Path) -> Exported:
    """Write what a directory lacks of the ledger's tiles, then the checkpoint.

    A directory with an earlier export is continued: only what has grown is written.
    Partial tiles of earlier exports stay, as a mirror may still be reading them.

    Raises:
        ForkedMirrorError: the directory's checkpoint is not one of this ledger's past.
        OSError: where it can't be written.
        SigningKeyError, TamperedLedgerError: nothing is signed.
    """
    note = operations.issue_checkpoint()
    size = checkpoint.parse(note).checkpoint().size
    files = written = 0
    for path, content_ in _new_files(directory, size):
        _write(path, content_)
        files, written = files + 1, written + len(content_)
    content_ = witnesses.cosigned(note, size=size).encode()
    _write(directory / CHECKPOINT, content_)
    return Exported(size, files + 1, written + len(content_))


def _new_files(directory: Path, size: int) -> Iterator[tuple[Path, bytes]]:
    for tile in tiles.tiles_of(size, after=_continued(directory)):
        yield directory / tile.path(), _content(tile)


def _continued(directory: Path) -> int:
    """Return the size that the directory has reached, 0 where it is new."""
    path = directory / CHECKPOINT
    if not path.exists():
        return 0
    said = _read(path)
    if (
        said.size > tree_store.read_head().size
        or tree_store.root(said.size) != said.root
    ):
        raise ForkedMirrorError(str(directory))
    return said.size


def _read(path: Path) -> Checkpoint:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ForkedMirrorError(str(path)) from None
    said = key_history.believe(text, key_history.list_terms())
    if said is None:
        raise ForkedMirrorError(str(path))
    return said


def _content(tile: Tile) -> bytes:
    return _entries(tile) if tile.level is None else _hashes(tile)


def _hashes(tile: Tile) -> bytes:
    first, *_, last = [*tile.nodes(), tile.nodes()[-1]]
    rows = models.Node.objects.filter(
        level=first.level, number__gte=first.number, number__lte=last.number
    ).order_by("number")
    found = [tree_store.as_hash(row) for row in rows.values_list("hash", flat=True)]
    if len(found) != tile.width or b"" in found:
        raise tree_store.TamperedLedgerError
    return b"".join(found)


def _entries(tile: Tile) -> bytes:
    first = tiles.FULL_WIDTH * tile.number
    rows = models.Entry.objects.filter(
        seq__gte=first, seq__lt=first + tile.width
    ).order_by("seq")
    found = [bytes.fromhex(row) for row in rows.values_list("entry", flat=True)]
    if len(found) != tile.width:
        raise tree_store.TamperedLedgerError
    return tiles.bundle(found)


def _write(path: Path, content_: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with draft.open("wb") as file:
            file.write(content_)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
