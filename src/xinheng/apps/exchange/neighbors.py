"""Other installations that are followed: `[[neighbor]]` of the file of targets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinheng.apps.exchange.targets import (
    NAME,
    TargetsError,
    UnknownTargetError,
    is_texts,
    read,
)
from xinheng.core.merkle import checkpoint
from xinheng.core.merkle.checkpoint import PublicKey

_TEXTS = ("name", "url", "public_key_file", "secret_file")
_LISTS = ("divisions", "datasets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbor:
    """An installation that is followed; empty tuples mean all."""

    name: str
    url: str
    public_key_file: str
    secret_file: str = ""
    divisions: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()

    def takes(self, dataset: str, division: str) -> bool:
        """Tell whether a dataset and a region were subscribed to."""
        if self.datasets and dataset not in self.datasets:
            return False
        return not self.divisions or division.startswith(self.divisions)

    def public_keys(self) -> tuple[PublicKey, ...]:
        """Return the keys that its ledger may be signed with.

        Raises:
            TargetsError: the file can't be read, or holds none.
        """
        try:
            lines = Path(self.public_key_file).read_text(encoding="utf-8").split("\n")
            found = [each.strip() for each in lines if each.strip()]
            keys = tuple(map(checkpoint.parse_public_key, found))
        except (OSError, ValueError):
            raise TargetsError(f"neighbor {self.name!r}: public_key_file") from None
        if not keys:
            raise TargetsError(f"neighbor {self.name!r}: public_key_file is empty")
        return keys


def load() -> tuple[Neighbor, ...]:
    """Return the neighbors that are configured.

    Raises:
        TargetsError: the file can't be read, or says something it may not.
    """
    entries = read().get("neighbor", [])
    if not isinstance(entries, list):
        raise TargetsError("write [[neighbor]], with two brackets")
    found = tuple(_neighbor(entry) for entry in entries)
    names = [neighbor.name for neighbor in found]
    if len(set(names)) != len(names):
        raise TargetsError("two neighbors have the same name")
    return found


def get(name: str) -> Neighbor:
    """Return one configured neighbor.

    Raises:
        TargetsError: see `load`.
        UnknownTargetError: none of that name.
    """
    for neighbor in load():
        if neighbor.name == name:
            return neighbor
    raise UnknownTargetError(name)


def _neighbor(entry: Any) -> Neighbor:
    if not isinstance(entry, dict):
        raise TargetsError("write [[neighbor]], with two brackets")
    name = str(entry.get("name", ""))
    for key, value in entry.items():
        is_right = (
            isinstance(value, str)
            if key in _TEXTS
            else key in _LISTS and is_texts(value)
        )
        if not is_right:
            raise TargetsError(f"neighbor {name!r}: {key}")
    if not NAME.fullmatch(name) or not {"url", "public_key_file"} <= entry.keys():
        raise TargetsError(f"neighbor {name!r}: needs name, url, public_key_file")
    lists = {key: tuple(entry[key]) for key in _LISTS if key in entry}
    return Neighbor(**{**entry, **lists})
