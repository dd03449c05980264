"""The targets that the operator configured: `XINHENG_TARGETS` names the file (TOML).

    [[target]]
    name = "province"             a-z, 0-9 and hyphens
    profile = "province-service"  of the rulebook
    url = "https://..."           or sftp://user@host:port/folder
    url_file = "/path"            for a database: its address, in a file of its own
    secret_file = "/path"         a token (HTTP) or a private key (SFTP)
    host_key_file = "/path"       SFTP: the server's key, or nothing is sent
    divisions = ["2108"]          organizations of these divisions only
    datasets = ["permit"]         these datasets only
    by_hand = true                a person carries the packages: no address is needed

    [[neighbor]]
    name = "sample-city"          another installation of this platform
    url = "https://..."           of the site
    public_key_file = "/path"     the keys of its ledger, one a line
    secret_file = "/path"         a service key of theirs; public records without
    divisions, datasets           as above

Nobody else can name an address. Which inner networks an address may lead into stands in
`XINHENG_EXCHANGE_NETWORKS`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from xinheng.core.exchange.profiles import Carrier, Profile
from xinheng.rulebook import exchange_profiles

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}", re.ASCII)
_TEXTS = ("name", "profile", "url", "url_file", "secret_file", "host_key_file")
_LISTS = ("divisions", "datasets")
_NEEDED = {
    Carrier.HTTP: ("url",),
    Carrier.SFTP: ("url", "host_key_file"),
    Carrier.DATABASE: ("url_file",),
    Carrier.FILE: (),
}


class TargetsError(ValueError):
    """The file of targets is wrong; `reason` says where, without any secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownTargetError(LookupError):
    """The file names no such target."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A platform that records go to; empty tuples mean all."""

    name: str
    profile: str
    url: str = ""
    url_file: str = ""
    secret_file: str = ""
    host_key_file: str = ""
    divisions: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    by_hand: bool = False

    @property
    def base(self) -> Profile:
        """Its profile as the rulebook has it."""
        return exchange_profiles.profiles()[self.profile]

    def takes(self, dataset: str, division: str) -> bool:
        """Tell whether it subscribed to a dataset and a region."""
        if dataset not in {sheet.dataset for sheet in self.base.sheets}:
            return False
        if self.datasets and dataset not in self.datasets:
            return False
        return not self.divisions or division.startswith(self.divisions)


def load() -> tuple[Target, ...]:
    """Return the targets that are configured, none where no file is named.

    Raises:
        TargetsError: the file can't be read, or says something it may not.
    """
    return parse(read())


def read() -> Mapping[str, Any]:
    """Return what the file says, nothing where none is named.

    Raises:
        TargetsError: it can't be read.
    """
    if not settings.TARGETS:
        return {}
    try:
        given = tomllib.loads(Path(settings.TARGETS).read_text(encoding="utf-8"))
    except OSError as refused:
        raise TargetsError(f"can't be read: {refused.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise TargetsError("is no TOML in UTF-8") from None
    return given


def get(name: str) -> Target:
    """Return one configured target.

    Raises:
        TargetsError: see `load`.
        UnknownTargetError: none of that name.
    """
    for target in load():
        if target.name == name:
            return target
    raise UnknownTargetError(name)


def parse(given: Mapping[str, Any]) -> tuple[Target, ...]:
    """Return the targets that a parsed file names.

    Raises:
        TargetsError: see `load`.
    """
    entries = given.get("target", [])
    if set(given) - {"target", "neighbor"} or not isinstance(entries, list):
        raise TargetsError("write [[target]] or [[neighbor]], with two brackets")
    found = tuple(_target(entry) for entry in entries)
    names = [target.name for target in found]
    if len(set(names)) != len(names):
        raise TargetsError("two targets have the same name")
    return found


def _target(entry: Any) -> Target:
    if not isinstance(entry, dict):
        raise TargetsError("write [[target]], with two brackets")
    name = str(entry.get("name", ""))
    for key, value in entry.items():
        if key in _TEXTS and not isinstance(value, str):
            raise TargetsError(f"target {name!r}: {key} is no text")
        if key in _LISTS and not is_texts(value):
            raise TargetsError(f"target {name!r}: {key} is no list of texts")
        if key == "by_hand" and not isinstance(value, bool):
            raise TargetsError(f"target {name!r}: {key} is neither true nor false")
        if key not in (*_TEXTS, *_LISTS, "by_hand"):
            raise TargetsError(f"target {name!r}: unknown value: {key}")
    texts = {key: str(entry[key]) for key in _TEXTS[2:] if key in entry}
    target = Target(
        name=name,
        profile=str(entry.get("profile", "")),
        divisions=tuple(entry.get("divisions", ())),
        datasets=tuple(entry.get("datasets", ())),
        by_hand=entry.get("by_hand", False),
        **texts,
    )
    _check(target)
    return target


def is_texts(value: object) -> bool:
    """Tell whether a value is a list of texts."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _check(target: Target) -> None:
    if not NAME.fullmatch(target.name):
        raise TargetsError("a name is a-z, 0-9 and hyphens, at most 31 characters")
    if target.profile not in exchange_profiles.profiles():
        raise TargetsError(f"target {target.name!r}: no profile {target.profile!r}")
    needed = () if target.by_hand else _NEEDED[target.base.carrier]
    for key in needed:
        if not getattr(target, key):
            raise TargetsError(f"target {target.name!r}: {key} is missing")
