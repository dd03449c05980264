"""Profiles of the platforms that records go to: `exchange/*.toml`.

Columns are written as `[field, title]`, or as tables where they say more.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.exchange import profiles as rules
from xinheng.core.exchange.profiles import Profile
from xinheng.rulebook import catalog
from xinheng.rulebook.failures import RulebookError
from xinheng.rulebook.reading import Place, Table, build, read

FOLDER = "exchange/"
_PAIR = 2


@cache
def profiles() -> Mapping[str, Profile]:
    """Return the profiles of this release, by name."""
    known = {item.name: item for item in catalog.datasets()}
    found: dict[str, Profile] = {}
    directory = files("xinheng.rulebook") / "exchange"
    for file in sorted(directory.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            profile = load(file, known)
            found[profile.name] = profile
    return MappingProxyType(found)


def load(file: Traversable, known: Mapping[str, Dataset]) -> Profile:
    """Return the profile of a file, checked against the catalog.

    Raises:
        RulebookError: with the first thing that can't stand, by its key.
    """
    place = Place(FOLDER + file.name)
    profile = build(Profile, _spelled(read(file, folder=FOLDER)), place)
    if profile.name != file.name.removesuffix(".toml"):
        raise place.at("name").error(f"{profile.name!r} is not the file's name")
    for problem in rules.problems(profile, known):
        raise RulebookError(
            file=place.file, item=profile.name, key=problem.key, problem=problem.text
        )
    return profile


def _spelled(table: Table) -> dict[str, Any]:
    """Return the table with every column as a table of its own."""
    sheets = table.get("sheets", [])
    if not isinstance(sheets, list):
        return dict(table)
    return {**table, "sheets": [_sheet(sheet) for sheet in sheets]}


def _sheet(sheet: Any) -> Any:
    if not isinstance(sheet, Mapping) or not isinstance(sheet.get("columns"), list):
        return sheet
    return {**sheet, "columns": [_column(each) for each in sheet["columns"]]}


def _column(column: Any) -> Any:
    if isinstance(column, list) and len(column) == _PAIR:
        return {"name": column[0], "title": column[1]}
    return column
