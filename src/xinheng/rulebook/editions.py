"""Which edition of the rulebook this is: its content, its digest, what changed.

The content is every TOML file as canonical JSON (RFC 8785), so comments and layout
don't count and every value does. A lawyer adopts a digest, not a version number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from xinheng.core.merkle import canonical
from xinheng.rulebook.reading import read

Content = Mapping[str, object]  # a file's path in the rulebook -> what it says
_NAMES = ("name", "code", "rule_set", "key")  # what an entry of a list is known by


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs; `before` is null where it is new, `after` where it went."""

    file: str
    key: str
    before: str | None
    after: str | None


@cache
def content() -> Content:
    """Return what the rulebook of this release says.

    Raises:
        RulebookError: where a file is no TOML.
    """
    return read_all(files("xinheng.rulebook"))


@cache
def digest() -> str:
    """Return the SHA-256 of the rulebook of this release, in hex."""
    return digest_of(content())


def digest_of(said: Content) -> str:
    """Return the SHA-256 of a rulebook's content, in hex."""
    return sha256(canonical.encode(said)).hexdigest()


def read_all(directory: Traversable, prefix: str = "") -> Content:
    """Return what every TOML file of a directory says, by its path.

    Raises:
        RulebookError: where a file is no TOML.
    """
    said: dict[str, object] = {}
    for entry in sorted(directory.iterdir(), key=lambda each: each.name):
        if entry.is_dir():
            said |= read_all(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".toml"):
            said[prefix + entry.name] = _plain(read(entry, folder=prefix))
    return said


def compare(before: Content, after: Content) -> tuple[Change, ...]:
    """Return every value that differs, by file and key."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    return tuple(
        Change(file, key, old.get((file, key)), new.get((file, key)))
        for file, key in sorted(old.keys() | new.keys())
        if old.get((file, key)) != new.get((file, key))
    )


def _leaves(said: Content) -> Iterator[tuple[tuple[str, str], str]]:
    for file, value in said.items():
        for key, leaf in _walk(value, ""):
            yield (file, key), leaf


def _walk(value: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _walk(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for name, inner in zip(_names(value), value, strict=True):
            yield from _walk(inner, f"{key}[{name}]")
    else:
        yield key, canonical.text(value)


def _names(entries: list[object]) -> list[str]:
    """Name the entries of a list: by their own name, else by their place from 1."""
    tables = [entry for entry in entries if isinstance(entry, Mapping)]
    for known in _NAMES:
        names = [str(table[known]) for table in tables if known in table]
        if len(set(names)) == len(entries):
            return names
    return [str(place) for place in range(1, len(entries) + 1)]


def _plain(value: object) -> object:
    """Return the value without the types that canonical JSON doesn't have."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
