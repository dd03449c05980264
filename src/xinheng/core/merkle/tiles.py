"""Tiles: the tree cut into files that never change, for any web server to serve.

A tile holds the hashes of up to 256 neighboring subtrees of one height. Tile `number`
of `level` begins at subtree `256 * number` of 2^(8 * level) leaves each; a full tile
has 256 hashes, and only the last of a level may have fewer (`width`).

    tile/0/x001/234.p/17      hashes 0 to 16 of tile 1234 of the leaves
    tile/entries/x001/234     what the leaves of that tile hold, all 256

An entry bundle holds for each leaf two bytes of length (big-endian) and the bytes that
were hashed into the leaf: here the digest of the act, never the act itself.

Source: C2SP tlog-tiles v1.0.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from xinheng.core.merkle.hashing import HASH_BYTES
from xinheng.core.merkle.subtrees import Node

TILE_HEIGHT = 8
FULL_WIDTH = 1 << TILE_HEIGHT
HIGHEST_LEVEL = 63
LENGTH_BYTES = 2

_NUMBER = re.compile(r"(?:x\d{3}/)*\d{3}", re.ASCII)
_PATH = re.compile(
    rf"tile/(?P<level>entries|0|[1-9]\d?)/(?P<number>{_NUMBER.pattern})"
    r"(?:\.p/(?P<width>[1-9]\d{0,2}))?",
    re.ASCII,
)


class MalformedTileError(ValueError):
    """The path or the bytes are not those of a tile."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One file. `level` null means the bundle of entries; `width` is 1 to 256."""

    level: int | None
    number: int
    width: int = FULL_WIDTH

    def path(self) -> str:
        """Return the path below the log's prefix."""
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == FULL_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_written(self.number)}{partial}"

    def nodes(self) -> list[Node]:
        """Return the subtrees whose hashes the tile holds, in order."""
        height = TILE_HEIGHT * (self.level or 0)
        first = FULL_WIDTH * self.number
        return [Node(height, first + place) for place in range(self.width)]

    def is_within(self, size: int) -> bool:
        """Tell whether a tree of `size` leaves has all of the tile's hashes."""
        height = TILE_HEIGHT * (self.level or 0)
        return (FULL_WIDTH * self.number + self.width) << height <= size


def parse_path(path: str) -> Tile:
    """Read the path that `Tile.path` writes, and no other spelling of it.

    Raises:
        MalformedTileError: where it is not one.
    """
    found = _PATH.fullmatch(path)
    if found is None:
        raise MalformedTileError(path)
    level = None if found["level"] == "entries" else int(found["level"])
    width = int(found["width"] or FULL_WIDTH)
    tile = Tile(level, int(found["number"].replace("x", "").replace("/", "")), width)
    if (level or 0) > HIGHEST_LEVEL or tile.path() != path:
        raise MalformedTileError(path)
    return tile


def tiles_of(size: int, *, after: int = 0) -> Iterator[Tile]:
    """Return the tiles of a tree of `size` leaves that it did not have at `after`.

    Hashes level by level, then entries; a partial tile comes last in its level.
    """
    level = 0
    while (count := size >> (TILE_HEIGHT * level)) > 0:
        known = after >> (TILE_HEIGHT * level)
        yield from _row(level, known, count)
        level += 1
    yield from _row(None, after, size)


def _row(level: int | None, known: int, count: int) -> Iterator[Tile]:
    full, rest = divmod(count, FULL_WIDTH)
    for number in range(known // FULL_WIDTH, full):
        yield Tile(level, number)
    if rest and known < count:
        yield Tile(level, full, rest)


def bundle(entries: Iterable[bytes]) -> bytes:
    """Return an entry bundle.

    Raises:
        OverflowError: where an entry is longer than 65,535 bytes.
    """
    return b"".join(
        len(entry).to_bytes(LENGTH_BYTES, "big") + entry for entry in entries
    )


def unbundle(content: bytes, *, width: int) -> list[bytes]:
    """Return the entries of a bundle of exactly `width`.

    Raises:
        MalformedTileError: where the bytes are not such a bundle.
    """
    entries, begin = [], 0
    while begin < len(content):
        end = begin + LENGTH_BYTES
        length = int.from_bytes(content[begin:end], "big")
        entries.append(content[end : end + length])
        if len(content) < end + length:
            raise MalformedTileError("an entry is cut short")
        begin = end + length
    if len(entries) != width:
        raise MalformedTileError(f"{len(entries)} entries instead of {width}")
    return entries


def split(content: bytes, *, width: int) -> Sequence[bytes]:
    """Return the hashes of a tile of exactly `width`.

    Raises:
        MalformedTileError: where the bytes are not such a tile.
    """
    if len(content) != width * HASH_BYTES:
        raise MalformedTileError(f"{len(content)} bytes for {width} hashes")
    return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]


def _written(number: int) -> str:
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    *upper, last = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{part}" for part in upper), last])
